import { expect, test } from "vitest";
import { ranked } from "./rank.ts";

const store = (id: string, open: boolean, distance_m?: number) => ({
  id,
  name: id.toUpperCase(),
  open,
  ...(distance_m === undefined ? {} : { distance_m }),
});
const ids = (stores: ReturnType<typeof store>[], last?: string) => ranked(stores, (one) => one.open, last).map(({ id }) => id);

test("what is open comes before what is closed, however near that is; then the nearest", () => {
  expect(ids([store("shut", false, 100), store("far", true, 9000), store("near", true, 800), store("shut-far", false, 400)])).toEqual([
    "near",
    "far",
    "shut",
    "shut-far",
  ]);
});

test("without a place: open, then where one ordered last, then by name", () => {
  const stores = [store("d", false), store("c", true), store("b", true), store("a", true)];
  expect(ids(stores)).toEqual(["a", "b", "c", "d"]);
  expect(ids(stores, "c")).toEqual(["c", "a", "b", "d"]);
  expect(ids(stores, "d")).toEqual(["a", "b", "c", "d"]);
});

test("a store whose distance nobody knows is behind those that are near", () => {
  expect(ids([store("unknown", true), store("near", true, 50)], "unknown")).toEqual(["near", "unknown"]);
});
