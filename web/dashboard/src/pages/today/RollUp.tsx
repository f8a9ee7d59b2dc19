//! All stores that one may see: together, by franchisee, and one by one; from here down to a store, its day, an order.

import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { may } from "../../access/index.ts";
import { all, http, LOCALE, money, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useStores } from "../../shell/stores.tsx";
import { rowsOf } from "../../table/pages.ts";
import { useAddress } from "../../table/state.ts";
import { Card, Empty, Mark, Page, useNow } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { alarmsOf, alarmWords } from "../devices/alarms.ts";
import { useBreaches, useDevices } from "../devices/data.ts";
import { TopProducts } from "./DayDetail.tsx";
import { back, change, localDay, localHour, makeMs, summed, until, useSales, useSummary, whole } from "./figures.ts";
import { LowStock, useLowStock } from "./LowStock.tsx";
import { FranchiseeTable, type Period, StoreTable } from "./RollUpTables.tsx";
import { Stat } from "./Stat.tsx";
import { duration } from "./StoreToday.tsx";
import { WeekCard } from "./WeekChart.tsx";

/** What sold is asked store by store: for so many stores at most. */
const PRODUCTS_OF = 12;

export function RollUp() {
  const user = useUser();
  const { stores = [] } = useStores();
  const [{ franchisee, day }, change_] = useAddress();
  const navigate = useNavigate();
  const leads = may(user, "GET /analytics/summary");
  const chain = may(user, "GET /franchisees");
  const franchisees = useQuery({
    queryKey: ["franchisees"],
    enabled: chain,
    queryFn: () => all((cursor) => take(http.GET("/api/v1/franchisees", { params: { query: { limit: 100, cursor } } }))),
  });
  const here = stores.filter((store) => !franchisee || store.franchisee_id === franchisee);
  const currencies = [...new Set(here.map((store) => store.currency))];
  const currency = currencies[0] ?? "THB";
  const clock = useNow(60_000);
  const zone = here[0]?.time_zone ?? "UTC";
  const today = localDay(clock, zone);
  const weekAgo = back(today, 7);
  const enabled = leads && stores.length > 0;
  const of = franchisee ? { franchisee } : {};
  const fortnight = useSummary({ from: back(today, 13), to: today, ...of }, enabled);
  const week = useSummary({ from: back(today, 6), to: today, ...of }, enabled);
  const now = useSummary({ from: today, to: today, ...of }, enabled);
  const before = useSummary({ from: weekAgo, to: weekAgo, ...of }, enabled);
  const oneDay = useSummary({ from: day ?? today, to: day ?? today, ...of }, enabled && day !== undefined);
  const few = here.length <= PRODUCTS_OF;
  const sales = useSales(few ? here.map((store) => store.id) : [], back(today, 13), today, leads);
  const low = useLowStock();
  const devices = useDevices();
  const breaches = useBreaches(false);
  const days = summed(fortnight.data, currency, today, 14);
  const hour = localHour(clock, zone);
  const soFar = until(before.data?.hours ?? [], weekAgo, hour, currency);
  const [ofToday, ofThatDay] = [days[13], days[6]];
  const sumOf = (part: typeof days) => part.reduce((sum, one) => sum + one.revenue, 0);
  const [thisWeek, lastWeek] = [sumOf(days.slice(7)), sumOf(days.slice(0, 7))];
  const benchmark = week.data?.benchmark.find((one) => one.currency === currency);
  const mean = makeMs(now.data?.stores ?? []);
  const places = new Set(low.data?.map((item) => item.place_id)).size;
  const alarms = alarmsOf(rowsOf(devices), breaches.data?.items, (id) => here.some((store) => store.id === id), clock);
  const cash = (amount: number) => money({ amount, currency }, true);
  const error = fortnight.error ?? week.error ?? now.error ?? before.error;
  const waiting = fortnight.isPending || before.isPending;
  if (stores.length === 0) {
    return (
      <Page title="Today">
        <Empty title="You have no stores yet">As soon as a store is yours, its day is here. Whoever runs the chain can give you one.</Empty>
      </Page>
    );
  }
  const period: Period = {
    today: day && oneDay.data ? oneDay.data.stores : (now.data?.stores ?? []),
    week: week.data?.stores ?? [],
    weekTotal: thisWeek,
    benchmark: benchmark?.revenue,
    currency,
    known: now.data !== undefined && week.data !== undefined,
    low: low.data ?? [],
    day: day
      ? new Intl.DateTimeFormat(LOCALE, { weekday: "short", day: "numeric", month: "short" }).format(new Date(`${day}T12:00:00Z`))
      : "Today",
  };
  const name = franchisees.data?.find((one) => one.id === franchisee)?.name;
  const byFranchisee = chain && !franchisee && (franchisees.data?.length ?? 0) > 1;
  return (
    <Page
      title={name ?? "Today"}
      mark={name ? <Mark tone="quiet">{`${here.length} stores`}</Mark> : undefined}
      about={`${here.length} ${here.length === 1 ? "store" : "stores"}, ${new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long" }).format(new Date())}`}
      actions={
        franchisee && (
          <Button variant="default" onClick={() => change_({ franchisee: undefined })}>
            The whole chain
          </Button>
        )
      }
    >
      <div className="grid">
        {error && (
          <ProblemView
            error={error}
            retry={() => void Promise.all([fortnight.refetch(), week.refetch(), now.refetch(), before.refetch()])}
          />
        )}
        {leads && (
          <div className="stats">
            <Stat
              label="Sales"
              value={cash(ofToday?.revenue ?? 0)}
              change={change(ofToday?.revenue ?? 0, soFar.revenue)}
              about={`a week ago until now: ${cash(whole(soFar.revenue))}, all day ${cash(ofThatDay?.revenue ?? 0)}`}
              waiting={waiting}
            />
            <Stat
              label="Orders paid"
              value={ofToday?.paid ?? 0}
              change={change(ofToday?.paid ?? 0, soFar.paid)}
              about={`a week ago until now: ${soFar.paid}`}
              waiting={waiting}
            />
            <Stat
              label="Seven days"
              value={cash(thisWeek)}
              change={change(thisWeek, lastWeek)}
              about={`the seven before: ${cash(lastWeek)}`}
              waiting={waiting}
            />
            <Stat
              label="Make time"
              value={mean === undefined ? "—" : duration(mean)}
              about={
                benchmark?.make_seconds
                  ? `a store of the chain, this week: ${duration(1000 * benchmark.make_seconds)}`
                  : "from paid to ready"
              }
              waiting={now.isPending}
              down
            />
            <Stat
              label="Low or out"
              value={low.data?.length ?? 0}
              about={places === 1 ? "in one place" : `in ${places} places`}
              waiting={low.isPending}
            />
            <Stat
              label="Devices"
              value={`${alarms.fleet.length - alarms.away.length} of ${alarms.fleet.length}`}
              about={alarmWords(alarms)}
              waiting={devices.isPending}
            />
          </div>
        )}
        <div className="two">
          <div className="grid">
            {leads && (
              <WeekCard
                title="Sales by day, all stores"
                waiting={fortnight.isPending}
                days={days}
                currency={currency}
                chosen={day}
                leave="Back to today"
                choose={(pressed) => change_({ day: pressed === today ? undefined : pressed })}
              />
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
        {byFranchisee && (
          <FranchiseeTable
            franchisees={franchisees.data ?? []}
            stores={stores}
            period={period}
            open={(id) => change_({ franchisee: id, q: undefined, sort: undefined, "franchisees.sort": undefined })}
          />
        )}
        <StoreTable stores={here} period={period} leads={leads} day={day} />
        {leads && few && (
          <Card title="What sold, two weeks, all stores">
            <TopProducts sales={sales.all} currency={currency} />
          </Card>
        )}
      </div>
    </Page>
  );
}
