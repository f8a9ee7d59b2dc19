import { expect, test } from "vitest";
import { hours, monday, onDay, type Shift, span, weekOf } from "./roster.ts";

const shift = (starts_at: string, ends_at: string): Shift => ({ id: starts_at, user_id: "u", starts_at, ends_at });

test("a week begins on Monday", () => {
  expect(monday("2026-11-27")).toBe("2026-11-23");
  expect(monday("2026-11-29")).toBe("2026-11-23");
  expect(monday("2026-11-23")).toBe("2026-11-23");
  expect(weekOf("2026-11-30").at(-1)).toBe("2026-12-06");
});

test("a shift is on the day on which it begins where the store is", () => {
  const late = shift("2026-11-27T15:00:00Z", "2026-11-27T20:00:00Z");
  expect(onDay([late], "2026-11-27", "Asia/Bangkok")).toEqual([late]);
  expect(onDay([late], "2026-11-28", "Asia/Bangkok")).toEqual([]);
  expect(hours([late, shift("2026-11-28T02:00:00Z", "2026-11-28T04:20:00Z")])).toBe(7.25);
});

test("what ends before it begins ends the day after", () => {
  expect(span("09:00", "17:30")).toEqual([9 * 3_600_000, 17.5 * 3_600_000]);
  expect(span("18:00", "02:00")).toEqual([18 * 3_600_000, 26 * 3_600_000]);
  expect([span("9", "17:00"), span("09:00", "09:00"), span("24:00", "01:00")]).toEqual([undefined, undefined, undefined]);
});
