import { expect, test } from "vitest";
import { isSold, ownPrice, withOverride } from "./overrides.ts";

const baht = (amount: number) => ({ amount, currency: "THB" });

test("sold out and back leaves nothing behind", () => {
  const out = withOverride([], "tea/small", { available: false });
  expect(out).toEqual([{ sku: "tea/small", available: false }]);
  expect([isSold(out, "tea/small"), isSold(out, "tea/large")]).toEqual([false, true]);
  expect(withOverride(out, "tea/small", { available: true })).toEqual([]);
});

test("a price stays while it is sold out, and is dropped alone", () => {
  const priced = withOverride([], "tea/small", { price: baht(4000) });
  const out = withOverride(priced, "tea/small", { available: false });
  expect(out).toEqual([{ sku: "tea/small", available: false, price: baht(4000) }]);
  expect(ownPrice(out, "tea/small")).toEqual(baht(4000));
  expect(withOverride(out, "tea/small", { price: null })).toEqual([{ sku: "tea/small", available: false }]);
});
