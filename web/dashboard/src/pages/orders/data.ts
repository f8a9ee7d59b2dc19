//! Orders as pages ask for them. The live line writes into the same caches.

import type { Order } from "@kirana/api";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { http, type Schemas, take } from "../../api/index.ts";
import { useLine } from "../../live/live.tsx";
import { usePages } from "../../table/pages.ts";

export type Status = Schemas["OrderStatus"];
type Tone = "good" | "warm" | "bad" | "calm" | "quiet";

/** How a status is called by those who run stores, and how much it wants a look. */
export const STATUS: Record<Status, { label: string; tone: Tone }> = {
  placed: { label: "Not paid yet", tone: "quiet" },
  confirmed: { label: "To make", tone: "warm" },
  preparing: { label: "Being made", tone: "warm" },
  ready: { label: "Ready", tone: "good" },
  collected: { label: "Collected", tone: "quiet" },
  dispatched: { label: "On its way", tone: "warm" },
  delivered: { label: "Delivered", tone: "quiet" },
  completed: { label: "Completed", tone: "quiet" },
  cancelled: { label: "Cancelled", tone: "bad" },
  expired: { label: "Never paid", tone: "bad" },
  refunded: { label: "Refunded", tone: "bad" },
};

export const FULFILMENT: Record<Schemas["Fulfilment"], string> = {
  pickup: "Pickup",
  dine_in: "Dine in",
  delivery: "Delivery",
  vending: "Machine",
};

/** What the store's people may move an order to by hand, and how that is called. The kitchen's steps are bumps. */
export function nextSteps(order: Order): Array<{ status: Status; label: string }> {
  if (order.status === "ready") {
    return order.fulfilment === "delivery"
      ? [{ status: "dispatched", label: "Hand to the rider" }]
      : [{ status: "collected", label: "Handed over" }];
  }
  if (order.status === "dispatched") return [{ status: "delivered", label: "Delivered" }];
  return [];
}

/** May it still be called off? What is in a customer's hands is refunded instead. */
export const cancellable = (order: Order): boolean => ["placed", "confirmed", "preparing", "ready"].includes(order.status);

/** Milliseconds from the kitchen's order to ready; nothing where it never was, or was sold at a counter in one moment. */
export function makeTime(order: Pick<Order, "timeline">): number | undefined {
  const at = (to: Status) => order.timeline.find((entry) => entry.to === to)?.at;
  const [from, until] = [at("confirmed"), at("ready")];
  if (!from || !until) return undefined;
  const ms = Date.parse(until) - Date.parse(from);
  return ms > 0 ? ms : undefined;
}

export function average(values: number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The queries that are old once something was done to an order. */
export const staleOf = (order: Pick<Order, "id" | "store_id">) => [
  ["order", order.id],
  ["order-more", order.id],
  ["orders", order.store_id],
  ["recent", order.store_id],
];

/** While the line is down, or there is none, pages ask by themselves. */
export function usePace(slow = 30_000): number | false {
  const line = useLine();
  return line === "live" ? false : line === "offline" ? false : slow;
}

/** What of a store's orders is looked at: the server filters, so that older ones are found too. */
export interface Wanted {
  status?: Status;
  fulfilment?: Order["fulfilment"];
  /** From the beginning of a day to its end, where the store is. */
  from?: string;
  until?: string;
}

export function useOrders(store: string, wanted: Wanted) {
  const pace = usePace();
  return usePages(
    ["orders", store, wanted],
    (cursor, signal) => take(http.GET("/api/v1/orders", { params: { query: { store_id: store, ...wanted, limit: 50, cursor } }, signal })),
    { enabled: store !== "all", refetchInterval: pace },
  );
}

/** Orders by number or by who ordered, further back than what is loaded. */
export function useFound(store: string, wanted: Wanted, q: string | undefined) {
  const text = q?.trim() ?? "";
  const [settled] = useDebouncedValue(text, 300);
  return useQuery({
    queryKey: ["orders-found", store, wanted, settled],
    enabled: settled.length > 1,
    queryFn: async ({ signal }) => {
      const query = { store_id: store, ...wanted, q: settled, limit: 50 };
      return (await take(http.GET("/api/v1/orders", { params: { query }, signal }))).items;
    },
  });
}

/** The first few of each of these stores: orders are asked for store by store, and a roll-up has several. */
export function useFoundIn(stores: readonly string[], q: string, most: number) {
  const [settled] = useDebouncedValue(q.trim(), 300);
  return useQuery({
    queryKey: ["orders-found", stores, settled, most],
    enabled: settled.length > 1 && stores.length > 0,
    staleTime: 10_000,
    queryFn: async ({ signal }) => {
      const of = (store_id: string) =>
        take(http.GET("/api/v1/orders", { params: { query: { store_id, q: settled, limit: most } }, signal }));
      const found = (await Promise.all(stores.map(of))).flatMap((page) => page.items);
      return found.sort((a, b) => b.placed_at.localeCompare(a.placed_at)).slice(0, most);
    },
  });
}

/** The last hundred orders of a store: what figures of the moment are read off. */
export function useRecent(store: string) {
  const pace = usePace();
  return useQuery({
    queryKey: ["recent", store],
    refetchInterval: pace,
    enabled: store !== "all",
    queryFn: async ({ signal }) => {
      const { items } = await take(http.GET("/api/v1/orders", { params: { query: { store_id: store, limit: 100 } }, signal }));
      return items;
    },
  });
}

export function useOrder(id: string) {
  const pace = usePace(10_000);
  return useQuery({
    queryKey: ["order", id],
    refetchInterval: pace,
    queryFn: ({ signal }) => take(http.GET("/api/v1/orders/{id}", { params: { path: { id } }, signal })),
  });
}
