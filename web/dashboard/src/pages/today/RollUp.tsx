//! All stores that one may see: together, by franchisee, and one by one; from here down to a store, its day, an order.

import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { may } from "../../access/index.ts";
import { all, http, LOCALE, money, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { Openness } from "../../shell/StoreSwitch.tsx";
import { type Store, useStores } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { useAddress } from "../../table/state.ts";
import { Card, Empty, Loading, Page, useNow } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { TopProducts } from "./DayDetail.tsx";
import { back, change, type DayFigures, daysOf, localDay, useSales } from "./figures.ts";
import { LowStock, useLowStock } from "./LowStock.tsx";
import { Stat } from "./Stat.tsx";
import { Spark, WeekChart } from "./WeekChart.tsx";

interface Row {
  store: Store;
  days: DayFigures[];
  now: number;
  before: number;
  week: number;
  share: number;
  low: number;
  known: boolean;
}

export function RollUp() {
  const user = useUser();
  const { stores = [] } = useStores();
  const [{ franchisee }, change_] = useAddress();
  const navigate = useNavigate();
  const leads = may(user, "GET /analytics/sales");
  const chain = may(user, "GET /franchisees");
  const franchisees = useQuery({
    queryKey: ["franchisees"],
    enabled: chain,
    queryFn: () => all((cursor) => take(http.GET("/api/v1/franchisees", { params: { query: { limit: 100, cursor } } }))),
  });
  const here = stores.filter((store) => !franchisee || store.franchisee_id === franchisee);
  const currencies = [...new Set(here.map((store) => store.currency))];
  const currency = currencies[0] ?? "THB";
  const today = localDay(useNow(60_000), here[0]?.time_zone ?? "UTC");
  const sales = useSales(
    here.map((store) => store.id),
    back(today, 13),
    today,
    leads,
  );
  const low = useLowStock();
  const days = daysOf(sales.all, currency, today, 14);
  const [now, before] = [days[13], days[6]];
  const week = days.slice(7).reduce((sum, day) => sum + day.revenue, 0);
  const lastWeek = days.slice(0, 7).reduce((sum, day) => sum + day.revenue, 0);
  const places = new Set(low.data?.map((item) => item.place_id)).size;
  const cash = (amount: number) => money({ amount, currency }, true);
  const rows: Row[] = here.map((store) => {
    const known = sales.byStore.get(store.id);
    const own = daysOf(known ? [known] : [], store.currency, today, 14);
    const sum = own.slice(7).reduce((total, day) => total + day.revenue, 0);
    return {
      store,
      days: own,
      now: own[13]?.revenue ?? 0,
      before: own[6]?.revenue ?? 0,
      week: sum,
      share: week > 0 && store.currency === currency ? sum / week : 0,
      low: low.data?.filter((item) => item.place_id === store.id).length ?? 0,
      known: known !== undefined,
    };
  });
  if (stores.length === 0) {
    return (
      <Page title="Today">
        <Empty title="You have no stores yet">As soon as a store is yours, its day is here. Whoever runs the chain can give you one.</Empty>
      </Page>
    );
  }
  const columns: Column<Row>[] = [
    { key: "name", label: "Store", value: (row) => row.store.name, phone: "title" },
    { key: "number", label: "No.", value: (row) => row.store.number, extra: true },
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
      {
        key: "now",
        label: "Today",
        value: (row) => row.now,
        text: (row) => row.now / 100,
        render: (row) => (row.known ? money({ amount: row.now, currency: row.store.currency }, true) : "…"),
        right: true,
      },
      {
        key: "before",
        label: "Same day last week",
        value: (row) => row.before,
        render: (row) => money({ amount: row.before, currency: row.store.currency }, true),
        right: true,
        phone: "none",
      },
      {
        key: "week",
        label: "Seven days",
        value: (row) => row.week,
        render: (row) => money({ amount: row.week, currency: row.store.currency }, true),
        right: true,
      },
      {
        key: "share",
        label: "Share",
        value: (row) => row.share,
        text: (row) => `${(row.share * 100).toFixed(1)} %`,
        render: (row) => `${(row.share * 100).toFixed(0)}%`,
        right: true,
      },
      {
        key: "trend",
        label: "Two weeks",
        value: (row) => row.week,
        render: (row) => <Spark values={row.days.slice(0, 13).map((day) => day.revenue)} label="Sales of two weeks" />,
        phone: "none",
      },
    );
  }
  columns.push({ key: "low", label: "Low or out", value: (row) => row.low, right: true });
  return (
    <Page
      title="Today"
      about={`${here.length} ${here.length === 1 ? "store" : "stores"}, ${new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long" }).format(new Date())}`}
      actions={
        chain && (franchisees.data?.length ?? 0) > 0 ? (
          <Select
            aria-label="Franchisee"
            placeholder="All franchisees"
            clearable
            data={franchisees.data?.map((one) => ({ value: one.id, label: one.name }))}
            value={franchisee ?? null}
            onChange={(value) => change_({ franchisee: value ?? undefined })}
          />
        ) : undefined
      }
    >
      <div className="grid">
        {sales.error && <ProblemView error={sales.error} retry={sales.retry} />}
        {leads && (
          <div className="stats">
            <Stat
              label="Sales"
              value={cash(now?.revenue ?? 0)}
              change={change(now?.revenue ?? 0, before?.revenue ?? 0)}
              about={`the day a week ago: ${cash(before?.revenue ?? 0)}`}
              waiting={sales.waiting}
            />
            <Stat
              label="Orders paid"
              value={now?.paid ?? 0}
              change={change(now?.paid ?? 0, before?.paid ?? 0)}
              about={`a week ago: ${before?.paid ?? 0}`}
              waiting={sales.waiting}
            />
            <Stat
              label="Seven days"
              value={cash(week)}
              change={change(week, lastWeek)}
              about={`the seven before: ${cash(lastWeek)}`}
              waiting={sales.waiting}
            />
            <Stat
              label="Low or out"
              value={low.data?.length ?? 0}
              about={places === 1 ? "in one place" : `in ${places} places`}
              waiting={low.isPending}
            />
          </div>
        )}
        <div className="two">
          <div className="grid">
            {leads && (
              <Card title="Sales by day, all stores">
                {sales.waiting ? <Loading lines={5} /> : <WeekChart days={days} currency={currency} open={(day) => change_({ day })} />}
              </Card>
            )}
          </div>
          <div className="grid">
            <Card title="Low or out of stock">
              <LowStock
                query={low}
                placed
                open={(item) => void navigate({ to: `/${item.place_id}/stock/items/${encodeURIComponent(item.sku)}` })}
              />
            </Card>
          </div>
        </div>
        <div>
          <DataTable
            id="roll-up"
            label="Stores"
            rows={rows}
            rowKey={(row) => row.store.id}
            columns={columns}
            sort={leads ? "-week" : "name"}
            to={(row) => `/${row.store.id}/today`}
          />
        </div>
        {leads && (
          <Card title="What sold, two weeks, all stores">
            <TopProducts sales={sales.all} currency={currency} />
          </Card>
        )}
      </div>
    </Page>
  );
}
