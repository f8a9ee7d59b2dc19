//! How far an order has come, in the few steps that its customer waits for.

import type { Schemas } from "@kirana/api";

type Order = Schemas["Order"];
export type Stage = "pay" | "confirm" | "make" | "ready" | "way" | "done";

/** The steps of this kind of order. */
export function stages(order: Pick<Order, "fulfilment">): Stage[] {
  return order.fulfilment === "delivery" ? ["pay", "confirm", "make", "way", "done"] : ["pay", "confirm", "make", "ready", "done"];
}

/** Where it stands among them; undefined when it was called off. */
export function stage(order: Pick<Order, "status" | "fulfilment">): Stage | undefined {
  const delivery = order.fulfilment === "delivery";
  switch (order.status) {
    case "placed":
      return "pay";
    case "confirmed":
      return "confirm";
    case "preparing":
      return "make";
    case "ready":
      return delivery ? "make" : "ready";
    case "dispatched":
      return "way";
    case "collected":
    case "delivered":
    case "completed":
      return "done";
    default:
      return undefined;
  }
}

/** Is anything still to happen? */
export function isLive(order: Pick<Order, "status" | "fulfilment">): boolean {
  const at = stage(order);
  return at !== undefined && at !== "done";
}

/** May its customer still call it off? The store decides; this only says whether to offer it. */
export function mayCancel(order: Pick<Order, "status">): boolean {
  return order.status === "placed" || order.status === "confirmed";
}
