//! Somebody's orders, and one of them as it moves.

import { applied, follow, type LiveState, type Schemas, take } from "@kirana/api";
import { infiniteQueryOptions, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api, http } from "../api.ts";

export type Order = Schemas["Order"];

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ["order", id],
    staleTime: 10_000,
    queryFn: ({ signal }) => take(http.GET("/api/v1/orders/{id}", { params: { path: { id } }, signal })),
  });

export const ordersQuery = infiniteQueryOptions({
  queryKey: ["orders"],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam, signal }) => {
    const query = { limit: 20, ...(pageParam ? { cursor: pageParam } : {}) };
    return take(http.GET("/api/v1/orders", { params: { query }, signal }));
  },
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

export const receiptQuery = (id: string) =>
  queryOptions({
    queryKey: ["receipt", id],
    queryFn: ({ signal }) => take(http.GET("/api/v1/orders/{id}/receipt", { params: { path: { id } }, signal })),
  });

/** The order's invoice and its credit notes; none before it is completed. */
export const invoiceQuery = (id: string) =>
  queryOptions({
    queryKey: ["invoice", id],
    retry: false,
    queryFn: ({ signal }) => take(http.GET("/api/v1/orders/{id}/invoice", { params: { path: { id } }, signal })),
  });

/** Saves the order's invoice where the browser keeps downloads. */
export async function saveInvoice(id: string, number: number) {
  const file = await take(http.GET("/api/v1/orders/{id}/invoice/pdf", { params: { path: { id } }, parseAs: "blob" }));
  const address = URL.createObjectURL(file as unknown as Blob);
  const link = Object.assign(document.createElement("a"), { href: address, download: `invoice-${number}.pdf` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Asks for a letter that says where the invoice is. */
export const sendInvoice = (id: string) => take(http.POST("/api/v1/orders/{id}/invoice/send", { params: { path: { id } } }));

/** An order, followed: read once, then kept up to date by its socket for as long as the page is there. */
export function useLiveOrder(id: string) {
  const client = useQueryClient();
  const query = useQuery(orderQuery(id));
  const [state, setState] = useState<LiveState>("connecting");
  useEffect(
    () =>
      follow(api, {
        path: `/api/v1/orders/${id}/track`,
        state: setState,
        message: (message) => {
          const { queryKey } = orderQuery(id);
          const known = client.getQueryData(queryKey);
          const now = applied(known ? [known] : [], message).find((order) => order.id === id);
          if (now) client.setQueryData(queryKey, now);
        },
      }),
    [id, client],
  );
  return { ...query, live: state };
}
