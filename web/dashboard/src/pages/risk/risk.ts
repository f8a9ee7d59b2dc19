//! Fraud rules and what they said of payments, in words. Pure.

import { LOCALE, money, type Schemas } from "../../api/index.ts";

export type Assessment = Schemas["RiskAssessment"];
export type Rule = Schemas["Rule"];

type Tone = "good" | "warm" | "bad" | "calm" | "quiet";
interface Said {
  word: string;
  tone: Tone;
}

export const VERDICT: Record<Schemas["Verdict"], Said> = {
  allow: { word: "Allow", tone: "quiet" },
  step_up: { word: "Step-up", tone: "calm" },
  review: { word: "Review", tone: "warm" },
};

/** The order of a queue: who has waited longest is looked at first. */
export const oldestFirst = (items: readonly Assessment[]): Assessment[] => items.toSorted((a, b) => a.at.localeCompare(b.at));

/** What spoke, and what did not: only what fired asks for anything. */
export const fired = ({ findings }: Assessment) => findings.filter((one) => one.fired);
export const silent = ({ findings }: Assessment) => findings.filter((one) => !one.fired);

/** How long somebody still has: the store holds the goods until the order must be paid. */
export function lapse(payBy: string, now: number): Said {
  const left = Date.parse(payBy) - now;
  if (left <= 0) return { word: "Lapses now", tone: "bad" };
  // Rather too few than too many: who counts on a minute that is not there decides too late.
  const minutes = Math.floor(left / 60_000);
  const word = minutes < 1 ? "under 1 min" : minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
  return { word: `Lapses in ${word}`, tone: minutes < 3 ? "bad" : "warm" };
}

/**
 * What became of an assessment. The record says `open` also of what nobody can decide any more, as its order was called off or ran out
 * of time: what waits is known by the queue.
 */
export function stateOf(one: Assessment, waiting: ReadonlySet<string> | undefined): Said {
  if (one.review === "approved") return { word: "Approved", tone: "good" };
  if (one.review === "rejected") return { word: "Rejected", tone: "bad" };
  if (one.review === "open") {
    if (!waiting) return { word: "Not decided", tone: "quiet" };
    return waiting.has(one.payment_id) ? { word: "Waits", tone: "warm" } : { word: "Lapsed", tone: "quiet" };
  }
  return one.verdict === "step_up" ? { word: "Step-up", tone: "calm" } : { word: "Went on", tone: "quiet" };
}

const counted = (count: number, unit: string) => `${count.toLocaleString(LOCALE)} ${unit}${count === 1 ? "" : "s"}`;

/** `60 minutes` is `1 hour`, `1440 minutes` is `1 day`: in the largest unit that it fills. */
export function minutesInWords(minutes: number): string {
  if (minutes % 1440 === 0) return counted(minutes / 1440, "day");
  return minutes % 60 === 0 ? counted(minutes / 60, "hour") : counted(minutes, "minute");
}

const amounts = (over: Record<string, number>) =>
  Object.entries(over)
    .map(([currency, amount]) => money({ amount, currency }, true))
    .join(" or ");

/** When a rule fires, as the reasons that it gives say it. */
export function ruleInWords(rule: Rule): string {
  switch (rule.test) {
    case "velocity":
      return `More than ${counted(rule.most, rule.count.slice(0, -1))} by the same ${rule.by} within ${minutesInWords(rule.minutes)}`;
    case "amount":
      return `More than ${amounts(rule.over)}`;
    case "country_mismatch":
      return `The country of the ${rule.one} is not that of the ${rule.other}`;
    case "new_account": {
      const over = Object.keys(rule.over ?? {}).length > 0 ? `, and pays more than ${amounts(rule.over ?? {})}` : "";
      return `The account is younger than ${minutesInWords(rule.hours * 60)}${over}`;
    }
  }
}
