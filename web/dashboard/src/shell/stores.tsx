//! Which store the page is about: its id is in the address; `all` is the roll-up of those one may see.

import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { ownStores } from "../access/index.ts";
import { all, http, type Schemas, take } from "../api/index.ts";
import { useUser } from "../auth/session.ts";

export type Store = Schemas["Store"];

export function useStores() {
  const user = useUser();
  const query = useQuery({
    queryKey: ["stores"],
    staleTime: 60_000,
    queryFn: () => all((cursor) => take(http.GET("/api/v1/stores", { params: { query: { limit: 100, cursor } } }))),
  });
  const stores = user && query.data ? ownStores(user, query.data) : undefined;
  return { ...query, stores: stores?.toSorted((a, b) => a.name.localeCompare(b.name)) };
}

/** The id in the address: a store's, or `all`. */
export function useScope(): string {
  return useParams({ strict: false }).store ?? "all";
}

/** The store of the address; undefined for the roll-up. */
export function useStore(): Store | undefined {
  const scope = useScope();
  return useStores().stores?.find((store) => store.id === scope);
}

/** The store of a page that is there for one store only: its route sees to that. */
export function useTheStore(): Store {
  const store = useStore();
  if (!store) throw new Error("this page is about one store, and the address names none");
  return store;
}

export const lastStore = {
  get: (): string | null => localStorage.getItem("kirana.dashboard.store"),
  set: (id: string): void => localStorage.setItem("kirana.dashboard.store", id),
};
