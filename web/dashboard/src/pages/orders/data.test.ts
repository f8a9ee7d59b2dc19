import { expect, test } from "vitest";
import { average, cancellable, makeTime, nextSteps } from "./data.ts";

type Given = Parameters<typeof nextSteps>[0];
const order = (status: string, fulfilment = "pickup") => ({ status, fulfilment }) as Given;
const timeline = (...steps: Array<[string, string]>) =>
  ({ timeline: steps.map(([to, at]) => ({ to, at })) }) as Parameters<typeof makeTime>[0];

test("only steps that are legal are offered", () => {
  expect(nextSteps(order("ready")).map((step) => step.status)).toEqual(["collected"]);
  expect(nextSteps(order("ready", "delivery")).map((step) => step.status)).toEqual(["dispatched"]);
  expect(nextSteps(order("dispatched", "delivery")).map((step) => step.status)).toEqual(["delivered"]);
  expect(nextSteps(order("confirmed"))).toEqual([]);
  expect([cancellable(order("preparing")), cancellable(order("collected"))]).toEqual([true, false]);
});

test("make time is from the kitchen's order to ready", () => {
  const made = timeline(["confirmed", "2026-11-26T10:00:00Z"], ["preparing", "2026-11-26T10:02:00Z"], ["ready", "2026-11-26T10:05:30Z"]);
  expect(makeTime(made)).toBe(330_000);
  const atCounter = timeline(["confirmed", "2026-11-26T10:00:00Z"], ["ready", "2026-11-26T10:00:00Z"]);
  expect(makeTime(atCounter)).toBeUndefined();
  expect(makeTime(timeline(["confirmed", "2026-11-26T10:00:00Z"]))).toBeUndefined();
  expect([average([2, 4]), average([])]).toEqual([3, undefined]);
});
