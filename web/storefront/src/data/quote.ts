//! What a cart costs, by the store itself: signed in by a quote that is held to, as a guest by the cart that the API keeps for guests.

import { Problem, type Schemas, take, takeWith } from "@kirana/api";
import { queryOptions } from "@tanstack/react-query";
import { http } from "../api.ts";
import { type Cart, requested } from "../logic/cart.ts";

export type Quote = Schemas["Quote"];

const GUEST = "kirana.guest-cart";

/** Asked again a little before what was promised runs out. */
const EARLY_MS = 30_000;

async function ofGuest(cart: Cart, signal: AbortSignal): Promise<Quote> {
  const token = localStorage.getItem(GUEST);
  const header = token ? { "X-Cart-Token": token } : {};
  const body = { store_id: cart.storeId as string, lines: requested(cart.lines), coupons: cart.coupons };
  const { data, headers } = await takeWith(http.PUT("/api/v1/cart", { params: { header }, body, signal }));
  const given = headers.get("x-cart-token");
  if (given) localStorage.setItem(GUEST, given);
  if (data.quote) return data.quote;
  const { problem } = data;
  throw new Problem(
    problem?.status ?? 422,
    problem?.code ?? "no_quote",
    problem?.title ?? "",
    problem?.detail ?? "",
    problem?.errors ?? [],
  );
}

function ofCustomer(cart: Cart, signal: AbortSignal): Promise<Quote> {
  const body = {
    store_id: cart.storeId as string,
    lines: requested(cart.lines),
    coupons: cart.coupons,
    fulfilment: cart.fulfilment,
    ...(cart.tip ? { tip: cart.tip } : {}),
    ...(cart.fulfilment === "delivery" && cart.place ? { position: cart.place } : {}),
  };
  return take(http.POST("/api/v1/quotes", { body, signal }));
}

/** The price of a cart for whoever asks. The last one is shown while the next is on its way. */
export const quoteQuery = (cart: Cart, userId: string | undefined) => {
  const { storeId, lines, coupons, fulfilment, tip } = cart;
  const place = fulfilment === "delivery" ? (cart.place ?? null) : null;
  return queryOptions({
    queryKey: [
      "quote",
      userId ?? "guest",
      storeId,
      requested(lines),
      coupons,
      userId ? fulfilment : null,
      userId ? tip : null,
      userId ? place : null,
    ],
    enabled: storeId !== null && lines.length > 0,
    placeholderData: (last?: Quote) => last,
    staleTime: 60_000,
    refetchInterval: ({ state }: { state: { data?: Quote | undefined } }) =>
      state.data ? Math.max(5_000, Date.parse(state.data.expires_at) - Date.now() - EARLY_MS) : false,
    retry: false,
    queryFn: ({ signal }) => (userId ? ofCustomer(cart, signal) : ofGuest(cart, signal)),
  });
};
