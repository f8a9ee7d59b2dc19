//! What fraud rules said of payments, as pages ask for it: the queue of what waits, what was decided before, and the rules.

import { useQueries, useQuery } from "@tanstack/react-query";
import { isAdmin, may } from "../../access/index.ts";
import { all, http, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope, useStores } from "../../shell/stores.tsx";
import { staffOf } from "../people/data.ts";
import { type Assessment, oldestFirst } from "./risk.ts";

/** Everything that is asked about reviews is old once one is decided. */
export const REVIEWS = ["reviews-of-payments"] as const;
export const QUEUE = [...REVIEWS, "open"] as const;

const openOf = (store: string | undefined, signal: AbortSignal) =>
  all((cursor) =>
    take(http.GET("/api/v1/payments/assessments", { params: { query: { store_id: store, review: "open", limit: 100, cursor } }, signal })),
  );

/** May this person ask about all stores at once? Owners and managers name one. */
export function useIsChain(): boolean {
  const user = useUser();
  return user !== null && (isAdmin(user) || user.roles.includes("support"));
}

interface QueueOptions {
  /** Asked again every so many milliseconds. */
  every: number;
  /** Only where one call answers it: what is there on every page must cost little. */
  cheap?: boolean;
}

/** What waits for a person, the longest first: of the store, or of all that are somebody's. */
export function useQueue({ every, cheap }: QueueOptions) {
  const user = useUser();
  const scope = useScope();
  const chain = useIsChain();
  const { stores } = useStores();
  const own = stores?.map((store) => store.id);
  const places: Array<string | undefined> | undefined = scope !== "all" ? [scope] : chain ? [undefined] : own;
  return useQuery({
    queryKey: [...QUEUE, ...(places ?? [])],
    enabled: may(user, "GET /payments/assessments") && places !== undefined && !(cheap && places.length > 1),
    refetchInterval: every,
    queryFn: async ({ signal }): Promise<Assessment[]> =>
      oldestFirst((await Promise.all((places ?? []).map((place) => openOf(place, signal)))).flat()),
  });
}

/** An order that waits: who pays, and until when it is held. The store's live line writes into the same place. */
export function useOrderOf(id: string) {
  return useQuery({
    queryKey: ["order", id],
    refetchInterval: 30_000,
    queryFn: ({ signal }) => take(http.GET("/api/v1/orders/{id}", { params: { path: { id } }, signal })),
  });
}

/** The names of those who decided, as far as whoever asks may know of them: a store's staff, or for the chain everybody. */
export function useNamesOf(rows: readonly Assessment[]): (id: string) => string | undefined {
  const user = useUser();
  const wide = may(user, "GET /users/customers");
  const people = wide ? distinct(rows.map((one) => one.reviewed_by)) : [];
  const places = !wide && may(user, "GET /stores/{id}/staff") ? distinct(rows.map((one) => one.reviewed_by && one.store_id)) : [];
  const profiles = useQueries({
    queries: people.map((id) => ({
      queryKey: ["customer", id],
      staleTime: 600_000,
      queryFn: () => take(http.GET("/api/v1/users/{id}", { params: { path: { id } } })),
    })),
  });
  const staff = useQueries({ queries: places.map((store) => ({ ...staffOf(store), staleTime: 600_000 })) });
  const names = new Map<string, string>();
  for (const { data } of profiles) if (data) names.set(data.id, data.name);
  for (const { data = [] } of staff) for (const one of data) names.set(one.user_id, one.name);
  return (id) => (id === user?.id ? "You" : names.get(id));
}

const distinct = (ids: ReadonlyArray<string | null | undefined>) => [...new Set(ids.filter((id) => typeof id === "string"))];

export function useRules() {
  return useQuery({
    queryKey: ["risk-rules"],
    queryFn: ({ signal }) => take(http.GET("/api/v1/payments/risk-rules", { signal })),
  });
}
