//! The trial balance: every account, its debits and credits. Over all accounts both are the same, or something is wrong.

import { Button, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { all, http, money, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope, useStores } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { useAddress } from "../../table/state.ts";
import { useAction } from "../../ui/action.tsx";
import { Empty, Mark, words } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { accountName, monthBefore, monthPeriod, sheetAmount } from "./accounts.ts";
import { MoneyPage } from "./MoneyPage.tsx";

type Row = Schemas["TrialRow"];

/** What ids in account names stand for. */
export function useAccountNames(): ReadonlyMap<string, string> {
  const user = useUser();
  const { data: stores = [] } = useStores();
  const franchisees = useQuery({
    queryKey: ["franchisees"],
    enabled: may(user, "GET /franchisees"),
    queryFn: () => all((cursor) => take(http.GET("/api/v1/franchisees", { params: { query: { limit: 100, cursor } } }))),
  });
  return new Map([...stores, ...(franchisees.data ?? [])].map((one) => [one.id, one.name]));
}

export function Ledger() {
  const scope = useScope();
  const user = useUser();
  const names = useAccountNames();
  const [{ until }, change] = useAddress();
  const [closing, setClosing] = useState(false);
  const query = useQuery({
    queryKey: ["trial-balance", until],
    queryFn: () =>
      take(http.GET("/api/v1/ledger/trial-balance", { params: { query: { until: until ? `${until}T00:00:00Z` : undefined } } })),
  });
  const rows = query.data?.rows.filter((row) => scope === "all" || row.account.includes(scope) || !row.account.includes(":"));
  const off = new Map<string, number>();
  for (const row of query.data?.rows ?? []) off.set(row.currency, (off.get(row.currency) ?? 0) + row.balance);
  const balanced = [...off.values()].every((sum) => sum === 0);
  const chain = user?.roles.includes("admin");
  const columns: Column<Row>[] = [
    { key: "account", label: "Account", value: (row) => accountName(row.account, names), phone: "title" },
    { key: "type", label: "Type", value: (row) => words(row.account_type) },
    {
      key: "debits",
      label: "Debits",
      value: (row) => row.debits,
      text: (row) => sheetAmount({ amount: row.debits, currency: row.currency }),
      render: (row) => money({ amount: row.debits, currency: row.currency }),
      right: true,
    },
    {
      key: "credits",
      label: "Credits",
      value: (row) => row.credits,
      text: (row) => sheetAmount({ amount: row.credits, currency: row.currency }),
      render: (row) => money({ amount: row.credits, currency: row.currency }),
      right: true,
    },
    {
      key: "balance",
      label: "Balance",
      value: (row) => row.balance,
      text: (row) => sheetAmount({ amount: row.balance, currency: row.currency }),
      render: (row) => <strong>{money({ amount: row.balance, currency: row.currency })}</strong>,
      right: true,
      phone: "side",
    },
    { key: "currency", label: "Currency", value: (row) => row.currency, extra: true },
    { key: "code", label: "Code", value: (row) => row.account, extra: true },
  ];
  const filters: Filter<Row>[] = [
    {
      key: "type",
      label: "Type",
      options: ["asset", "liability", "equity", "income", "expense"].map((value) => ({ value, label: words(value) })),
      passes: (row, value) => row.account_type === value,
    },
    {
      key: "zero",
      label: "Balance",
      options: [{ value: "no", label: "Not zero" }],
      passes: (row) => row.balance !== 0,
    },
  ];
  return (
    <MoneyPage
      title="Ledger"
      mark={query.data && chain && (balanced ? <Mark tone="good">Balanced</Mark> : <Mark tone="bad">Not balanced</Mark>)}
      about={
        scope === "all"
          ? "Trial balance. Amounts as debits less credits."
          : "Trial balance of this store's accounts. Amounts as debits less credits."
      }
      actions={
        <>
          <TextInput
            size="sm"
            type="date"
            aria-label="Booked before"
            title="Booked before"
            value={until ?? ""}
            onChange={(event) => change({ until: event.currentTarget.value })}
          />
          {may(user, "POST /ledger/periods/{name}/close") && (
            <Button variant="default" onClick={() => setClosing(true)}>
              Close a period
            </Button>
          )}
        </>
      }
    >
      <DataTable
        id="ledger"
        label="Accounts"
        rows={rows}
        rowKey={(row) => `${row.account} ${row.currency}`}
        columns={columns}
        filters={filters}
        to={(row) => `/${scope}/money/ledger/${encodeURIComponent(row.account)}?currency=${row.currency}`}
        error={query.error}
        retry={() => void query.refetch()}
        empty={<Empty title="Nothing booked yet">The first payment opens the books.</Empty>}
      />
      {closing && <Close close={() => setClosing(false)} />}
    </MoneyPage>
  );
}

function Close({ close }: { close: () => void }) {
  const [month, setMonth] = useState(monthBefore(new Date()));
  const act = useAction(
    (name: string) => {
      const { from, until } = monthPeriod(name);
      return take(http.POST("/api/v1/ledger/periods/{name}/close", { params: { path: { name } }, body: { from, until } }));
    },
    { done: `${month} is closed`, stale: [["trial-balance"]], quiet: true, onDone: close },
  );
  return (
    <FormModal
      title="Close a period"
      close={close}
      action={act}
      submit={`Close ${month}`}
      color="chili"
      disabled={!month}
      onSubmit={() => act.mutate(month)}
    >
      <TextInput
        label="Month"
        type="month"
        required
        value={month}
        onChange={(event) => setMonth(event.currentTarget.value)}
        data-autofocus
      />
      <Text size="sm" c="dimmed">
        What comes late is booked in the next open period. A closed period is not opened again.
      </Text>
    </FormModal>
  );
}
