//! The roll-up by franchisee and by store. Names of figures are the same everywhere; each store has its share, and is held against the
//! mean of a store of the chain, which has no name.

import { format, money, type Schemas } from "../../api/index.ts";
import { Openness } from "../../shell/StoreSwitch.tsx";
import type { Store } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { Card } from "../../ui/bits.tsx";
import { makeMs } from "./figures.ts";
import { duration } from "./StoreToday.tsx";

type Totals = Schemas["SummaryStore"];

/** What the tables are about. */
export interface Period {
  /** By store, on the day that is looked at. */
  today: Totals[];
  /** By store, in the last seven days. */
  week: Totals[];
  /** What all of them came to in these. */
  weekTotal: number;
  /** What a store of the chain came to in the mean. */
  benchmark?: number;
  currency: string;
  /** Has it all come? */
  known: boolean;
  low: Schemas["LowStock"][];
  /** How the day is called. */
  day: string;
}

const revenue = (rows: Totals[]) => rows.reduce((sum, row) => sum + row.revenue, 0);

/** A column of sums of money: sorted in minor units, exported in whole ones, shown short; unknown as long as not all has come. */
function sums<R>(key: string, label: string, of: (row: R) => number, currency: (row: R) => string, known: boolean): Column<R> {
  return {
    key,
    label,
    value: of,
    text: (row) => of(row) / 10 ** format.minorDigits(currency(row)),
    render: (row) => (known ? money({ amount: of(row), currency: currency(row) }, true) : "…"),
    right: true,
  };
}

/** `+12%` of something; nothing where there is nothing to hold it against. */
export function against(value: number, mean: number | undefined): string | undefined {
  if (!mean) return undefined;
  const part = Math.round(((value - mean) / mean) * 100);
  return part === 0 ? "the same" : `${part > 0 ? "+" : "−"}${Math.abs(part)}%`;
}

interface StoreRow {
  store: Store;
  today: Totals[];
  week: Totals[];
  low: number;
}

interface StoreTableProps {
  stores: Store[];
  period: Period;
  leads: boolean;
  /** Carried on to the store, so that one goes on where one was. */
  day?: string;
}

export function StoreTable({ stores, period, leads, day }: StoreTableProps) {
  const of = (rows: Totals[], store: Store) => rows.filter((row) => row.store_id === store.id && row.currency === store.currency);
  const rows: StoreRow[] = stores.map((store) => ({
    store,
    today: of(period.today, store),
    week: of(period.week, store),
    low: period.low.filter((item) => item.place_id === store.id).length,
  }));
  const currency = (row: StoreRow) => row.store.currency;
  const share = (row: StoreRow) =>
    row.store.currency === period.currency && period.weekTotal > 0 ? revenue(row.week) / period.weekTotal : 0;
  const columns: Column<StoreRow>[] = [
    { key: "name", label: "Store", value: (row) => row.store.name, phone: "title" },
    { key: "number", label: "No.", value: (row) => row.store.number, extra: true },
    { key: "city", label: "City", value: (row) => row.store.city, extra: true },
    {
      key: "open",
      label: "Now",
      value: (row) => (row.store.paused ? "Paused" : row.store.open_now ? "Open" : "Closed"),
      render: (row) => <Openness store={row.store} />,
      phone: "side",
    },
  ];
  if (leads) {
    columns.push(
      sums("now", period.day, (row) => revenue(row.today), currency, period.known),
      {
        key: "orders",
        label: "Orders",
        value: (row) => row.today.reduce((sum, one) => sum + one.paid, 0),
        right: true,
        phone: "none",
      },
      {
        key: "made",
        label: "Make time",
        value: (row) => makeMs(row.today) ?? null,
        text: (row) => Math.round((makeMs(row.today) ?? 0) / 1000),
        render: (row) => {
          const ms = makeMs(row.today);
          return ms === undefined ? "—" : duration(ms);
        },
        right: true,
      },
      sums("week", "Seven days", (row) => revenue(row.week), currency, period.known),
      {
        key: "share",
        label: "Share",
        value: share,
        text: (row) => `${(share(row) * 100).toFixed(1)} %`,
        render: (row) => `${(share(row) * 100).toFixed(0)}%`,
        right: true,
        phone: "none",
      },
      {
        key: "mean",
        label: "Against the chain",
        value: (row) => (row.store.currency === period.currency && period.benchmark ? revenue(row.week) / period.benchmark : null),
        text: (row) => against(revenue(row.week), period.benchmark) ?? "",
        render: (row) => (row.store.currency === period.currency ? (against(revenue(row.week), period.benchmark) ?? "—") : "—"),
        right: true,
      },
    );
  }
  columns.push({ key: "low", label: "Low or out", value: (row) => row.low, right: true });
  return (
    <DataTable
      id="roll-up"
      label="Stores"
      rows={rows}
      rowKey={(row) => row.store.id}
      columns={columns}
      sort={leads ? "-week" : "name"}
      to={(row) => `/${row.store.id}/today${day ? `?day=${day}` : ""}`}
    />
  );
}

interface FranchiseeRow {
  id: string;
  name: string;
  stores: number;
  today: number;
  week: number;
}

interface FranchiseeTableProps {
  franchisees: Schemas["Franchisee"][];
  stores: Store[];
  period: Period;
  open: (id: string) => void;
}

export function FranchiseeTable({ franchisees, stores, period, open }: FranchiseeTableProps) {
  const rows: FranchiseeRow[] = franchisees.map(({ id, name }) => {
    const own = (rows: Totals[]) => rows.filter((row) => row.franchisee_id === id && row.currency === period.currency);
    const count = stores.filter((store) => store.franchisee_id === id).length;
    return { id, name, stores: count, today: revenue(own(period.today)), week: revenue(own(period.week)) };
  });
  const currency = () => period.currency;
  const columns: Column<FranchiseeRow>[] = [
    { key: "franchisee", label: "Franchisee", value: (row) => row.name, phone: "title" },
    { key: "stores", label: "Stores", value: (row) => row.stores, right: true },
    sums("day", period.day, (row) => row.today, currency, period.known),
    sums("seven", "Seven days", (row) => row.week, currency, period.known),
    {
      key: "part",
      label: "Share",
      value: (row) => (period.weekTotal > 0 ? row.week / period.weekTotal : 0),
      render: (row) => `${period.weekTotal > 0 ? Math.round((100 * row.week) / period.weekTotal) : 0}%`,
      right: true,
    },
  ];
  return (
    <Card title="By franchisee" flush>
      <DataTable
        id="franchisees"
        label="Franchisees"
        rows={rows}
        rowKey={(row) => row.id}
        columns={columns}
        onOpen={(row) => open(row.id)}
        bare
        beside
      />
    </Card>
  );
}
