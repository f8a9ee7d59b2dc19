//! Sales by day, and what one reads off them. Days are each store's own: they begin at midnight where it is.

import { useQueries, useQuery } from "@tanstack/react-query";
import { http, type Schemas, take } from "../../api/index.ts";

export type Sales = Schemas["Sales"];

/** What a day came to, over one store or several. Amounts in minor units. */
export interface DayFigures {
  day: string;
  revenue: number;
  refunded: number;
  paid: number;
  placed: number;
  cancelled: number;
}

export const DAY_MS = 86_400_000;
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
/** The day that it is somewhere, such as `2026-11-26`. */
export function localDay(ms: number, timeZone: string): string {
  // The one language whose numeric date is ISO 8601's.
  return new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(ms);
}
/** The moment at which a day begins somewhere, RFC 3339. */
export function midnight(day: string, timeZone: string): string {
  const wanted = Date.parse(`${day}T00:00:00Z`);
  const clock = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  const shown = (at: number) => Date.parse(`${clock.format(at).replace(" ", "T")}Z`);
  // Twice: on nights when clocks change, the first guess is beside it.
  const guess = wanted - (shown(wanted) - wanted);
  return new Date(guess - (shown(guess) - wanted)).toISOString();
}

export const back = (day: string, days: number): string => dayOf(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS);

/** `count` days up to and with `last`, the first first; days without sales are zero. Only amounts of `currency` are added up. */
export function daysOf(sales: Sales[], currency: string, last: string, count: number): DayFigures[] {
  const days = Array.from({ length: count }, (_, at) => back(last, count - 1 - at));
  const known = new Map(days.map((day) => [day, { day, revenue: 0, refunded: 0, paid: 0, placed: 0, cancelled: 0 }]));
  for (const row of sales.flatMap((one) => one.days)) {
    const into = known.get(row.day);
    if (!into || row.currency !== currency) continue;
    into.revenue += row.revenue;
    into.refunded += row.refunded;
    into.paid += row.paid;
    into.placed += row.placed;
    into.cancelled += row.cancelled;
  }
  return [...known.values()];
}

export type Summary = Schemas["Summary"];

/** The hour that it is somewhere, with its minutes as a part of it: 13.5 is half past one. */
export function localHour(ms: number, timeZone: string): number {
  const text = new Intl.DateTimeFormat("sv-SE", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(ms);
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  return hour + minute / 60;
}

/** What a day had come to at this hour, so that a day under way is held against as much of another. Of the hour under way a part. */
export function until(hours: Summary["hours"], day: string, hour: number, currency: string): { revenue: number; paid: number } {
  const sum = { revenue: 0, paid: 0 };
  for (const row of hours) {
    if (row.day !== day || row.currency !== currency || row.hour >= hour) continue;
    const part = Math.min(1, hour - row.hour);
    sum.revenue += row.revenue * part;
    sum.paid += row.paid * part;
  }
  return { revenue: Math.round(sum.revenue), paid: Math.round(sum.paid) };
}

/** What an hour of a day came to. */
export interface HourFigures {
  hour: number;
  revenue: number;
  paid: number;
}

/** A day by its hours, without those before the first sale and after the last; those between without one are zero. */
export function hoursOf(hours: Summary["hours"], day: string, currency: string): HourFigures[] {
  const rows = hours.filter((row) => row.day === day && row.currency === currency && (row.revenue > 0 || row.paid > 0));
  if (rows.length === 0) return [];
  const [first, last] = [Math.min(...rows.map((row) => row.hour)), Math.max(...rows.map((row) => row.hour))];
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const of = rows.filter((row) => row.hour === first + at);
    const sum = (key: "revenue" | "paid") => of.reduce((total, row) => total + row[key], 0);
    return { hour: first + at, revenue: sum("revenue"), paid: sum("paid") };
  });
}

/** Whole units: a part of an hour is a guess, and a guess has no satang. */
export const whole = (amount: number): number => 100 * Math.round(amount / 100);

/** From paid to ready in the mean, in milliseconds; nothing where nothing was made. */
export function makeMs(totals: { made: number; make_seconds: number }[]): number | undefined {
  const made = totals.reduce((sum, one) => sum + one.made, 0);
  return made === 0 ? undefined : (1000 * totals.reduce((sum, one) => sum + one.make_seconds, 0)) / made;
}

/** Days of a summary as the charts take them. */
export function summed(summary: Summary | undefined, currency: string, last: string, count: number): DayFigures[] {
  return daysOf(summary ? [{ days: summary.days, products: [] } as unknown as Sales] : [], currency, last, count);
}

interface Span {
  from: string;
  to: string;
  store?: string;
  franchisee?: string;
}

/** The figures of all stores that one leads, of a franchisee's, or of one. */
export function useSummary({ from, to, store, franchisee }: Span, enabled: boolean) {
  return useQuery({
    queryKey: ["summary", from, to, store ?? "all", franchisee ?? "all"],
    refetchInterval: 30_000,
    enabled,
    queryFn: ({ signal }) =>
      take(http.GET("/api/v1/analytics/summary", { params: { query: { from, to, store_id: store, franchisee_id: franchisee } }, signal })),
  });
}

/** How much more in parts of one: 0.12 is twelve per cent more. Nothing where there was nothing to compare with. */
export function change(now: number, before: number): number | undefined {
  return before === 0 ? undefined : (now - before) / before;
}

/** What sold, over several stores, the dearest first. */
export function products(sales: Sales[], currency: string): Array<{ sku: string; name: string; quantity: number; amount: number }> {
  const found = new Map<string, { sku: string; name: string; quantity: number; amount: number }>();
  for (const row of sales.flatMap((one) => one.products)) {
    if (row.currency !== currency) continue;
    const known = found.get(row.variant_sku);
    if (known) {
      known.quantity += row.quantity;
      known.amount += row.amount;
    } else found.set(row.variant_sku, { sku: row.variant_sku, name: row.name, quantity: row.quantity, amount: row.amount });
  }
  return [...found.values()].sort((a, b) => b.amount - a.amount);
}

/** The figures of stores between two days, store by store: each is shown when it comes. */
export function useSales(stores: string[], from: string, to: string, enabled: boolean) {
  const answers = useQueries({
    queries: stores.map((store) => ({
      queryKey: ["sales", store, from, to],
      refetchInterval: 30_000,
      enabled,
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        take(http.GET("/api/v1/analytics/sales", { params: { query: { store_id: store, from, to } }, signal })),
    })),
  });
  return {
    byStore: new Map(stores.map((store, at) => [store, answers[at]?.data])),
    all: answers.flatMap((answer) => (answer.data ? [answer.data] : [])),
    waiting: answers.some((answer) => answer.isPending),
    error: answers.find((answer) => answer.error)?.error,
    retry: () => answers.forEach((answer) => void answer.refetch()),
  };
}
