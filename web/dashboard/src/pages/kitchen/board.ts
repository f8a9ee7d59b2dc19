//! What a kitchen's board shows: tickets in their columns, their age, and what belongs to a station.

import type { Order } from "@kirana/api";

export type Tone = "calm" | "soon" | "late";

/** Seconds after which a ticket wants a look, and after which it is late. Where a time was promised, that counts. */
export const SOON_S = 5 * 60;
export const LATE_S = 10 * 60;

/** Since when the kitchen has it: the moment it was confirmed. */
export function since(order: Order): number {
  const entry = order.timeline.find((one) => one.to === "confirmed");
  return Date.parse(entry?.at ?? order.placed_at);
}

/** The time by which somebody expects it. */
export function wanted(order: Order): number | undefined {
  const at = order.pickup_at ?? order.slot ?? undefined;
  return at ? Date.parse(at) : undefined;
}

export function toneOf(order: Order, now: number): Tone {
  if (order.status === "ready") return "calm";
  const by = wanted(order);
  if (by !== undefined) return now > by ? "late" : by - now < SOON_S * 1000 ? "soon" : "calm";
  const age = (now - since(order)) / 1000;
  return age > LATE_S ? "late" : age > SOON_S ? "soon" : "calm";
}

/** `3:07`, `1:02:40`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, String(seconds % 60).padStart(2, "0")];
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** A station's lines of an order; all where no station is chosen. */
export function linesFor(order: Order, station?: string): Order["lines"] {
  if (!station) return order.lines;
  const ticket = order.tickets?.find((one) => one.station === station);
  return ticket ? ticket.lines.flatMap((at) => order.lines[at] ?? []) : [];
}

/** The tickets of a column, the longest waiting first. A station sees those it still has to do with. */
export function column(orders: readonly Order[], statuses: Order["status"][], station?: string): Order[] {
  return orders
    .filter((order) => statuses.includes(order.status))
    .filter((order) => !station || order.tickets?.some((one) => one.station === station && (!one.bumped_at || order.status === "ready")))
    .toSorted((a, b) => (wanted(a) ?? since(a)) - (wanted(b) ?? since(b)));
}

/** What is to be made, over all tickets that wait: a cook makes three of a kind at once. */
export function tally(orders: readonly Order[], station?: string): Array<[name: string, count: number]> {
  const counts = new Map<string, number>();
  for (const line of orders.flatMap((order) => linesFor(order, station))) {
    counts.set(line.name, (counts.get(line.name) ?? 0) + line.quantity - (line.cancelled ?? 0));
  }
  return [...counts].filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
}

export type Way = "bump" | "recall";

/** A ticket as it will be after a step, as far as the board can know. Its version stays: whatever the platform says is newer. */
export function stepped(order: Order, way: Way, station?: string): Order {
  const at = new Date().toISOString();
  if (way === "recall") {
    const tickets = order.tickets?.map((one) => (!station || one.station === station ? { ...one, bumped_at: null } : one));
    return { ...order, status: order.status === "ready" ? "preparing" : "confirmed", ...(tickets ? { tickets } : {}) };
  }
  if (order.status === "confirmed") return { ...order, status: "preparing" };
  const tickets = order.tickets?.map((one) => (!one.bumped_at && (!station || one.station === station) ? { ...one, bumped_at: at } : one));
  // With stations it is ready when the last of them has bumped it.
  const ready = !station || (tickets ?? []).every((one) => one.bumped_at);
  return { ...order, status: ready ? "ready" : order.status, ...(tickets ? { tickets } : {}) };
}

/** The board with a ticket as it is guessed, or as it was: only where nothing newer has come meanwhile. */
export function replaced(orders: readonly Order[], ticket: Order): Order[] {
  return orders.map((one) => (one.id === ticket.id && one.version === ticket.version ? ticket : one));
}
