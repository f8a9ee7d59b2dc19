//! Sales by day, and what one reads off them. Days are each store's own: they begin at midnight where it is.

import { useQueries } from "@tanstack/react-query";
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
