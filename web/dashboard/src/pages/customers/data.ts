//! What the pages of customers ask, and those of offers that are for some of them.

import { useQuery } from "@tanstack/react-query";
import { http, take } from "../../api/index.ts";

/** The segments that the chain has made, for who may list them. */
export function useSegments(enabled = true) {
  return useQuery({ queryKey: ["segments"], enabled, queryFn: () => take(http.GET("/api/v1/customer-segments")) });
}

/** The tiers of loyalty, the lowest first. */
export function useTiers() {
  return useQuery({ queryKey: ["tiers"], staleTime: 600_000, queryFn: () => take(http.GET("/api/v1/loyalty/tiers")) });
}

/** The segments that somebody was put into. */
export function useSegmentsOf(customer: string) {
  return useQuery({
    queryKey: ["customer", customer, "segments"],
    queryFn: () => take(http.GET("/api/v1/customers/{id}/segments", { params: { path: { id: customer } } })),
  });
}
