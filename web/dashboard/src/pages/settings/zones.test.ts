import { expect, test } from "vitest";
import { fromSheet, onSheet, reach, readCorners, SHEET, shapeOf, writeCorners } from "./zones.ts";

const store = { latitude: 13.7465, longitude: 100.5348 };

test("corners are read a line each, and the first that is none is named", () => {
  const text = "13.7, 100.5\n\n13.8;100.6\n -13.75 100.55 ";
  const { corners, wrong } = readCorners(text);
  expect(wrong).toBeUndefined();
  expect(corners).toEqual([
    { latitude: 13.7, longitude: 100.5 },
    { latitude: 13.8, longitude: 100.6 },
    { latitude: -13.75, longitude: 100.55 },
  ]);
  expect(readCorners(writeCorners(corners)).corners).toEqual(corners);
  for (const line of ["13.7", "100.5, 13.7", "here", "91, 0"]) expect(readCorners(`13.7, 100.5\n${line}`).wrong).toMatch(/^Line 2/);
});

test("a point of the sheet and its place are the same, both ways", () => {
  const far = reach(store, [{ radius_m: 3000 }, { polygon: [{ latitude: 13.8, longitude: 100.5 }] }]);
  expect(far).toBeGreaterThan(5900);
  expect(onSheet(store, far, store)).toEqual({ x: SHEET / 2, y: SHEET / 2 });
  const place = fromSheet(store, far, 40, 250);
  const back = onSheet(store, far, place);
  expect(back.x).toBeCloseTo(40, 1);
  expect(back.y).toBeCloseTo(250, 1);
  expect(place.latitude).toBeLessThan(store.latitude);
  expect(reach(store, [])).toBe(1150);
});

test("a shape says how large it is", () => {
  expect(shapeOf({ radius_m: 3000 })).toBe("3 km around");
  expect(shapeOf({ polygon: [store, store, store] })).toBe("3 corners");
});
