//! Stores and menus: what everybody may read. Kept on the device by the service worker, so that they are there without a line.

import { type Schemas, take } from "@kirana/api";
import { queryOptions } from "@tanstack/react-query";
import { http } from "../api.ts";

export type Store = Schemas["Store"];
export type Menu = Schemas["Menu"];
export type Product = Schemas["MenuProduct"];

/** Pages of a hundred that are read at most: a list longer than that is for the search by place. */
const PAGES = 5;

export const storesQuery = queryOptions({
  queryKey: ["stores"],
  staleTime: 60_000,
  queryFn: async ({ signal }) => {
    const found: Store[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < PAGES; page++) {
      const query = { limit: 100, ...(cursor ? { cursor } : {}) };
      const { items, next_cursor } = await take(http.GET("/api/v1/stores", { params: { query }, signal }));
      found.push(...items);
      if (!next_cursor) break;
      cursor = next_cursor;
    }
    return found.filter((store) => store.settings.environment !== "master");
  },
});

export interface Place {
  lat: number;
  lng: number;
}

/** The nearest to a place, in a circle that is wider when the first was empty. */
export const nearbyQuery = (place: Place) =>
  queryOptions({
    queryKey: ["stores", "nearby", place],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      for (const radius_km of [25, 400]) {
        const found = await take(http.GET("/api/v1/stores/nearby", { params: { query: { ...place, radius_km } }, signal }));
        if (found.length) return found;
      }
      return [];
    },
  });

export const storeQuery = (id: string) =>
  queryOptions({
    queryKey: ["store", id],
    staleTime: 30_000,
    queryFn: ({ signal }) => take(http.GET("/api/v1/stores/{id}", { params: { path: { id } }, signal })),
  });

export const menuQuery = (id: string) =>
  queryOptions({
    queryKey: ["menu", id],
    staleTime: 30_000,
    queryFn: ({ signal }) => take(http.GET("/api/v1/stores/{id}/menu", { params: { path: { id } }, signal })),
  });

/** Where a store delivers, and for what; a store without zones delivers anywhere for its flat fee. */
export const zonesQuery = (id: string) =>
  queryOptions({
    queryKey: ["delivery-zones", id],
    staleTime: 60_000,
    queryFn: ({ signal }) => take(http.GET("/api/v1/stores/{id}/delivery-zones", { params: { path: { id } }, signal })),
  });
