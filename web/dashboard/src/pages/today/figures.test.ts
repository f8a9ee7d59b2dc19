import { expect, test } from "vitest";
import { back, change, daysOf, localDay, products, type Sales } from "./figures.ts";

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
