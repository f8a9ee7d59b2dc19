//! What somebody keeps with the chain: points, addresses, preferences, factors, sessions, what they were told.

import { take } from "@kirana/api";
import { queryOptions } from "@tanstack/react-query";
import { http } from "../api.ts";

const of = (id: string) => ({ params: { path: { id } } });

export const pointsQuery = (id: string) =>
  queryOptions({
    queryKey: ["points", id],
    retry: false,
    queryFn: ({ signal }) => take(http.GET("/api/v1/loyalty/customer/{id}", { ...of(id), signal })),
  });

export const addressesQuery = (id: string) =>
  queryOptions({
    queryKey: ["addresses", id],
    queryFn: ({ signal }) => take(http.GET("/api/v1/customers/{id}/addresses", { ...of(id), signal })),
  });

export const preferencesQuery = (id: string) =>
  queryOptions({
    queryKey: ["preferences", id],
    queryFn: ({ signal }) => take(http.GET("/api/v1/customers/{id}/preferences", { ...of(id), signal })),
  });

export const factorsQuery = queryOptions({
  queryKey: ["factors"],
  queryFn: ({ signal }) => take(http.GET("/api/v1/auth/factors", { signal })),
});

export const sessionsQuery = queryOptions({
  queryKey: ["sessions"],
  queryFn: ({ signal }) => take(http.GET("/api/v1/auth/sessions", { signal })),
});

export const notificationsQuery = queryOptions({
  queryKey: ["notifications"],
  queryFn: ({ signal }) => take(http.GET("/api/v1/notifications", { params: { query: { limit: 20 } }, signal })),
});

export const providersQuery = queryOptions({
  queryKey: ["providers"],
  staleTime: 300_000,
  retry: false,
  queryFn: ({ signal }) => take(http.GET("/api/v1/oauth/providers", { signal })),
});
