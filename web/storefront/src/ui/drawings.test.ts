import { expect, test } from "vitest";
import { lookOf } from "./Drink.tsx";
import { project } from "./StoreMap.tsx";

test("a drink looks like what it is called", () => {
  expect(lookOf("Golden Bubble Milk Tea", "Chewy Tea")).toMatchObject({ pearls: true, foam: false });
  expect(lookOf("Matcha Macchiato", "Macchiato")).toMatchObject({ foam: true, pearls: false });
  expect(lookOf("Brown Sugar Fresh Milk", "Brown Sugar Series")).toMatchObject({ streaks: true });
  expect(lookOf("Burrito Bowl", "Bowls")).toBeUndefined();
});

test("places are on the sheet, north up, also when they are all one", () => {
  const [south, north] = project([
    { lat: 13.7, lng: 100.5 },
    { lat: 13.9, lng: 100.6 },
  ]);
  expect(north?.y).toBeLessThan(south?.y ?? 0);
  expect(project([])).toEqual([]);
  for (const { x, y } of project([
    { lat: 1, lng: 1 },
    { lat: 1, lng: 1 },
  ]))
    expect(Number.isFinite(x + y)).toBe(true);
});
