import { expect, test } from "vitest";
import { roundUp } from "./Chart.tsx";

test("a scale ends at a round number that is not under what it shows", () => {
  expect([0, 1, 11, 150, 163, 999, 123_456].map(roundUp)).toEqual([1, 1, 12, 160, 200, 1000, 160_000]);
});
