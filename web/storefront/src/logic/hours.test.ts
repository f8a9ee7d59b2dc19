import { expect, test } from "vitest";
import { type Opening, openings, openState, times } from "./hours.ts";

const at = (text: string) => Date.parse(text);
const daily = (opens: string, closes: string) => [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, opens, closes }));
const bangkok: Opening = { time_zone: "Asia/Bangkok", hours: { spans: daily("09:00", "21:00"), holidays: ["2026-12-05"] } };

test("a store is open by its own clock", () => {
  expect(openState(bangkok, at("2026-11-27T02:00:00Z"))).toEqual({ state: "open", until: at("2026-11-27T14:00:00Z") });
  expect(openState(bangkok, at("2026-11-26T21:16:00Z"))).toEqual({ state: "closed", opens: at("2026-11-27T02:00:00Z") });
  expect(openState(bangkok, at("2026-11-27T14:00:00Z"))).toEqual({ state: "closed", opens: at("2026-11-28T02:00:00Z") });
  expect(openState({ ...bangkok, paused: true }, at("2026-11-27T03:00:00Z"))).toEqual({ state: "paused" });
});

test("holidays are closed", () => {
  expect(openState(bangkok, at("2026-12-05T03:00:00Z"))).toEqual({ state: "closed", opens: at("2026-12-06T02:00:00Z") });
});

test("a span past midnight belongs to the day it began", () => {
  const bar: Opening = { time_zone: "Europe/Stockholm", hours: { spans: [{ day: 5, opens: "18:00", closes: "02:00" }] } };
  // 2026-11-27 is a Friday; Saturday, one at night.
  expect(openState(bar, at("2026-11-28T00:00:00Z"))).toEqual({ state: "open", until: at("2026-11-28T01:00:00Z") });
  expect(openState(bar, at("2026-11-28T01:00:00Z")).state).toBe("closed");
});

test("round the clock is one span", () => {
  const machine: Opening = { time_zone: "Asia/Kolkata", hours: { spans: daily("00:00", "00:00") } };
  expect(openings(machine, at("2026-11-27T00:00:00Z"))).toHaveLength(1);
});

test("clocks that change do not move opening hours", () => {
  const shop: Opening = { time_zone: "Europe/Stockholm", hours: { spans: daily("09:00", "17:00") } };
  // Summer time ends on 25 October 2026.
  const spans = openings(shop, at("2026-10-24T10:00:00Z"), 3);
  expect(spans.map((span) => new Date(span.from).toISOString())).toEqual([
    "2026-10-23T07:00:00.000Z",
    "2026-10-24T07:00:00.000Z",
    "2026-10-25T08:00:00.000Z",
    "2026-10-26T08:00:00.000Z",
  ]);
});

test("times are quarters of an hour from a lead time on", () => {
  const now = at("2026-11-27T13:20:00Z");
  expect(times(bangkok, now)[0]).toBe(at("2026-11-27T13:45:00Z"));
  expect(times(bangkok, now)[1]).toBe(at("2026-11-28T02:00:00Z"));
});
