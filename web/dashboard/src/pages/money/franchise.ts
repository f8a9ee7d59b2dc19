//! Whose royalties a page is about: an owner's own, or for the chain the franchisee that was chosen.

import { useQuery } from "@tanstack/react-query";
import { may } from "../../access/index.ts";
import { all, http, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useStore, useStores } from "../../shell/stores.tsx";
import { useAddress } from "../../table/state.ts";

export function useFranchise() {
  const user = useUser();
  const here = useStore();
  const { stores = [] } = useStores();
  const [{ franchisee: picked }] = useAddress();
  const chain = may(user, "GET /franchisees");
  const { data: franchisees } = useQuery({
    queryKey: ["franchisees"],
    enabled: chain,
    queryFn: () => all((cursor) => take(http.GET("/api/v1/franchisees", { params: { query: { limit: 100, cursor } } }))),
  });
  // In a store the chain looks at whoever has that store, until another is chosen.
  const id = chain ? (picked ?? here?.franchisee_id ?? franchisees?.[0]?.id) : (user?.franchisee_id ?? undefined);
  // Owners see no list of franchisees, and may know their own.
  const { data: one } = useQuery({
    queryKey: ["franchisee", id],
    enabled: !chain && id !== undefined,
    queryFn: () => take(http.GET("/api/v1/franchisees/{id}", { params: { path: { id: id ?? "" } } })),
  });
  const own = stores.filter((store) => store.franchisee_id === id);
  return {
    id,
    /** What the chain calls them. */
    name: one?.name ?? franchisees?.find((one) => one.id === id)?.name,
    franchisees,
    chain,
    waiting: chain && !franchisees,
    currency: own[0]?.currency ?? "THB",
    zone: own[0]?.time_zone,
  };
}

/** A franchisee's terms; `none` where the chain has set none yet. */
export function useAgreement(id: string | undefined) {
  const query = useQuery({
    queryKey: ["agreement", id],
    enabled: id !== undefined,
    retry: false,
    queryFn: () => take(http.GET("/api/v1/franchisees/{id}/royalty-agreement", { params: { path: { id: id ?? "" } } })),
  });
  return query;
}
