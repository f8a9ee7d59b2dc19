//! Barcodes of a store's goods: what a label is on, and which ones a good has.

import { isProblem } from "@kirana/api";
import { useQuery } from "@tanstack/react-query";
import { http, take } from "../../api/index.ts";
import type { Level } from "./data.tsx";

/** What was found of a label. */
export type Found =
  | { is: "item"; item: Level; lot?: string; expires?: string }
  /** A barcode that is on no good of this store. */
  | { is: "unknown" }
  /** No barcode, and why not, in the API's words. */
  | { is: "wrong"; why: string };

/** Asks what a label is on, as it was scanned. */
export async function findLabel(store: string, text: string): Promise<Found> {
  try {
    const params = { path: { store_id: store, code: text.trim() } };
    const { item, lot, expires_on } = await take(http.GET("/api/v1/inventory/{store_id}/by-barcode/{code}", { params }));
    return { is: "item", item, ...(lot ? { lot } : {}), ...(expires_on ? { expires: expires_on } : {}) };
  } catch (error) {
    if (isProblem(error) && error.status === 404) return { is: "unknown" };
    if (isProblem(error, "invalid_barcode")) return { is: "wrong", why: error.detail };
    throw error;
  }
}

export const barcodesKey = (store: string) => ["stock", store, "barcodes"];

/** All barcodes of a store's goods. */
export function useBarcodes(store: string, enabled = true) {
  return useQuery({
    queryKey: barcodesKey(store),
    enabled,
    queryFn: ({ signal }) => take(http.GET("/api/v1/inventory/{store_id}/barcodes", { params: { path: { store_id: store } }, signal })),
  });
}

/** Puts barcodes on a good, in the place of those it had. */
export const putBarcodes = (store: string, sku: string, barcodes: string[]) =>
  take(http.PUT("/api/v1/inventory/{store_id}/{sku}/barcodes", { params: { path: { store_id: store, sku } }, body: { barcodes } }));
