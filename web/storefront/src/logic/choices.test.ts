import { expect, test } from "vitest";
import { firstMissing, forAdults, type Group, groupsOf, isOpen, kept, pressed, unitPrice, type Variant } from "./choices.ts";

const thb = (amount: number) => ({ amount, currency: "THB" });
const group = (id: string, min: number, max: number): Group => ({
  id,
  name: id,
  min,
  max,
  modifiers: ["a", "b", "c"].map((name, index) => ({ sku: `${id}/${name}`, name, price: thb(index * 1000) })),
});
const sugar = group("sugar", 1, 1);
const extra = group("extra", 0, 2);
const variant: Variant = {
  sku: "tea/medium",
  name: "Medium",
  price: thb(9000),
  by_weight: false,
  modifier_groups: ["sugar", "extra", "gone"],
};

test("a variant's groups come in its order, without those that are gone", () => {
  expect(groupsOf(variant, [extra, sugar]).map(({ id }) => id)).toEqual(["sugar", "extra"]);
});

test("one of a single choice takes the place of the other", () => {
  expect(pressed({ sugar: ["sugar/a"] }, sugar, "sugar/b")).toEqual({ sugar: ["sugar/b"] });
});

test("no more can be chosen than may be", () => {
  const two = pressed(pressed({}, extra, "extra/a"), extra, "extra/b");
  expect(pressed(two, extra, "extra/c")).toEqual(two);
  expect([isOpen(two, extra, "extra/a"), isOpen(two, extra, "extra/c")]).toEqual([true, false]);
  expect(pressed(two, extra, "extra/a")).toEqual({ extra: ["extra/b"] });
});

test("what must be chosen is named, and the price follows", () => {
  expect(firstMissing({}, [sugar, extra])).toBe(sugar);
  expect(firstMissing({ sugar: ["sugar/a"] }, [sugar, extra])).toBeUndefined();
  expect(unitPrice(variant, { sugar: ["sugar/b"], extra: ["extra/c"] }, [sugar, extra])).toBe(12_000);
});

test("another size keeps what it has as well", () => {
  expect(kept({ sugar: ["sugar/a"], honey: ["x"] }, [sugar, extra])).toEqual({ sugar: ["sugar/a"] });
});

test("a choice for adults makes what it is chosen with one for adults", () => {
  const rum = { ...extra, modifiers: extra.modifiers.map((one) => ({ ...one, age_restricted: one.sku === "extra/b" })) };
  expect(forAdults({ age_restricted: false }, { extra: ["extra/a"] }, [sugar, rum])).toBe(false);
  expect(forAdults({ age_restricted: false }, { extra: ["extra/a", "extra/b"] }, [sugar, rum])).toBe(true);
  expect(forAdults({ age_restricted: true }, {}, [sugar, rum])).toBe(true);
  // A choice that this variant does not have is not chosen.
  expect(forAdults({ age_restricted: false }, { extra: ["extra/b"] }, [sugar])).toBe(false);
});
