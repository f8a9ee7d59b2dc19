//! Opening hours as a form holds them: several spans a day. Pure.

import type { Schemas } from "../../api/index.ts";

export type Span = Schemas["Span"];

export const WEEK = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const minutes = (time: string): number => {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return hour * 60 + minute;
};

/** When a span ends, in minutes from its day's midnight: at or before its beginning means the day after. */
const end = (span: Span): number => minutes(span.closes) + (minutes(span.closes) <= minutes(span.opens) ? 1440 : 0);

/** What is wrong with a week, by day: spans that run into each other, also over midnight. */
export function faultsOf(spans: readonly Span[]): Map<number, string> {
  const faults = new Map<number, string>();
  const placed = spans.map((span) => ({
    span,
    from: (span.day - 1) * 1440 + minutes(span.opens),
    until: (span.day - 1) * 1440 + end(span),
  }));
  for (const one of placed) {
    if (!/^\d\d:\d\d$/.test(one.span.opens) || !/^\d\d:\d\d$/.test(one.span.closes)) {
      faults.set(one.span.day, "A time such as 09:00 is missing");
      continue;
    }
    for (const other of placed) {
      if (one === other) continue;
      // Sunday night runs into Monday morning.
      for (const shift of [0, 7 * 1440]) {
        if (one.from < other.until - shift && other.from - shift < one.until) faults.set(one.span.day, "These hours run into others");
      }
    }
  }
  return faults;
}

export const sorted = (spans: readonly Span[]): Span[] => spans.toSorted((a, b) => a.day - b.day || a.opens.localeCompare(b.opens));

/** The hours of one day for every day. */
export function toAllDays(spans: readonly Span[], day: number): Span[] {
  const model = spans.filter((span) => span.day === day);
  return sorted(WEEK.flatMap((_, at) => model.map((span) => ({ ...span, day: at + 1 }))));
}
