import { expect, test } from "vitest";
import { byDay, type Opening, offered, openings, openState, times } from "./hours.ts";

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

test("slots are offered while the store is open and the kitchen could be ready, with what is left", () => {
  const store = {
    time_zone: "Asia/Bangkok",
    hours: { spans: [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, opens: "09:00", closes: "10:00" })) },
  };
  // A Friday, 08:50 in Bangkok.
  const now = Date.UTC(2026, 10, 27, 1, 50);
  const begins = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
  const told = {
    soonest: begins(20),
    slots: [
      { begins: begins(0) },
      { begins: begins(10), left: 2 },
      { begins: begins(25), left: 0 },
      { begins: begins(40), left: null },
      { begins: begins(70), left: 5 },
      { begins: begins(24 * 60 + 25), left: 1 },
    ],
  };
  const slots = offered(store, told, now);
  expect(slots.map(({ at, left }) => [(at - now) / 60_000, left])).toEqual([
    [25, 0],
    [40, undefined],
    [24 * 60 + 25, 1],
  ]);
  expect(byDay(slots, store.time_zone).map(([day, of]) => [day, of.length])).toEqual([
    ["2026-11-27", 2],
    ["2026-11-28", 1],
  ]);
});
