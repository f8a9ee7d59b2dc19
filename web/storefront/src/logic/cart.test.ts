import type { Schemas } from "@kirana/api";
import { expect, test } from "vitest";
import { added, again, type Cart, type CartLine, counted, EMPTY, estimate, pieces, requested } from "./cart.ts";

const line = (sku: string, modifiers: string[] = [], more: Partial<CartLine> = {}): CartLine => ({
  variantSku: sku,
  productId: "p",
  name: sku,
  detail: "",
  quantity: 1,
  modifiers: modifiers.map((one) => ({ sku: one, name: one })),
  price: 4500,
  ageRestricted: false,
  ...more,
});
const store = { id: "s1", name: "One", currency: "THB" };
const fill = (...lines: CartLine[]): Cart => lines.reduce((now, one) => added(now, store, one), EMPTY);

test("the same again is more of a line, whatever the order of its choices", () => {
  const cart = fill(line("tea", ["a", "b"]), line("tea", ["b", "a"]), line("tea", ["a"]));
  expect(cart.lines.map(({ quantity }) => quantity)).toEqual([2, 1]);
  expect([pieces(cart), estimate(cart)]).toEqual([3, 13_500]);
});

test("what is weighed is never put together", () => {
  expect(fill(line("rice", [], { grams: 500 }), line("rice", [], { grams: 500 })).lines).toHaveLength(2);
});

test("a cart is of one store", () => {
  const cart = added(fill(line("tea")), { id: "s2", name: "Two", currency: "SEK" }, line("juice"));
  expect([cart.storeId, cart.currency, cart.lines.length]).toEqual(["s2", "SEK", 1]);
});

test("the last piece takes its line, and what hung on the cart goes with it", () => {
  const cart = { ...fill(line("tea")), coupons: ["WELCOME"], tip: 1000 };
  expect(counted(cart, 0, 3).lines[0]?.quantity).toBe(3);
  expect(counted(cart, 0, 0)).toMatchObject({ lines: [], coupons: [], tip: 0 });
});

test("lines are asked for as the API wants them", () => {
  expect(requested([line("tea", ["a"]), line("rice", [], { grams: 750 })])).toEqual([
    { variant_sku: "tea", quantity: 1, modifiers: [{ sku: "a" }] },
    { variant_sku: "rice", quantity: 1, grams: 750, modifiers: [] },
  ]);
});

test("an order is had again at today's prices, without what is gone", () => {
  const thb = (amount: number) => ({ amount, currency: "THB" });
  const menu = {
    products: [
      {
        id: "p1",
        name: "Tea",
        age_restricted: false,
        variants: [{ sku: "tea/m", name: "M", price: thb(5000), by_weight: false, modifier_groups: ["g"] }],
      },
    ],
    modifier_groups: [{ id: "g", name: "g", min: 0, max: 1, modifiers: [{ sku: "g/x", name: "X", price: thb(1000) }] }],
  } as unknown as Schemas["Menu"];
  const ordered = (variant_sku: string, skus: string[], quantity = 1) =>
    ({ variant_sku, name: variant_sku, quantity, modifiers: skus.map((sku) => ({ sku })) }) as unknown as Schemas["OrderLine"];
  const { lines, missing } = again(
    [ordered("tea/m", ["g/x"], 2), ordered("tea/m", ["g/gone"]), ordered("juice", []), ordered("juice", [], 0)],
    menu,
  );
  expect(lines).toMatchObject([{ variantSku: "tea/m", quantity: 2, price: 6000, modifiers: [{ sku: "g/x", name: "X" }] }]);
  expect(missing).toEqual(["tea/m", "juice"]);
  // By today's menu: what was for everybody may have a choice for adults now.
  expect(lines[0]?.ageRestricted).toBe(false);
  for (const one of menu.modifier_groups[0]?.modifiers ?? []) one.age_restricted = true;
  expect(again([ordered("tea/m", ["g/x"]), ordered("tea/m", [])], menu).lines.map((one) => one.ageRestricted)).toEqual([true, false]);
});
