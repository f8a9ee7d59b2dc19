//! Movements of stock as pages write them down: each with a key of its own, so that a second press is no second movement.

import { newKey } from "@kirana/api";
import { http, type Schemas, take } from "../../api/index.ts";

type Movement = Schemas["StockMovement"];

export const writeDown = (body: Movement, key = newKey()) =>
  take(http.POST("/api/v1/inventory/stock-movement", { params: { header: { "Idempotency-Key": key } }, body }));

export const adjust = (store: string, sku: string, delta: number, reason: string, key = newKey()) =>
  take(
    http.PUT("/api/v1/inventory/{store_id}/{sku}/adjust", {
      params: { path: { store_id: store, sku }, header: { "Idempotency-Key": key } },
      body: { delta, reason },
    }),
  );

/** A day of a form as the moment at which it ends, by the store's clock as UTC: a batch is good until its day is over. */
export const endOfDay = (day: string): string => `${day}T23:59:59Z`;
