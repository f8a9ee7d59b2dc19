//! Saved views of a table: one's own, and what those one works with share. Kept by the platform, so that they are there on every device.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { isAdmin } from "../access/index.ts";
import { http, type Schemas, take } from "../api/index.ts";
import { useUser } from "../auth/session.ts";
import { useStore } from "../shell/stores.tsx";
import { useAction } from "../ui/action.tsx";
import { type Search, useKept, type View } from "./state.ts";

export type SavedView = Schemas["TableView"];
export type Shared = Schemas["Shared"];

/** With whom somebody may share: who leads with the franchise, where it is known whose that is; the chain with everybody. */
export function audiences(
  user: Pick<Schemas["User"], "roles" | "franchisee_id">,
  inStore: boolean,
): Array<{ value: Shared; label: string }> {
  const leads = user.roles.some((role) => ["manager", "owner", "admin"].includes(role));
  const known = inStore || Boolean(user.franchisee_id);
  return [
    { value: "own", label: "Only me" },
    ...(leads && known ? [{ value: "franchisee" as const, label: "The franchise" }] : []),
    ...(isAdmin(user) ? [{ value: "chain" as const, label: "The whole chain" }] : []),
  ];
}

/** What an address says, without what it does not: the API keeps texts only. */
export const told = (search: Search): Record<string, string> =>
  Object.fromEntries(Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== ""));

/** Views of a table, asked for once somebody looks at them. */
export function useViews(table: string, looked: boolean) {
  const user = useUser();
  const store = useStore();
  const client = useQueryClient();
  const [old, forget] = useKept<View[]>(`views.${user?.id}.${table}`, []);
  const key = ["table-views", user?.id, table, store?.id ?? "all"];
  const query = useQuery({
    queryKey: key,
    enabled: user !== null && (looked || old.length > 0),
    staleTime: 60_000,
    queryFn: ({ signal }) => take(http.GET("/api/v1/table-views", { params: { query: { table, store_id: store?.id } }, signal })),
  });
  const put = (view: View, shared: Shared) =>
    take(
      http.POST("/api/v1/table-views", {
        body: { table, name: view.name, search: told(view.search), columns: view.columns, shared, store_id: store?.id ?? null },
      }),
    );
  const stale = [["table-views", user?.id, table]];
  const save = useAction(({ view, shared }: { view: View; shared: Shared }) => put(view, shared), {
    done: (saved) => (saved.shared === "own" ? "Saved" : "Saved, and shared"),
    stale,
  });
  const remove = useAction((view: SavedView) => http.DELETE("/api/v1/table-views/{id}", { params: { path: { id: view.id } } }), {
    stale,
  });
  // What an earlier version kept on this device only is saved once, and then forgotten here.
  const moved = useRef(false);
  useEffect(() => {
    if (moved.current || !query.data || old.length === 0) return;
    moved.current = true;
    const known = new Set(query.data.filter((view) => view.mine).map((view) => view.name));
    void Promise.all(old.filter((view) => !known.has(view.name)).map((view) => put(view, "own")))
      .then(() => {
        forget([]);
        return client.invalidateQueries({ queryKey: key });
      })
      // They stay on the device, and are tried again the next time.
      .catch(() => {});
  });
  return { views: query.data ?? [], error: query.error, save, remove, audiences: user ? audiences(user, store !== undefined) : [] };
}
