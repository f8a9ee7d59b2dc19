//! One account's statement over a month: what it held, what happened, what it holds.

import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { format, http, LOCALE, money, type Schemas, take } from "../../api/index.ts";
import { useScope } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { useAddress } from "../../table/state.ts";
import { Card, Empty, Facts, shortId, words } from "../../ui/bits.tsx";
import { accountName, monthOf, monthPeriod, sheetAmount } from "./accounts.ts";
import { useAccountNames } from "./Ledger.tsx";
import { MoneyPage } from "./MoneyPage.tsx";

type Line = Schemas["StatementLine"];

export function AccountPage() {
  const { account = "" } = useParams({ strict: false });
  const scope = useScope();
  const names = useAccountNames();
  const [{ month = monthOf(new Date()), currency }, change] = useAddress();
  const period = monthPeriod(month);
  const query = useQuery({
    queryKey: ["statement", account, month, currency],
    queryFn: () =>
      take(
        http.GET("/api/v1/ledger/accounts/{account}/statement", {
          params: { path: { account }, query: { from: period.from, until: period.until, currency } },
        }),
      ),
  });
  const unit = query.data?.opening.currency ?? currency ?? "THB";
  const cash = (amount: number) => money({ amount, currency: unit });
  const columns: Column<Line>[] = [
    {
      key: "booked",
      label: "Booked",
      value: (line) => line.booked_at,
      render: (line) => format.moment(line.booked_at, LOCALE),
      phone: "title",
    },
    { key: "kind", label: "What", value: (line) => words(line.kind) },
    { key: "counter", label: "Other account", value: (line) => accountName(line.counter, names) },
    {
      key: "order",
      label: "Order",
      value: (line) => line.order ?? null,
      render: (line) => (line.order ? <OrderLink line={line} scope={scope} /> : <span aria-hidden>—</span>),
    },
    { key: "note", label: "Note", value: (line) => line.note ?? null, extra: true },
    {
      key: "amount",
      label: "Amount",
      value: (line) => line.amount,
      text: (line) => sheetAmount({ amount: line.amount, currency: unit }),
      render: (line) => cash(line.amount),
      right: true,
      phone: "side",
    },
    {
      key: "balance",
      label: "Held after",
      value: (line) => line.balance,
      text: (line) => sheetAmount({ amount: line.balance, currency: unit }),
      render: (line) => cash(line.balance),
      right: true,
    },
  ];
  return (
    <MoneyPage
      title={accountName(account, names)}
      about="Amounts are seen from the account's natural side: above zero makes it more."
      actions={
        <TextInput type="month" aria-label="Month" value={month} onChange={(event) => change({ month: event.currentTarget.value })} />
      }
    >
      <Card>
        <Facts
          wide
          of={[
            ["Held before", query.data ? money(query.data.opening) : "…"],
            ["Entries", query.data ? query.data.lines.length.toLocaleString(LOCALE) : "…"],
            ["Holds after", query.data ? money(query.data.closing) : "…"],
          ]}
        />
      </Card>
      <div style={{ height: 14 }} />
      <DataTable
        id="statement"
        label="Entries"
        rows={query.data?.lines}
        rowKey={(line) => `${line.transaction} ${line.counter} ${line.amount} ${line.balance}`}
        columns={columns}
        error={query.error}
        retry={() => void query.refetch()}
        empty={<Empty title="Nothing happened in this month" />}
      />
    </MoneyPage>
  );
}

/** An account of a store leads to the store's order. */
function OrderLink({ line, scope }: { line: Line; scope: string }) {
  const { account = "" } = useParams({ strict: false });
  const store = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(account)?.[0] ?? /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(line.counter)?.[0] ?? scope;
  return (
    <Link className="quiet-link" to={`/${store}/orders/${line.order}`}>
      …{shortId(line.order ?? "")}
    </Link>
  );
}
