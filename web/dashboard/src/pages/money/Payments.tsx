//! Payments, the newest first.

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, money, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useStores } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { useAddress } from "../../table/state.ts";
import { Empty, Id, Mark, shortId, When, words } from "../../ui/bits.tsx";
import { PAYMENT_TONE, Refund } from "../orders/OrderPayments.tsx";
import { MoneyPage } from "./MoneyPage.tsx";
import { StorePicker, usePicked } from "./StorePicker.tsx";

type Payment = Schemas["Payment"];
type Status = Schemas["Status"];

export function Payments() {
  const user = useUser();
  const { stores = [] } = useStores();
  const { store, ready } = usePicked();
  const [{ status, gateway, flagged }] = useAddress();
  const [refunding, setRefunding] = useState<Payment | null>(null);
  const known = status && status in PAYMENT_TONE ? (status as Status) : undefined;
  const query = useInfiniteQuery({
    queryKey: ["payments", store ?? "all", known, gateway, flagged],
    enabled: ready,
    refetchInterval: 30_000,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      take(
        http.GET("/api/v1/payments", {
          params: {
            query: { store_id: store, status: known, gateway, flagged: flagged === "yes" ? true : undefined, limit: 50, cursor: pageParam },
          },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const place = (id: string) => stores.find((one) => one.id === id)?.name ?? "another store";
  const columns: Column<Payment>[] = [
    { key: "created", label: "When", value: (one) => one.created_at, render: (one) => <When at={one.created_at} />, phone: "title" },
    {
      key: "status",
      label: "State",
      value: (one) => words(one.status),
      render: (one) => <Mark tone={PAYMENT_TONE[one.status]}>{words(one.status)}</Mark>,
      phone: "side",
    },
    { key: "gateway", label: "By", value: (one) => words(one.gateway) },
    {
      key: "order",
      label: "Order",
      value: (one) => one.order_id,
      render: (one) => (
        <Link className="quiet-link" to={`/${one.store_id}/orders/${one.order_id}`}>
          …{shortId(one.order_id)}
        </Link>
      ),
    },
    { key: "store", label: "Store", value: (one) => place(one.store_id), extra: true },
    {
      key: "amount",
      label: "Amount",
      value: (one) => one.amount.amount,
      text: (one) => money(one.amount),
      render: (one) => money(one.amount),
      right: true,
    },
    {
      key: "captured",
      label: "Taken",
      value: (one) => one.captured.amount,
      text: (one) => money(one.captured),
      render: (one) => money(one.captured),
      right: true,
      extra: true,
    },
    {
      key: "refunded",
      label: "Given back",
      value: (one) => one.refunded.amount,
      text: (one) => money(one.refunded),
      render: (one) => (one.refunded.amount > 0 ? money(one.refunded) : "—"),
      right: true,
    },
    {
      key: "trouble",
      label: "To look at",
      value: (one) => one.flag ?? one.failure ?? one.doubt ?? null,
      render: (one) => (one.flag ? <Mark tone="warm">{one.flag}</Mark> : (one.failure ?? one.doubt ?? <span aria-hidden>—</span>)),
    },
    { key: "reference", label: "Gateway's number", value: (one) => one.reference ?? null, extra: true },
    { key: "id", label: "Id", value: (one) => one.id, render: (one) => <Id of={one.id} />, extra: true },
  ];
  const filters: Filter<Payment>[] = [
    { key: "status", label: "State", options: Object.keys(PAYMENT_TONE).map((value) => ({ value, label: words(value) })) },
    {
      key: "gateway",
      label: "By",
      options: ["sandbox", "stripe", "razorpay", "paypal", "swish", "d2i", "cash_on_delivery"].map((value) => ({
        value,
        label: words(value),
      })),
    },
    { key: "flagged", label: "To look at", options: [{ value: "yes", label: "Flagged only" }] },
  ];
  return (
    <MoneyPage title="Payments" actions={<StorePicker />} about="The newest first. What counters took in cash is in the ledger.">
      <DataTable
        id="payments"
        label="Payments"
        rows={ready ? query.data?.pages.flatMap((page) => page.items) : stores.length === 0 ? [] : undefined}
        rowKey={(one) => one.id}
        columns={columns}
        filters={filters}
        onOpen={
          may(user, "POST /payments/{id}/refund") ? (one) => one.captured.amount > one.refunded.amount && setRefunding(one) : undefined
        }
        error={query.error}
        retry={() => void query.refetch()}
        more={{ has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() }}
        empty={<Empty title="No payments yet" />}
      />
      {refunding && <Refund payment={refunding} order={refunding.order_id} close={() => setRefunding(null)} />}
    </MoneyPage>
  );
}
