//! A store's menu against the chain's, and what the store sells otherwise.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { may } from "../../access/index.ts";
import { all, http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { Page, type PageProps } from "../../ui/bits.tsx";
import { SubNav } from "../../ui/SubNav.tsx";
import type { Override } from "./overrides.ts";

export type Menu = Schemas["Menu"];

export function useMenu(store: string) {
  return useQuery({
    queryKey: ["menu", store],
    queryFn: () => take(http.GET("/api/v1/stores/{id}/menu", { params: { path: { id: store } }, cache: "no-cache" })),
  });
}

export function useProducts() {
  return useQuery({
    queryKey: ["products"],
    queryFn: () => all((cursor) => take(http.GET("/api/v1/products", { params: { query: { limit: 100, cursor } } }))),
  });
}

/** The chain's menus: for who runs the chain. */
export function useMenus(enabled = true) {
  return useQuery({ queryKey: ["menus"], enabled, queryFn: () => take(http.GET("/api/v1/menus")) });
}

export type Choice = Schemas["Choice"];

/** Everything that the chain's menu has for a store, also what is not sold there now. */
export function useChoices(store: string) {
  return useQuery({
    queryKey: ["choices", store],
    queryFn: () => take(http.GET("/api/v1/stores/{id}/menu/choices", { params: { path: { id: store } } })),
  });
}

/**
 * Changes what the store sells otherwise: at once on the screen, then in the store, from what the store has at that moment. Changes
 * wait for each other, so that two quick touches do not overwrite one another.
 */
export function useChangeOverrides(store: string) {
  const client = useQueryClient();
  const key = ["choices", store];
  return async (change: (now: Override[]) => Override[]) => {
    const before = client.getQueryData<Choice[]>(key);
    if (before) client.setQueryData(key, changed(before, change));
    try {
      await queue(store, async () => {
        const now = await take(http.GET("/api/v1/stores/{id}/menu/overrides", { params: { path: { id: store } } }));
        await http.PUT("/api/v1/stores/{id}/menu/overrides", {
          params: { path: { id: store } },
          body: { overrides: change(now.overrides as Override[]) },
        });
      });
    } finally {
      await Promise.all([client.invalidateQueries({ queryKey: key }), client.invalidateQueries({ queryKey: ["menu", store] })]);
    }
  };
}

/** The choices as they will be. */
function changed(choices: Choice[], change: (now: Override[]) => Override[]): Choice[] {
  const said = choices
    .filter((one) => one.own_price || !one.available || one.hidden)
    .map((one) => ({ sku: one.sku, price: one.own_price, available: one.available, hidden: one.hidden }));
  const after = new Map(change(said).map((one) => [one.sku, one]));
  return choices.map((one) => {
    const own = after.get(one.sku);
    return { ...one, own_price: own?.price ?? null, available: own?.available !== false, hidden: own?.hidden === true };
  });
}

const waiting = new Map<string, Promise<unknown>>();
function queue<T>(name: string, work: () => Promise<T>): Promise<T> {
  const turn = (waiting.get(name) ?? Promise.resolve()).catch(() => {}).then(work);
  waiting.set(name, turn);
  return turn;
}

export function MenuFrame({ children, ...page }: PageProps) {
  const store = useTheStore();
  const user = useUser();
  const base = `/${store.id}/menu`;
  return (
    <Page {...page}>
      <SubNav
        label="Menu"
        tabs={[
          { path: base, label: "What this store sells" },
          { path: `${base}/modifiers`, label: "Modifiers" },
          ...(may(user, "PUT /products/{id}") ? [{ path: `${base}/products`, label: "The chain's products" }] : []),
          ...(may(user, "GET /modifier-groups") ? [{ path: `${base}/groups`, label: "The chain's modifiers" }] : []),
          ...(may(user, "GET /menus") ? [{ path: `${base}/menus`, label: "The chain's menus" }] : []),
          ...(may(user, "POST /catalog/import") ? [{ path: `${base}/import`, label: "Import" }] : []),
        ]}
      />
      {children}
    </Page>
  );
}
