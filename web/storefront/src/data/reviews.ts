//! What people say of what they have bought.

import { take } from "@kirana/api";
import { queryOptions } from "@tanstack/react-query";
import { http } from "../api.ts";

export const productReviewsQuery = (id: string) =>
  queryOptions({
    queryKey: ["reviews", id],
    staleTime: 60_000,
    // A menu is a menu without them.
    retry: false,
    queryFn: ({ signal }) => take(http.GET("/api/v1/reviews/product/{id}", { params: { path: { id } }, signal })),
  });

export const ownReviewsQuery = (id: string) =>
  queryOptions({
    queryKey: ["own-reviews", id],
    queryFn: ({ signal }) => take(http.GET("/api/v1/customers/{id}/reviews", { params: { path: { id } }, signal })),
  });
