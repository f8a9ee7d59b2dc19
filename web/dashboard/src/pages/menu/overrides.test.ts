import { expect, test } from "vitest";
import { outside, standing, toStand, withOverride } from "./overrides.ts";

const baht = (amount: number) => ({ amount, currency: "THB" });

test("sold out and back leaves nothing behind", () => {
  const out = withOverride([], "tea/small", { available: false });
  expect(out).toEqual([{ sku: "tea/small", available: false, hidden: false }]);
  expect(withOverride(out, "tea/small", { available: true })).toEqual([]);
});

test("a price stays while it is sold out or hidden, and is dropped alone", () => {
  const priced = withOverride([], "tea/small", { price: baht(4000) });
  const out = withOverride(priced, "tea/small", toStand("out"));
  expect(out).toEqual([{ sku: "tea/small", available: false, hidden: false, price: baht(4000) }]);
  const hidden = withOverride(out, "tea/small", toStand("hidden"));
  expect(hidden).toEqual([{ sku: "tea/small", available: true, hidden: true, price: baht(4000) }]);
  expect(withOverride(hidden, "tea/small", { price: null })).toEqual([{ sku: "tea/small", available: true, hidden: true }]);
  expect(withOverride(hidden, "tea/small", { price: null, ...toStand("sold") })).toEqual([]);
});

test("a thing is sold, sold out or hidden", () => {
  for (const wanted of ["sold", "out", "hidden"] as const) {
    expect(standing({ available: true, hidden: false, ...toStand(wanted) })).toBe(wanted);
  }
});

test("a price is held to the chain's bounds", () => {
  expect(outside(4499, baht(4500), baht(6250))).toBe("low");
  expect(outside(6251, baht(4500), baht(6250))).toBe("high");
  expect(outside(6250, baht(4500), baht(6250))).toBeUndefined();
  expect(outside(1, undefined, null)).toBeUndefined();
});
