// biome-ignore-all lint/suspicious/noThenProperty: what a rule asks for is called so by the API

import { expect, test } from "vitest";
import { type Assessment, fired, lapse, minutesInWords, oldestFirst, type Rule, ruleInWords, silent, stateOf } from "./risk.ts";

const NOW = Date.parse("2026-11-28T09:00:00Z");
const assessment = (id: string, more: Partial<Assessment> = {}): Assessment => ({
  payment_id: id,
  order_id: `order-${id}`,
  store_id: "s",
  customer_id: "c",
  gateway: "stripe",
  amount: { amount: 900_000, currency: "THB" },
  verdict: "review",
  findings: [
    { rule: "large", fired: true, asks: "review", why: "a lot" },
    { rule: "country", fired: false, asks: "step_up", why: "the country of the card is not known" },
  ],
  rules_version: 1,
  at: "2026-11-28T08:50:00Z",
  review: "open",
  ...more,
});

test("who has waited longest comes first, and only what fired has spoken", () => {
  const [late, early] = [assessment("late"), assessment("early", { at: "2026-11-28T08:49:59Z" })];
  expect(oldestFirst([late, early]).map((one) => one.payment_id)).toEqual(["early", "late"]);
  expect([fired(late).map((one) => one.rule), silent(late).map((one) => one.rule)]).toEqual([["large"], ["country"]]);
});

test("how long one has is said, and the last minutes stand out", () => {
  expect(lapse("2026-11-28T09:08:00Z", NOW)).toEqual({ word: "Lapses in 8 min", tone: "warm" });
  expect(lapse("2026-11-28T09:02:59Z", NOW)).toEqual({ word: "Lapses in 2 min", tone: "bad" });
  expect(lapse("2026-11-28T09:00:59Z", NOW).word).toBe("Lapses in under 1 min");
  expect(lapse("2026-11-28T12:59:00Z", NOW).word).toBe("Lapses in 3 h");
  expect(lapse("2026-11-28T08:59:59Z", NOW).word).toBe("Lapses now");
});

test("what nobody decided in time has lapsed: only the queue knows what waits", () => {
  const words = (one: Assessment, waiting?: ReadonlySet<string>) => stateOf(one, waiting).word;
  expect(words(assessment("1"), new Set(["1"]))).toBe("Waits");
  expect(words(assessment("1"), new Set())).toBe("Lapsed");
  expect(words(assessment("1"))).toBe("Not decided");
  expect(words(assessment("1", { review: "approved" }), new Set())).toBe("Approved");
  expect(words(assessment("1", { review: "rejected" }))).toBe("Rejected");
  expect(words(assessment("1", { review: null, verdict: "allow" }))).toBe("Went on");
  expect(words(assessment("1", { review: null, verdict: "step_up" }))).toBe("Step-up");
});

test("rules are read as sentences", () => {
  const of = (rule: object) => ruleInWords({ name: "r", then: "review", ...rule } as Rule);
  expect(of({ test: "velocity", by: "card", count: "refusals", minutes: 60, most: 3 })).toBe(
    "More than 3 refusals by the same card within 1 hour",
  );
  expect(of({ test: "velocity", by: "device", count: "attempts", minutes: 90, most: 1 })).toBe(
    "More than 1 attempt by the same device within 90 minutes",
  );
  expect(of({ test: "amount", over: { THB: 1_700_000, USD: 50_050 } })).toMatch(/^More than \D*17,000 or \D*500\.50$/);
  expect(of({ test: "country_mismatch", one: "card", other: "store" })).toBe("The country of the card is not that of the store");
  expect(of({ test: "new_account", hours: 24 })).toBe("The account is younger than 1 day");
  expect(of({ test: "new_account", hours: 1, over: { THB: 100 } })).toMatch(/younger than 1 hour, and pays more than \D*1$/);
  expect([45, 120, 2880].map(minutesInWords)).toEqual(["45 minutes", "2 hours", "2 days"]);
});
