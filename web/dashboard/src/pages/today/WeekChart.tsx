//! A week's sales beside those of the week before: the same weekdays next to each other. A press on a day opens it. And a day by its hours.

import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { format, LOCALE, money } from "../../api/index.ts";
import { Card, Loading } from "../../ui/bits.tsx";
import { Chart, type Row } from "../../ui/Chart.tsx";
import { back, type DayFigures, type HourFigures } from "./figures.ts";

interface WeekChartProps {
  /** Fourteen days, the first first. */
  days: DayFigures[];
  currency: string;
  open: (day: string) => void;
  chosen?: string;
}

const BEFORE = "var(--bar-before)";
const NOW = "var(--accent)";

const weekday = (day: string) =>
  new Intl.DateTimeFormat(LOCALE, { weekday: "short", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
const date = (day: string) =>
  new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));

interface WeekCardProps extends Omit<WeekChartProps, "open"> {
  title: string;
  waiting: boolean;
  /** The word on the button that leaves the day. */
  leave: string;
  /** A day that was pressed; none when one leaves it, or presses it again. */
  choose: (day: string | undefined) => void;
  children?: ReactNode;
}

/** The chart on a card, with the way back from a day. */
export function WeekCard({ title, waiting, leave, choose, children, ...chart }: WeekCardProps) {
  return (
    <Card
      title={title}
      aside={
        chart.chosen && (
          <Button size="compact-xs" variant="subtle" onClick={() => choose(undefined)}>
            {leave}
          </Button>
        )
      }
    >
      {waiting ? <Loading lines={5} /> : <WeekChart {...chart} open={(day) => choose(day === chart.chosen ? undefined : day)} />}
      {children}
    </Card>
  );
}

function WeekChart({ days, currency, open, chosen }: WeekChartProps) {
  const before = new Map(days.map((day) => [day.day, day]));
  const cash = (amount: number) => money({ amount, currency }, true);
  const rows = days.slice(7).map((day, at): Row => {
    const last = before.get(back(day.day, 7))?.revenue ?? 0;
    const today = at === 6;
    const name = today ? "Today" : weekday(day.day);
    return {
      key: day.day,
      name,
      words: `${name} ${date(day.day)}${today ? " so far" : ""}: ${cash(day.revenue)}, a week before ${cash(last)}`,
      values: [last, day.revenue],
      open: today,
    };
  });
  return (
    <Chart
      label="Sales by day, this week and the week before"
      of="Day"
      rows={rows}
      series={[
        { label: "The week before", color: BEFORE },
        { label: "These seven days", color: NOW },
      ]}
      write={(value) => compact(value, currency)}
      full={cash}
      open={open}
      chosen={chosen}
    />
  );
}

/** What a day came to by its hours, from the first in which something was sold to the last. */
export function HourChart({ hours, currency }: { hours: HourFigures[]; currency: string }) {
  const cash = (amount: number) => money({ amount, currency }, true);
  const rows = hours.map(({ hour, revenue, paid }): Row => {
    const name = `${String(hour).padStart(2, "0")}:00`;
    return { key: name, name, words: `From ${name}: ${cash(revenue)}, ${paid} ${paid === 1 ? "order" : "orders"} paid`, values: [revenue] };
  });
  return (
    <Chart
      label="Sales by hour"
      of="From"
      rows={rows}
      series={[{ label: "Sales by hour", color: NOW }]}
      write={(value) => compact(value, currency)}
      full={cash}
    />
  );
}

/** `฿1.2K`: a scale has no room for satang. */
function compact(amount: number, currency: string): string {
  return new Intl.NumberFormat(LOCALE, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    notation: "compact",
    maximumFractionDigits: 1,
  }).format(amount / 10 ** format.minorDigits(currency));
}
