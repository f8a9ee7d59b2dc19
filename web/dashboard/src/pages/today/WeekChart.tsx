//! A week's sales beside those of the week before: the same weekdays next to each other. A press on a day opens it.

import { Button, Group, Text, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { LOCALE, money } from "../../api/index.ts";
import { Card, Loading } from "../../ui/bits.tsx";
import { back, type DayFigures } from "./figures.ts";

interface WeekChartProps {
  /** Fourteen days, the first first. */
  days: DayFigures[];
  currency: string;
  open: (day: string) => void;
  chosen?: string;
}

const weekday = (day: string) =>
  new Intl.DateTimeFormat(LOCALE, { weekday: "short", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
const date = (day: string) =>
  new Intl.DateTimeFormat(LOCALE, { day: "numeric", month: "short", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));

/** A round number not under `value`, so that half of it is round too. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= value) ?? 10) * power;
}

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
  const now = days.slice(7);
  const before = new Map(days.map((day) => [day.day, day]));
  const most = Math.max(0, ...days.map((day) => day.revenue));
  const top = roundUp(most);
  // Where nothing was sold there is one line: three of nothing are no scale.
  const lines = most > 0 ? [1, 0.5, 0] : [0];
  return (
    <div>
      <Group gap="lg" mb={10}>
        <Legend color="var(--accent)" label="These seven days" />
        <Legend color="var(--bar-before)" label="The week before" />
      </Group>
      <section className="week" aria-label="Sales by day, this week and the week before">
        <div className="week-scale" aria-hidden="true">
          {lines.map((part) => (
            <span key={part} style={{ bottom: `${part * 100}%` }}>
              {compact(top * part, currency)}
            </span>
          ))}
        </div>
        {lines.map((part) => (
          <i key={part} className="week-line" style={{ bottom: `calc(24px + (100% - 24px) * ${part})` }} aria-hidden="true" />
        ))}
        {now.map((day, at) => {
          const last = before.get(back(day.day, 7));
          const today = at === 6;
          const words = `${today ? "Today" : weekday(day.day)} ${date(day.day)}${today ? " so far" : ""}: ${money({ amount: day.revenue, currency }, true)}, a week before ${money({ amount: last?.revenue ?? 0, currency }, true)}`;
          return (
            <Tooltip key={day.day} label={words} multiline maw={220} openDelay={60}>
              <button type="button" className="week-day" aria-label={words} aria-pressed={chosen === day.day} onClick={() => open(day.day)}>
                <span className="week-bars">
                  <span style={{ height: `${(100 * (last?.revenue ?? 0)) / top}%`, background: "var(--bar-before)" }} />
                  <span data-today={today || undefined} style={{ height: `${(100 * day.revenue) / top}%`, background: "var(--accent)" }} />
                </span>
                <span className="week-name">{today ? "Today" : weekday(day.day)}</span>
              </button>
            </Tooltip>
          );
        })}
      </section>
    </div>
  );
}

function Legend({ color, label }: { color: string; label: string }) {
  return (
    <Group gap={6}>
      <span style={{ width: 10, height: 10, borderRadius: 3, background: color }} />
      <Text size="xs" c="dimmed">
        {label}
      </Text>
    </Group>
  );
}

/** `฿1.2K`: a scale has no room for satang. */
function compact(amount: number, currency: string): string {
  const format = new Intl.NumberFormat(LOCALE, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    notation: "compact",
    maximumFractionDigits: 1,
  });
  return format.format(amount / 10 ** (format.resolvedOptions().currency === "JPY" ? 0 : 2));
}

/** Fourteen days as a line; for rows of a table. */
export function Spark({ values, label }: { values: number[]; label: string }) {
  const top = Math.max(1, ...values);
  const points = values.map((value, at) => `${(at * 76) / Math.max(1, values.length - 1) + 2},${22 - (value / top) * 18}`);
  return (
    <svg width="80" height="24" role="img" aria-label={label}>
      <polyline points={points.join(" ")} fill="none" stroke="var(--accent)" strokeWidth="1.6" strokeLinejoin="round" />
      <circle cx={points.at(-1)?.split(",")[0]} cy={points.at(-1)?.split(",")[1]} r="2.2" fill="var(--accent)" />
    </svg>
  );
}
