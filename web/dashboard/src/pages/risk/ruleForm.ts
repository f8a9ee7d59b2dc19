//! A fraud rule while it is typed: what it says so far, what is wrong with it, and what the API is sent. Pure.

// biome-ignore-all lint/suspicious/noThenProperty: what a rule asks for is called so by the API

import { format, type Schemas } from "../../api/index.ts";
import type { Rule } from "./risk.ts";

export type Test = Rule["test"];

/** What the API takes: see `Rule` and `Test` of its document. */
export const BOUNDS = { rules: 40, name: 60, minutes: 43_200, hours: 8_760, most: 4_294_967_295 } as const;

/** A number while it is typed is what is in its field, which may be nothing. */
type Typed = number | string;

export interface TypedRule {
  name: string;
  test: Test;
  then: Schemas["Then"];
  by: Schemas["Signal"];
  count: Schemas["Count"];
  minutes: Typed;
  most: Typed;
  hours: Typed;
  one: Schemas["Place"];
  other: Schemas["Place"];
  over: Array<{ currency: string; amount: string }>;
  gateways: string[];
  stores: string[];
}

/** A rule that is begun. What its test does not ask stays, so that another test can be looked at and left again. */
export const newRule = (currency: string): TypedRule => ({
  name: "",
  test: "amount",
  then: "review",
  by: "card",
  count: "refusals",
  minutes: 60,
  most: 3,
  hours: 24,
  one: "card",
  other: "network",
  over: [{ currency, amount: "" }],
  gateways: [],
  stores: [],
});

/** `15000`, `150.50`: as somebody would type it. */
function typedAmount(currency: string, amount: number): string {
  const digits = format.minorDigits(currency);
  const unit = 10 ** digits;
  return (amount / unit).toFixed(amount % unit === 0 ? 0 : digits);
}

export function typedOf(rule: Rule, currency: string): TypedRule {
  const typed: TypedRule = {
    ...newRule(currency),
    name: rule.name,
    test: rule.test,
    then: rule.then,
    gateways: rule.gateways ?? [],
    stores: rule.stores ?? [],
  };
  if (rule.test === "velocity") return { ...typed, by: rule.by, count: rule.count, minutes: rule.minutes, most: rule.most };
  if (rule.test === "country_mismatch") return { ...typed, one: rule.one, other: rule.other };
  const over = Object.entries(rule.over ?? {}).map(([code, amount]) => ({ currency: code, amount: typedAmount(code, amount) }));
  return { ...typed, over, ...(rule.test === "new_account" ? { hours: rule.hours } : {}) };
}

const isWhole = (value: Typed, from: number, to: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= from && value <= to;

/** What is wrong so far, by the field it is said at; fields that are empty still are waited for, not blamed. */
export function faultsOf(typed: TypedRule, taken: readonly string[]): Record<string, string> {
  const faults: Record<string, string> = {};
  const { name, test } = typed;
  if (name && !/^[a-z0-9-]{1,60}$/.test(name)) faults.name = "1 to 60 lower-case letters, digits and hyphens";
  else if (taken.includes(name)) faults.name = "Another rule has this name";
  const number = (field: "minutes" | "most" | "hours", from: number) => {
    const to = BOUNDS[field];
    if (typed[field] !== "" && !isWhole(typed[field], from, to)) faults[field] = `A whole number from ${from} to ${to}`;
  };
  if (test === "velocity") {
    number("minutes", 1);
    number("most", 0);
  }
  if (test === "new_account") number("hours", 1);
  if (test === "country_mismatch" && typed.one === typed.other) faults.other = "Another place than the first";
  if (test === "amount" || test === "new_account")
    for (const { currency, amount } of typed.over)
      if (amount && format.parseMoney(amount, currency) === undefined) faults[`over.${currency}`] = "An amount such as 1500";
  return faults;
}

/** What is typed as the API takes it; nothing while something is missing or wrong. */
export function ruleOf(typed: TypedRule, taken: readonly string[]): Rule | undefined {
  if (!typed.name || Object.keys(faultsOf(typed, taken)).length > 0) return undefined;
  const { name, test, then, by, count, minutes, most, hours, one, other, gateways, stores } = typed;
  const about = { name, then, ...(gateways.length > 0 ? { gateways } : {}), ...(stores.length > 0 ? { stores } : {}) };
  const over: Record<string, number> = {};
  for (const { currency, amount } of typed.over) {
    const minor = format.parseMoney(amount, currency);
    if (minor !== undefined) over[currency] = minor;
  }
  switch (test) {
    case "velocity":
      return typeof minutes === "number" && typeof most === "number" ? { ...about, test, by, count, minutes, most } : undefined;
    case "amount":
      return Object.keys(over).length > 0 ? { ...about, test, over } : undefined;
    case "country_mismatch":
      return { ...about, test, one, other };
    case "new_account":
      return typeof hours === "number" ? { ...about, test, hours, ...(Object.keys(over).length > 0 ? { over } : {}) } : undefined;
  }
}

/** The set with a rule in the place of another, at its end where that is not there (any more), or without it. */
export function withRule(rules: readonly Rule[], old: string | undefined, next: Rule | undefined): Rule[] {
  if (!rules.some((rule) => rule.name === old)) return next ? [...rules, next] : [...rules];
  return rules.flatMap((rule) => (rule.name !== old ? [rule] : next ? [next] : []));
}
