import { expect, test } from "vitest";
import { lookOf } from "./Drink.tsx";
import { gridStep, project } from "./StoreMap.tsx";

test("a drink looks like what it is called", () => {
  expect(lookOf("Golden Bubble Milk Tea", "Chewy Tea")).toMatchObject({ pearls: true, foam: false });
  expect(lookOf("Matcha Macchiato", "Macchiato")).toMatchObject({ foam: true, pearls: false });
  expect(lookOf("Brown Sugar Fresh Milk", "Brown Sugar Series")).toMatchObject({ streaks: true });
  expect(lookOf("Burrito Bowl", "Bowls")).toBeUndefined();
});

test("places are on the sheet, north up, also when they are all one", () => {
  const bangkok = [
    { lat: 13.7, lng: 100.5 },
    { lat: 13.9, lng: 100.6 },
  ];
  const { points, kilometre } = project(bangkok);
  const [south, north] = points;
  expect(north?.y).toBeLessThan(south?.y ?? 0);
  // 0.2 degrees of latitude are 22.3 km.
  expect(((south?.y ?? 0) - (north?.y ?? 0)) / kilometre).toBeCloseTo(22.26, 1);
  expect(project([]).points).toEqual([]);
  for (const { x, y } of project([bangkok[0], bangkok[0]] as typeof bangkok).points) expect(Number.isFinite(x + y)).toBe(true);
  expect(gridStep(kilometre) * kilometre).toBeGreaterThanOrEqual(44);
});
