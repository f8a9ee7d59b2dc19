//! One day of a store: what it came to, what sold, and the way to its orders.

import { Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { LOCALE, money } from "../../api/index.ts";
import type { Store } from "../../shell/stores.tsx";
import { Card, Empty, Loading } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { daysOf, hoursOf, products, type Sales, useSales, useSummary } from "./figures.ts";
import { HourChart } from "./WeekChart.tsx";

export function DayDetail({ store, day }: { store: Store; day: string }) {
  const sales = useSales([store.id], day, day, true);
  const summary = useSummary({ from: day, to: day, store: store.id }, true);
  const hours = hoursOf(summary.data?.hours ?? [], day, store.currency);
  const [figures] = daysOf(sales.all, store.currency, day, 1);
  const title = new Intl.DateTimeFormat(LOCALE, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }).format(
    new Date(`${day}T00:00:00Z`),
  );
  const cash = (amount: number) => money({ amount, currency: store.currency }, true);
  return (
    <Card title={title} aside={<Link to={`/${store.id}/orders?day=${day}`}>Its orders</Link>}>
      {sales.error ? (
        <ProblemView error={sales.error} retry={sales.retry} />
      ) : sales.waiting || !figures ? (
        <Loading lines={4} />
      ) : (
        <>
          <Group gap="xl" mb="sm">
            {(
              [
                ["Sales", cash(figures.revenue)],
                ["Given back", cash(figures.refunded)],
                ["Placed", figures.placed],
                ["Paid", figures.paid],
                ["Called off", figures.cancelled],
              ] as const
            ).map(([name, value]) => (
              <div key={name}>
                <Text size="xs" c="dimmed">
                  {name}
                </Text>
                <Text fw={600} className="num">
                  {value}
                </Text>
              </div>
            ))}
          </Group>
          {hours.length > 0 && <HourChart hours={hours} currency={store.currency} />}
          <TopProducts sales={sales.all} currency={store.currency} />
        </>
      )}
    </Card>
  );
}

export function TopProducts({ sales, currency, most = 8 }: { sales: Sales[]; currency: string; most?: number }) {
  const rows = products(sales, currency);
  const top = rows[0]?.amount ?? 1;
  if (rows.length === 0) return <Empty title="Nothing sold">Figures come a second or two after a sale.</Empty>;
  return (
    <div style={{ display: "grid", gap: 3 }}>
      {rows.slice(0, most).map((row) => (
        <div key={row.sku} className="meter" style={{ "--part": `${Math.max(2, (100 * row.amount) / top)}%` } as React.CSSProperties}>
          <Text size="sm" truncate>
            {row.name}
          </Text>
          <Text size="sm" className="num">
            <Text span c="dimmed" size="sm">
              {row.quantity} ×{" "}
            </Text>
            {money({ amount: row.amount, currency }, true)}
          </Text>
        </div>
      ))}
    </div>
  );
}
