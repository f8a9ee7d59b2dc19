//! Money given back. What a gateway refuses for good waits here for a person.

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { http, money, type Schemas, take } from "../../api/index.ts";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { useAddress } from "../../table/state.ts";
import { Empty, Id, Mark, shortId, When, words } from "../../ui/bits.tsx";
import { MoneyPage } from "./MoneyPage.tsx";
import { StorePicker, usePicked } from "./StorePicker.tsx";

type Refund = Schemas["RefundView"];

const TONE: Record<Schemas["RefundStatus"], "good" | "warm" | "bad"> = {
  initiated: "warm",
  pending: "warm",
  completed: "good",
  failed: "bad",
};

export function Refunds() {
  const { store, ready } = usePicked();
  const [{ status }] = useAddress();
  const known = status && status in TONE ? (status as Schemas["RefundStatus"]) : undefined;
  const query = useInfiniteQuery({
    queryKey: ["refunds", store ?? "all", known],
    enabled: ready,
    refetchInterval: 30_000,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      take(
        http.GET("/api/v1/payments/refunds", {
          params: { query: { store_id: store, status: known, limit: 50, cursor: pageParam } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const columns: Column<Refund>[] = [
    { key: "created", label: "When", value: (one) => one.created_at, render: (one) => <When at={one.created_at} />, phone: "title" },
    {
      key: "status",
      label: "State",
      value: (one) => words(one.status),
      render: (one) => <Mark tone={TONE[one.status]}>{words(one.status)}</Mark>,
      phone: "side",
    },
    {
      key: "amount",
      label: "Amount",
      value: (one) => one.amount.amount,
      text: (one) => money(one.amount),
      render: (one) => money(one.amount),
      right: true,
    },
    { key: "reason", label: "Why", value: (one) => one.reason },
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
    { key: "gateway", label: "By", value: (one) => words(one.gateway) },
    { key: "failure", label: "What went wrong", value: (one) => one.failure ?? null },
    { key: "attempts", label: "Tried", value: (one) => one.attempts, right: true, extra: true },
    { key: "id", label: "Id", value: (one) => one.id, render: (one) => <Id of={one.id} />, extra: true },
  ];
  const filters: Filter<Refund>[] = [
    { key: "status", label: "State", options: Object.keys(TONE).map((value) => ({ value, label: words(value) })) },
  ];
  return (
    <MoneyPage title="Refunds" actions={<StorePicker />}>
      <DataTable
        id="refunds"
        label="Refunds"
        rows={query.data?.pages.flatMap((page) => page.items)}
        rowKey={(one) => one.id}
        columns={columns}
        filters={filters}
        error={query.error}
        retry={() => void query.refetch()}
        more={{ has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() }}
        empty={<Empty title="Nothing was given back">Refunds are made on an order's page.</Empty>}
      />
    </MoneyPage>
  );
}
