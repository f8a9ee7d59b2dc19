import type { Schemas } from "@kirana/api";
import { expect, test } from "vitest";
import { isSoldOut, shown, soldOutModifiers, soldOutVariants } from "./offer.ts";

const variant = (sku: string): Schemas["MenuVariant"] => ({
  sku,
  name: sku,
  price: { amount: 4500, currency: "THB" },
  by_weight: false,
  modifier_groups: [],
});
const product = (id: string, category: string, ...skus: string[]): Schemas["MenuProduct"] => ({
  id,
  name: id,
  description: "",
  category,
  age_restricted: false,
  variants: skus.map(variant),
});
const menu: Schemas["Menu"] = {
  store_id: "s",
  currency: "THB",
  tax: { name: "VAT", rate_bp: 700, inclusive: true },
  products: [product("tea", "Tea", "tea/s"), product("cake", "Cake", "cake/one")],
  modifier_groups: [],
  sold_out: [product("tea", "Tea", "tea/m"), product("oolong", "Tea", "oolong/s"), product("pie", "Pie", "pie/one")],
  sold_out_modifiers: [
    { id: "7", name: "Ice", min: 0, max: 1, modifiers: [{ sku: "ice/more", name: "More", price: { amount: 0, currency: "THB" } }] },
  ],
};

test("what is sold out stands behind the rest of its category, and once", () => {
  expect(shown(menu).map((one) => one.id)).toEqual(["tea", "oolong", "cake", "pie"]);
  const { sold_out: _, ...rest } = menu;
  expect(shown(rest).map((one) => one.id)).toEqual(["tea", "cake"]);
});

test("a product of which one size is left is not sold out", () => {
  const [tea, oolong] = shown(menu);
  expect([isSoldOut(menu, tea as never), isSoldOut(menu, oolong as never)]).toEqual([false, true]);
  expect(soldOutVariants(menu, tea as never).map((one) => one.sku)).toEqual(["tea/m"]);
  expect(soldOutModifiers(menu, "7").map((one) => one.name)).toEqual(["More"]);
  expect(soldOutModifiers(menu, "8")).toEqual([]);
});
