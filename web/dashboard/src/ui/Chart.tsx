//! A chart as every page has it: a picture with words, a legend, keys to what can be opened, and the same figures as a table. What draws
//! comes in a chunk of its own, when a chart is first looked at.

import { Group, Skeleton, Text } from "@mantine/core";
import { lazy, Suspense } from "react";

export interface Row {
  key: string;
  /** Below its bars. */
  name: string;
  /** What it says in full. */
  words: string;
  /** One for each series. */
  values: number[];
  /** It is not over yet: its last bar is paler. */
  open?: boolean;
}

export interface BarsProps {
  rows: readonly Row[];
  series: ReadonlyArray<{ label: string; color: string }>;
  /** The end of the scale. */
  top: number;
  /** How a value is written at the scale, in little room. */
  write: (value: number) => string;
  /** Are names drawn? Not where they are buttons. */
  names: boolean;
  open?: (key: string) => void;
}

interface ChartProps extends Omit<BarsProps, "top" | "names"> {
  /** What it shows. */
  label: string;
  /** What a row is, such as a day. */
  of: string;
  /** How a value is written in the table. */
  full: (value: number) => string;
  chosen?: string;
}

const Bars = lazy(() => import("./Bars.tsx"));

/** A round number not under `value`, so that half of it is round too. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= value) ?? 10) * power;
}

export function Chart({ label, of, rows, series, write, full, open, chosen }: ChartProps) {
  const top = roundUp(Math.max(0, ...rows.flatMap((row) => row.values)));
  return (
    <figure className="chart" aria-label={label}>
      <Group gap="lg" mb={10} aria-hidden>
        {series.map((one) => (
          <Group key={one.label} gap={6}>
            <span style={{ width: 10, height: 10, borderRadius: 3, background: one.color }} />
            <Text size="xs" c="dimmed">
              {one.label}
            </Text>
          </Group>
        ))}
      </Group>
      {/* Who cannot see it has the same in words: each key says its row, and the table has them all. */}
      <div className="chart-picture" aria-hidden="true">
        <Suspense fallback={<Skeleton height="100%" />}>
          <Bars rows={rows} series={series} top={top} write={write} names={!open} open={open} />
        </Suspense>
      </div>
      {open && (
        <div className="chart-keys" style={{ gridTemplateColumns: `repeat(${rows.length}, minmax(0, 1fr))` }}>
          {rows.map((row) => (
            <button
              key={row.key}
              type="button"
              className="chart-key"
              aria-label={row.words}
              aria-pressed={chosen === row.key}
              onClick={() => open(row.key)}
            >
              {row.name}
            </button>
          ))}
        </div>
      )}
      <details className="chart-table">
        <summary>As a table</summary>
        <table className="table">
          <caption className="skip">{label}</caption>
          <thead>
            <tr>
              <th scope="col">{of}</th>
              {series.map((one) => (
                <th key={one.label} scope="col" data-right>
                  {one.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                <th scope="row">{row.name}</th>
                {series.map((one, at) => (
                  <td key={one.label} data-right>
                    {full(row.values[at] ?? 0)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
