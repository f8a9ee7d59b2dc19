import { http, type Schemas, take } from "../../api/index.ts";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { listed, usePages } from "../../table/pages.ts";
import { useAddress } from "../../table/state.ts";
import { Empty, Mark, words } from "../../ui/bits.tsx";
import { amountColumn, columnsOf } from "./columns.tsx";
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
  const query = usePages(
    ["refunds", store ?? "all", known],
    (cursor, signal) =>
      take(
        http.GET("/api/v1/payments/refunds", {
          params: { query: { store_id: store, status: known, limit: 50, cursor } },
          signal,
        }),
      ),
    { enabled: ready, refetchInterval: 30_000 },
  );
  const { created, by, order, id } = columnsOf<Refund>();
  const columns: Column<Refund>[] = [
    created,
    {
      key: "status",
      label: "State",
      value: (one) => words(one.status),
      render: (one) => <Mark tone={TONE[one.status]}>{words(one.status)}</Mark>,
      phone: "side",
    },
    amountColumn("amount", "Amount", (one) => one.amount),
    { key: "reason", label: "Why", value: (one) => one.reason },
    order,
    by,
    { key: "failure", label: "What went wrong", value: (one) => one.failure ?? null },
    { key: "attempts", label: "Tried", value: (one) => one.attempts, right: true, extra: true },
    id,
  ];
  const filters: Filter<Refund>[] = [
    { key: "status", label: "State", options: Object.keys(TONE).map((value) => ({ value, label: words(value) })) },
  ];
  return (
    <MoneyPage title="Refunds" actions={<StorePicker />}>
      <DataTable
        id="refunds"
        label="Refunds"
        {...listed(query)}
        rowKey={(one) => one.id}
        columns={columns}
        filters={filters}
        empty={<Empty title="Nothing was given back">Refunds are made on an order's page.</Empty>}
      />
    </MoneyPage>
  );
}
