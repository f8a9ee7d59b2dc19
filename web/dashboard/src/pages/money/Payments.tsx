//! Payments, the newest first.

import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, money, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useStores } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { listed, rowsOf, usePages } from "../../table/pages.ts";
import { useAddress } from "../../table/state.ts";
import { Empty, Mark, words } from "../../ui/bits.tsx";
import { PAYMENT_TONE, Refund } from "../orders/OrderPayments.tsx";
import { amountColumn, columnsOf } from "./columns.tsx";
import { MoneyPage } from "./MoneyPage.tsx";
import { StorePicker, usePicked } from "./StorePicker.tsx";

type Payment = Schemas["Payment"];
type Status = Schemas["Status"];

/** What a person is to look at: a flag, or a payment that waits for a decision. */
const looked = (one: Payment) => one.flag ?? (one.review === "open" && one.status === "initiated" ? "To review" : undefined);

export function Payments() {
  const user = useUser();
  const { stores = [] } = useStores();
  const { store, ready } = usePicked();
  const [{ status, gateway, flagged }] = useAddress();
  const [refunding, setRefunding] = useState<Payment | null>(null);
  const known = status && status in PAYMENT_TONE ? (status as Status) : undefined;
  const query = usePages(
    ["payments", store ?? "all", known, gateway, flagged],
    (cursor, signal) =>
      take(
        http.GET("/api/v1/payments", {
          params: {
            query: { store_id: store, status: known, gateway, flagged: flagged === "yes" ? true : undefined, limit: 50, cursor },
          },
          signal,
        }),
      ),
    { enabled: ready, refetchInterval: 30_000 },
  );
  const place = (id: string) => stores.find((one) => one.id === id)?.name ?? "another store";
  const { created, by, order, id } = columnsOf<Payment>();
  const columns: Column<Payment>[] = [
    created,
    {
      key: "status",
      label: "State",
      value: (one) => words(one.status),
      render: (one) => <Mark tone={PAYMENT_TONE[one.status]}>{words(one.status)}</Mark>,
      phone: "side",
    },
    by,
    order,
    { key: "store", label: "Store", value: (one) => place(one.store_id), extra: true },
    amountColumn("amount", "Amount", (one) => one.amount),
    amountColumn("captured", "Taken", (one) => one.captured, { extra: true }),
    amountColumn("refunded", "Given back", (one) => one.refunded, {
      render: (one) => (one.refunded.amount > 0 ? money(one.refunded) : "—"),
    }),
    {
      key: "trouble",
      label: "To look at",
      value: (one) => looked(one) ?? one.failure ?? one.doubt ?? null,
      render: (one) => {
        const mark = looked(one);
        return mark ? <Mark tone="warm">{mark}</Mark> : (one.failure ?? one.doubt ?? <span aria-hidden>—</span>);
      },
    },
    { key: "reference", label: "Gateway's number", value: (one) => one.reference ?? null, extra: true },
    id,
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
        {...listed(query)}
        rows={ready ? rowsOf(query) : stores.length === 0 ? [] : undefined}
        rowKey={(one) => one.id}
        columns={columns}
        filters={filters}
        onOpen={
          may(user, "POST /payments/{id}/refund") ? (one) => one.captured.amount > one.refunded.amount && setRefunding(one) : undefined
        }
        empty={<Empty title="No payments yet" />}
      />
      {refunding && <Refund payment={refunding} order={refunding.order_id} close={() => setRefunding(null)} />}
    </MoneyPage>
  );
}
