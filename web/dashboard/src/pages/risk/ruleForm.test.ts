// biome-ignore-all lint/suspicious/noThenProperty: what a rule asks for is called so by the API

import { expect, test } from "vitest";
import type { Rule } from "./risk.ts";
import { faultsOf, newRule, ruleOf, type TypedRule, typedOf, withRule } from "./ruleForm.ts";

const about = { name: "a-rule", then: "review" } as const;
const RULES: Rule[] = [
  { ...about, test: "velocity", by: "card", count: "refusals", minutes: 60, most: 0, gateways: ["stripe"], stores: ["s"] },
  { ...about, test: "amount", over: { THB: 1_500_050, USD: 0 } },
  { ...about, test: "country_mismatch", one: "card", other: "network" },
  { ...about, test: "new_account", hours: 24, over: { THB: 100 } },
  { ...about, test: "new_account", hours: 1 },
];
const typed = (more: Partial<TypedRule> = {}): TypedRule => ({ ...newRule("THB"), name: "large", ...more });

test("a rule that is opened and kept is the same", () => {
  for (const rule of RULES) expect(ruleOf(typedOf(rule, "THB"), [])).toEqual(rule);
});

test("the API's bounds are kept where one types", () => {
  const fault = (field: string, more: Partial<TypedRule>) => faultsOf(typed(more), ["taken"])[field];
  expect(fault("name", { name: "Too Large" })).toBe("1 to 60 lower-case letters, digits and hyphens");
  expect(fault("name", { name: "x".repeat(61) })).toBeDefined();
  expect(fault("name", { name: "taken" })).toBe("Another rule has this name");
  expect(fault("minutes", { test: "velocity", minutes: 43_201 })).toBe("A whole number from 1 to 43200");
  expect(fault("minutes", { test: "velocity", minutes: 43_200 })).toBeUndefined();
  expect(fault("most", { test: "velocity", most: -1 })).toBeDefined();
  expect(fault("hours", { test: "new_account", hours: 0 })).toBe("A whole number from 1 to 8760");
  expect(fault("other", { test: "country_mismatch", one: "card", other: "card" })).toBe("Another place than the first");
  expect(fault("over.THB", { over: [{ currency: "THB", amount: "much" }] })).toBe("An amount such as 1500");
  // What another test asks for is nobody's fault.
  expect(faultsOf(typed({ test: "country_mismatch", minutes: -5, hours: -5, other: "store" }), [])).toEqual({});
});

test("what is empty still is waited for, not blamed", () => {
  expect(faultsOf(typed({ name: "", test: "velocity", minutes: "" }), [])).toEqual({});
  expect(ruleOf(typed({ test: "velocity", minutes: "" }), [])).toBeUndefined();
  expect(ruleOf(typed(), []), "an amount at least").toBeUndefined();
  expect(ruleOf(typed({ name: "" }), [])).toBeUndefined();
  expect(ruleOf(typed({ over: [{ currency: "THB", amount: "150.50" }] }), [])).toEqual({
    name: "large",
    then: "review",
    test: "amount",
    over: { THB: 15_050 },
  });
});

test("a set with one changed, added or taken away", () => {
  const [a, b, c] = ["a", "b", "c"].map((name): Rule => ({ name, then: "review", test: "country_mismatch", one: "card", other: "store" }));
  if (!a || !b || !c) throw new Error("three rules");
  expect(withRule([a, b], "a", c)).toEqual([c, b]);
  expect(withRule([a, b], undefined, c)).toEqual([a, b, c]);
  expect(withRule([a, b], "a", undefined)).toEqual([b]);
  expect(withRule([b], "a", c), "somebody took it away meanwhile").toEqual([b, c]);
});
