import { expect, test } from "vitest";
import { isLive, mayCancel, stage, stages } from "./progress.ts";

test("a delivery waits for other things than somebody at the counter", () => {
  expect(stages({ fulfilment: "delivery" })).toContain("way");
  expect(stages({ fulfilment: "pickup" })).toContain("ready");
  expect(stage({ status: "ready", fulfilment: "delivery" })).toBe("make");
  expect(stage({ status: "ready", fulfilment: "pickup" })).toBe("ready");
});

test("what was called off has no stage, and nothing is waited for", () => {
  for (const status of ["cancelled", "expired", "refunded"] as const) expect(isLive({ status, fulfilment: "pickup" })).toBe(false);
  expect(isLive({ status: "completed", fulfilment: "pickup" })).toBe(false);
  expect(isLive({ status: "placed", fulfilment: "pickup" })).toBe(true);
  expect([mayCancel({ status: "confirmed" }), mayCancel({ status: "preparing" })]).toEqual([true, false]);
});
