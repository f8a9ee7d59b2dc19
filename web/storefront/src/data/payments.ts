//! What the deployment takes payments with, what somebody keeps there, and a payment at Stripe as it is begun and asked about.

import { type Schemas, take } from "@kirana/api";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { http } from "../api.ts";
import type { Attempt } from "../logic/attempt.ts";
import { useUser } from "./session.ts";

export type Payment = Schemas["Payment"];
export type PaymentRequest = Schemas["PaymentRequest"];

export const gatewaysQuery = queryOptions({
  queryKey: ["gateways"],
  staleTime: 300_000,
  queryFn: ({ signal }) => take(http.GET("/api/v1/payments/gateways", { signal })),
});

/** Stripe, where the deployment has it: the one gateway that keeps methods. */
export const stripeOf = (gateways: Schemas["GatewayInfo"][] | undefined) =>
  gateways?.find((one) => one.name === "stripe" && one.publishable_key);

export const methodsQuery = queryOptions({
  queryKey: ["methods"],
  queryFn: ({ signal }) => take(http.GET("/api/v1/payments/methods", { signal })),
});

/** May they keep a card? A guest may not, nor who has not proved their address. The session may be older than the proof: then it is asked. */
export function useMayKeep(): boolean {
  const user = useUser();
  const { data } = useQuery({
    queryKey: ["me"],
    enabled: user !== undefined && !user.email_verified,
    queryFn: ({ signal }) => take(http.GET("/api/v1/auth/me", { signal })),
  });
  return user?.email_verified || data?.email_verified || false;
}

/** Has it come to nothing? What is paid next is another payment. */
export const isOver = ({ status }: Payment): boolean => status === "failed" || status === "cancelled";

export const begin = (attempt: Attempt<PaymentRequest>, request: PaymentRequest): Promise<Payment> =>
  attempt.send(
    request,
    ({ key, body }) => take(http.POST("/api/v1/payments/initiate", { params: { header: { "Idempotency-Key": key } }, body })),
    isOver,
  );

/** The platform asks Stripe itself: what a browser says proves nothing. */
export const verify = (payment_id: string): Promise<Payment> => take(http.POST("/api/v1/payments/verify", { body: { payment_id } }));

/** The payment that Stripe calls so, as it stands now; none where it is not of this order. */
export async function returned(order_id: string, reference: string): Promise<Payment | null> {
  const payments = await take(http.GET("/api/v1/payments/order/{order_id}", { params: { path: { order_id } } }));
  const payment = payments.find((one) => one.reference === reference);
  return payment ? verify(payment.id) : null;
}
