import { Text } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { may } from "../../access/index.ts";
import { LOCALE, money } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import type { Store } from "../../shell/stores.tsx";
import { rowsOf } from "../../table/pages.ts";
import { useAddress } from "../../table/state.ts";
import { Card, Empty, Loading, Mark, Page, useNow } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { alarmsOf, alarmWords } from "../devices/alarms.ts";
import { useBreaches, useDevices } from "../devices/data.ts";
import { average, makeTime, useRecent } from "../orders/data.ts";
import { DayDetail, TopProducts } from "./DayDetail.tsx";
import { back, change, daysOf, localDay, localHour, makeMs, until, useSales, useSummary, whole } from "./figures.ts";
import { LiveOrders, underWay } from "./LiveOrders.tsx";
import { LowStock, useLowStock } from "./LowStock.tsx";
import { PauseButton } from "./PauseButton.tsx";
import { Stat } from "./Stat.tsx";
import { WeekCard } from "./WeekChart.tsx";

export function StoreToday({ store }: { store: Store }) {
  const user = useUser();
  const leads = may(user, "GET /analytics/sales");
  const [{ day: chosen }, change_] = useAddress();
  const navigate = useNavigate();
  const clock = useNow(60_000);
  const today = localDay(clock, store.time_zone);
  const sales = useSales([store.id], back(today, 13), today, leads);
  const summary = useSummary({ from: back(today, 6), to: today, store: store.id }, leads);
  const weekAgo = useSummary({ from: back(today, 7), to: back(today, 7), store: store.id }, leads);
  const devices = useDevices(store.id);
  const breaches = useBreaches(false, may(user, "GET /devices/breaches"));
  const recent = useRecent(store.id);
  const low = useLowStock(store.id);
  const days = daysOf(sales.all, store.currency, today, 14);
  const [now, wholeDay] = [days[13], days[6]];
  const before = until(weekAgo.data?.hours ?? [], back(today, 7), localHour(clock, store.time_zone), store.currency);
  const live = underWay(recent.data ?? []);
  const made = (recent.data ?? [])
    .filter((order) => localDay(Date.parse(order.placed_at), store.time_zone) === today)
    .flatMap((order) => makeTime(order) ?? []);
  const told = summary.data?.days.filter((day) => day.day === today && day.currency === store.currency) ?? [];
  // Leads see the whole day; who cooks sees the last hundred orders.
  const mean = leads ? makeMs(told) : average(made);
  const madeToday = leads ? told.reduce((sum, day) => sum + day.made, 0) : made.length;
  const benchmark = summary.data?.benchmark.find((one) => one.currency === store.currency);
  const week = days.slice(7).reduce((sum, day) => sum + day.revenue, 0);
  const alarms = alarmsOf(rowsOf(devices), breaches.data?.items, (id) => id === store.id, clock);
  const perOrder = now && now.paid > 0 ? whole(now.revenue / now.paid) : undefined;
  const yesterday = new Intl.DateTimeFormat(LOCALE, { weekday: "long", timeZone: "UTC" }).format(new Date(`${back(today, 7)}T00:00:00Z`));
  const cash = (amount: number) => money({ amount, currency: store.currency }, true);
  return (
    <Page
      title="Today"
      mark={
        store.paused ? <Mark tone="bad">Paused</Mark> : store.open_now ? <Mark tone="good">Open</Mark> : <Mark tone="quiet">Closed</Mark>
      }
      about={new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long", timeZone: store.time_zone }).format(
        new Date(),
      )}
      actions={<PauseButton store={store} />}
    >
      <div className="grid">
        {sales.error && <ProblemView error={sales.error} retry={sales.retry} />}
        <div className="stats">
          {leads && (
            <>
              <Stat
                label="Sales"
                value={cash(now?.revenue ?? 0)}
                change={change(now?.revenue ?? 0, before.revenue)}
                about={`last ${yesterday} until now: ${cash(whole(before.revenue))}, all day ${cash(wholeDay?.revenue ?? 0)}`}
                waiting={sales.waiting || weekAgo.isPending}
              />
              <Stat
                label="Orders paid"
                value={now?.paid ?? 0}
                change={change(now?.paid ?? 0, before.paid)}
                about={`last ${yesterday} until now: ${before.paid}${perOrder === undefined ? "" : `; ${cash(perOrder)} each`}`}
                waiting={sales.waiting || weekAgo.isPending}
              />
            </>
          )}
          <Stat
            label="Under way"
            value={live.length}
            about={`${live.filter((order) => order.status === "ready").length} ready to hand over`}
            waiting={recent.isPending}
          />
          <Stat
            label="Make time"
            value={mean === undefined ? "—" : duration(mean)}
            about={
              madeToday === 0
                ? "no order made yet today"
                : `${madeToday} ${madeToday === 1 ? "order" : "orders"}${benchmark?.make_seconds ? `, a store of the chain: ${duration(1000 * benchmark.make_seconds)}` : ""}`
            }
            waiting={leads ? summary.isPending : recent.isPending}
          />
          <Stat
            label="Low or out"
            value={low.data?.length ?? 0}
            about={`${low.data?.filter((item) => item.available <= 0).length ?? 0} out of stock`}
            waiting={low.isPending}
          />
          {alarms.fleet.length + alarms.broken > 0 && (
            <Stat
              label="Devices"
              value={
                <Link to={`/${store.id}/devices`} style={{ textDecoration: "none" }}>
                  {alarms.fleet.length - alarms.away.length} of {alarms.fleet.length}
                </Link>
              }
              about={alarms.broken > 0 ? <Link to={`/${store.id}/devices/cold-chain`}>{alarmWords(alarms)}</Link> : alarmWords(alarms)}
            />
          )}
        </div>
        <div className="two">
          <div className="grid">
            {leads && (
              <WeekCard
                title="Sales by day"
                waiting={sales.waiting}
                days={days}
                currency={store.currency}
                chosen={chosen}
                leave="Close the day"
                choose={(day) => change_({ day })}
              >
                <Text size="xs" c="dimmed" mt={6}>
                  Press a day to see what sold.
                  {benchmark && ` Seven days: ${cash(week)}; a store of the chain in the mean: ${cash(whole(benchmark.revenue))}.`}
                </Text>
              </WeekCard>
            )}
            {leads && chosen && <DayDetail store={store} day={chosen} />}
            <Card title="Under way now" aside={<Link to={`/${store.id}/orders`}>All orders</Link>}>
              {recent.error ? (
                <ProblemView error={recent.error} retry={() => void recent.refetch()} />
              ) : recent.isPending ? (
                <Loading lines={4} />
              ) : live.length === 0 ? (
                <Empty title="Nothing under way">Orders appear here the moment they are paid.</Empty>
              ) : (
                <LiveOrders orders={live} store={store} />
              )}
            </Card>
          </div>
          <div className="grid">
            <Card title="Low or out of stock" aside={<Link to={`/${store.id}/stock`}>Stock</Link>}>
              <LowStock
                query={low}
                open={(item) => void navigate({ to: `/${item.place_id}/stock/items/${encodeURIComponent(item.sku)}` })}
              />
            </Card>
            {leads && (
              <Card title="What sold, two weeks">
                {sales.waiting ? <Loading /> : <TopProducts sales={sales.all} currency={store.currency} />}
              </Card>
            )}
          </div>
        </div>
      </div>
    </Page>
  );
}

/** `3 min 20 s`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 10 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
}
