//! Bars over a scale, on Recharts: a chunk of its own, which `Chart.tsx` loads. Colours are the theme's, so that they follow light and dark.

import { Bar, BarChart, CartesianGrid, Cell, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { BarsProps, Row } from "./Chart.tsx";

const INK = { fill: "var(--soft)", fontSize: 11 };

export default function Bars({ rows, series, top, write, names, open }: BarsProps) {
  return (
    <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 320, height: 180 }}>
      <BarChart
        data={rows as Row[]}
        margin={{ top: 8, right: 0, bottom: 0, left: 0 }}
        barGap={3}
        barCategoryGap="22%"
        // Keys and words are the frame's: what is drawn is one picture.
        accessibilityLayer={false}
        onClick={({ activeTooltipIndex }) => {
          const row = rows[Number(activeTooltipIndex ?? Number.NaN)];
          if (row) open?.(row.key);
        }}
        style={{ cursor: open ? "pointer" : undefined }}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis dataKey="name" hide={!names} tick={INK} tickLine={false} axisLine={false} interval="preserveStartEnd" height={22} />
        <YAxis
          width={44}
          domain={[0, top]}
          // Where nothing was sold there is one line: three of nothing are no scale.
          ticks={rows.some((row) => row.values.some((value) => value > 0)) ? [0, top / 2, top] : [0]}
          tickFormatter={write}
          tick={INK}
          tickLine={false}
          axisLine={false}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: "var(--ink)", fillOpacity: 0.05 }}
          content={({ active, payload }) => {
            const row = active ? (payload?.[0]?.payload as Row | undefined) : undefined;
            return row ? <div className="chart-tip">{row.words}</div> : null;
          }}
        />
        {series.map(({ label, color }, at) => (
          <Bar
            key={label}
            name={label}
            dataKey={(row: Row) => row.values[at] ?? 0}
            fill={color}
            maxBarSize={18}
            radius={[4, 4, 0, 0]}
            isAnimationActive={false}
          >
            {rows.map((row) => (
              <Cell key={row.key} fillOpacity={row.open && at === series.length - 1 ? 0.6 : 1} />
            ))}
          </Bar>
        ))}
      </BarChart>
    </ResponsiveContainer>
  );
}
