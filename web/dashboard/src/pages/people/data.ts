//! The staff of a store, as pages ask for it.

import { all, http, take } from "../../api/index.ts";

/** All of it: a store's staff is short by nature. */
export const staffOf = (store: string) => ({
  queryKey: ["staff", store, "all"],
  queryFn: () =>
    all((cursor) => take(http.GET("/api/v1/stores/{id}/staff", { params: { path: { id: store }, query: { limit: 100, cursor } } }))),
});
