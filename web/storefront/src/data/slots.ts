//! A store's slots: when something can be had, and how much room is left.

import { take } from "@kirana/api";
import { queryOptions } from "@tanstack/react-query";
import { http } from "../api.ts";

export const slotsQuery = (id: string) =>
  queryOptions({
    queryKey: ["slots", id],
    // What is left changes with every order.
    staleTime: 20_000,
    refetchInterval: 60_000,
    queryFn: ({ signal }) => take(http.GET("/api/v1/stores/{id}/slots", { params: { path: { id }, query: { hours: 48 } }, signal })),
  });
