import { expect, test } from "vitest";
import {
  back,
  change,
  daysOf,
  hoursOf,
  localDay,
  localHour,
  makeMs,
  midnight,
  products,
  type Sales,
  type Summary,
  until,
} from "./figures.ts";

const sales = (days: Array<[string, number, string?]>): Sales =>
  ({
    days: days.map(([day, revenue, currency = "THB"]) => ({
      day,
      revenue,
      currency,
      refunded: 0,
      paid: 1,
      placed: 1,
      cancelled: 0,
      completed: 0,
    })),
    products: days.map(([, amount]) => ({ variant_sku: "tea/small", name: "Tea", currency: "THB", quantity: 1, amount, grams: 0 })),
  }) as unknown as Sales;

test("days are added up over stores, those without sales are zero, and currencies are not mixed", () => {
  const found = daysOf(
    [
      sales([["2026-11-25", 100]]),
      sales([
        ["2026-11-25", 50],
        ["2026-11-26", 7],
        ["2026-11-26", 9, "SEK"],
      ]),
    ],
    "THB",
    "2026-11-26",
    3,
  );
  expect(found.map((day) => [day.day, day.revenue])).toEqual([
    ["2026-11-24", 0],
    ["2026-11-25", 150],
    ["2026-11-26", 7],
  ]);
});

test("days go back over months, and nothing is compared with nothing", () => {
  expect(back("2026-03-01", 1)).toBe("2026-02-28");
  expect(change(112, 100)).toBeCloseTo(0.12);
  expect(change(5, 0)).toBeUndefined();
});

test("what sold is added up by variant", () => {
  expect(products([sales([["2026-11-25", 100]]), sales([["2026-11-25", 50]])], "THB")).toEqual([
    { sku: "tea/small", name: "Tea", quantity: 2, amount: 150 },
  ]);
});

test("a day begins at midnight where the store is", () => {
  const at = Date.parse("2026-11-25T17:00:00Z");
  expect(localDay(at, "Asia/Bangkok")).toBe("2026-11-26");
  expect(localDay(at - 1, "Asia/Bangkok")).toBe("2026-11-25");
  expect(localDay(at, "America/New_York")).toBe("2026-11-25");
});

test("a day begins at a moment, also when clocks change that night", () => {
  expect(midnight("2026-11-26", "Asia/Bangkok")).toBe("2026-11-25T17:00:00.000Z");
  expect(midnight("2026-10-25", "Europe/Stockholm")).toBe("2026-10-24T22:00:00.000Z");
  expect(midnight("2026-10-26", "Europe/Stockholm")).toBe("2026-10-25T23:00:00.000Z");
});

test("a day under way is held against as much of another", () => {
  const hour = (at: number, revenue: number, currency = "THB") => ({
    day: "2026-11-19",
    hour: at,
    currency,
    revenue,
    paid: 2,
    placed: 2,
    refunded: 0,
  });
  const hours = [hour(9, 1000), hour(10, 2000), hour(11, 4000), hour(10, 9, "SEK")] as Summary["hours"];
  expect(until(hours, "2026-11-19", 10.5, "THB")).toEqual({ revenue: 2000, paid: 3 });
  expect(until(hours, "2026-11-19", 24, "THB").revenue).toBe(7000);
  expect(until(hours, "2026-11-18", 24, "THB").revenue).toBe(0);
  expect(localHour(Date.parse("2026-11-26T03:30:00Z"), "Asia/Bangkok")).toBe(10.5);
});

test("make time is the mean of what was made", () => {
  expect(
    makeMs([
      { made: 2, make_seconds: 300 },
      { made: 1, make_seconds: 60 },
    ]),
  ).toBe(120_000);
  expect(makeMs([])).toBeUndefined();
});

test("a day's hours are those between its first sale and its last, over all stores, in one currency", () => {
  const hour = (at: number, revenue: number, more: object = {}) => ({
    day: "2026-11-19",
    hour: at,
    currency: "THB",
    revenue,
    paid: 1,
    placed: 1,
    refunded: 0,
    ...more,
  });
  const hours = [
    hour(12, 300),
    hour(9, 100),
    hour(9, 50),
    hour(15, 9, { currency: "SEK" }),
    hour(20, 0, { paid: 0 }),
    hour(8, 7, { day: "2026-11-18" }),
  ] as Summary["hours"];
  expect(hoursOf(hours, "2026-11-19", "THB").map((one) => [one.hour, one.revenue, one.paid])).toEqual([
    [9, 150, 2],
    [10, 0, 0],
    [11, 0, 0],
    [12, 300, 1],
  ]);
  expect(hoursOf(hours, "2026-11-17", "THB")).toEqual([]);
});
