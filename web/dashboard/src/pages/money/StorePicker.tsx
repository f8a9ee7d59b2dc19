//! Payments are asked for by store, but for the chain: in the roll-up one is chosen.

import { Select } from "@mantine/core";
import { isAdmin } from "../../access/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope, useStores } from "../../shell/stores.tsx";
import { useAddress } from "../../table/state.ts";

/** The store that the page asks about; undefined for all of the chain. */
export function usePicked(): { store?: string; ready: boolean } {
  const scope = useScope();
  const user = useUser();
  const { stores } = useStores();
  const [{ at }] = useAddress();
  if (scope !== "all") return { store: scope, ready: true };
  const chain = user !== null && (isAdmin(user) || user.roles.includes("support"));
  const picked = stores?.some((store) => store.id === at) ? at : undefined;
  if (chain) return { store: picked, ready: true };
  return { store: picked ?? stores?.[0]?.id, ready: stores !== undefined && stores.length > 0 };
}

export function StorePicker() {
  const scope = useScope();
  const user = useUser();
  const { stores = [] } = useStores();
  const [, change] = useAddress();
  const { store } = usePicked();
  if (scope !== "all" || stores.length === 0) return null;
  const chain = user !== null && (isAdmin(user) || user.roles.includes("support"));
  return (
    <Select
      aria-label="Store"
      searchable
      clearable={chain}
      placeholder="All stores"
      data={stores.map((one) => ({ value: one.id, label: one.name }))}
      value={store ?? null}
      onChange={(value) => change({ at: value ?? undefined })}
      w={230}
    />
  );
}
