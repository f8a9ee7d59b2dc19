import { expect, test } from "vitest";
import { type Entry, type Step, told } from "./story.ts";

const at = (minute: number) => `2026-11-26T10:0${minute}:00Z`;
const entry = (to: string, minute: number) => ({ to, at: at(minute) }) as unknown as Entry;
const step = (name: string, state: string, more: Partial<Step> = {}) => ({ step: name, state, ...more }) as Step;
const names = (rows: ReturnType<typeof told>) => rows.map((one) => (one.step ? one.step.step : one.entry.to));

test("steps that are done are told in their place, and what is waited for comes last", () => {
  const timeline = [entry("placed", 0), entry("confirmed", 2), entry("preparing", 4)];
  const steps = [
    step("reserve", "done", { done_at: at(0) }),
    step("pay", "done", { done_at: at(1) }),
    step("confirm", "done", { done_at: at(2) }),
    step("make", "waiting", { began_at: at(2), due_at: at(9) }),
    step("hand_over", "ahead"),
  ];
  expect(names(told(timeline, steps))).toEqual(["placed", "reserve", "pay", "confirmed", "confirm", "preparing", "make"]);
});

test("what was taken back stands where that was, and each change knows the one before it", () => {
  const timeline = [entry("placed", 0), entry("cancelled", 3)];
  const rows = told(timeline, [
    step("reserve", "undone", { done_at: at(0), undone_at: at(4) }),
    step("pay", "given_up", { undone_at: at(2) }),
  ]);
  expect(names(rows)).toEqual(["placed", "pay", "cancelled", "reserve"]);
  expect(rows.flatMap((one) => (one.step ? [] : [one.before?.to]))).toEqual([undefined, "placed"]);
});
