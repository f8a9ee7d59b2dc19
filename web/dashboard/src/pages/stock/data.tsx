//! Stock as pages ask for it, and the pages of this area.

import { useQuery } from "@tanstack/react-query";
import { may } from "../../access/index.ts";
import { all, http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { Page, type PageProps } from "../../ui/bits.tsx";
import { SubNav } from "../../ui/SubNav.tsx";

export type Level = Schemas["StockLevel"];

export function useLevels(store: string) {
  return useQuery({
    queryKey: ["stock", store],
    refetchInterval: 30_000,
    queryFn: ({ signal }) => take(http.GET("/api/v1/inventory/{store_id}", { params: { path: { store_id: store } }, signal })),
  });
}

export function useBatches(store: string, sku?: string) {
  return useQuery({
    queryKey: ["stock", store, "batches", sku ?? "all"],
    queryFn: ({ signal }) =>
      take(http.GET("/api/v1/inventory/{store_id}/batches", { params: { path: { store_id: store }, query: { sku } }, signal })),
  });
}

export function useUsage(store: string) {
  return useQuery({
    queryKey: ["stock", store, "usage"],
    queryFn: ({ signal }) => take(http.GET("/api/v1/inventory/{store_id}/usage", { params: { path: { store_id: store } }, signal })),
  });
}

export function useSuppliers(enabled = true) {
  return useQuery({
    queryKey: ["suppliers"],
    enabled,
    queryFn: () => all((cursor) => take(http.GET("/api/v1/suppliers", { params: { query: { limit: 100, cursor } } }))),
  });
}

/** Names of items by sku, for pages that know only skus. */
export function useNames(store: string): (sku: string) => string {
  const levels = useLevels(store);
  const names = new Map(levels.data?.map((level) => [level.sku, level.name]));
  return (sku) => names.get(sku) ?? sku;
}

export function useUnits(store: string): (sku: string) => string {
  const levels = useLevels(store);
  const units = new Map(levels.data?.map((level) => [level.sku, level.unit]));
  return (sku) => units.get(sku) ?? "piece";
}

/** A page of the stock area, with the way to the others. */
export function StockPage({ children, ...page }: PageProps) {
  const user = useUser();
  const store = useTheStore();
  const base = `/${store.id}/stock`;
  const leads = may(user, "GET /purchase-orders");
  return (
    <Page {...page}>
      <SubNav
        label="Stock"
        tabs={[
          { path: base, label: "On hand" },
          { path: `${base}/batches`, label: "Batches" },
          { path: `${base}/receive`, label: "Receive" },
          { path: `${base}/counts`, label: "Counts", wide: true },
          { path: `${base}/transfers`, label: "Transfers" },
          ...(leads
            ? [
                { path: `${base}/purchases`, label: "Purchase orders", wide: true },
                { path: `${base}/suppliers`, label: "Suppliers" },
                { path: `${base}/journal`, label: "Journal" },
              ]
            : []),
        ]}
      />
      {children}
    </Page>
  );
}
