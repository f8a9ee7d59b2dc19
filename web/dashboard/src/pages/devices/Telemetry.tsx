//! What a device measures: how it stands now, and a day of one value.

import { Group, SegmentedControl, Text, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { format, LOCALE } from "../../api/index.ts";
import { Card, Empty, Loading, When, words } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { type Status, useSeries } from "./data.ts";
import { line, reading, scale } from "./kinds.ts";

const SPANS = [
  { value: "6", label: "6 h" },
  { value: "24", label: "Day" },
  { value: "168", label: "Week" },
];

const weight = (metric: string) => {
  const at = ["temperature", "grams", "paper", "humidity", "door"].indexOf(metric);
  return at < 0 ? 9 : at;
};

export function Telemetry({ id, status, waiting, error }: { id: string; status?: Status; waiting: boolean; error: unknown }) {
  const [chosen, choose] = useState<string>();
  const [hours, setHours] = useState("24");
  // What a device is there for comes first: a fridge is looked at for how cold it is.
  const values = (status?.values ?? []).toSorted((a, b) => weight(a.metric) - weight(b.metric));
  const metric = chosen ?? values[0]?.metric;
  if (error) return <ProblemView error={error} />;
  return (
    <Card title="What it measures" aside={metric && <SegmentedControl size="xs" data={SPANS} value={hours} onChange={setHours} />}>
      {waiting ? (
        <Loading lines={4} />
      ) : values.length === 0 ? (
        <Empty title="Nothing measured yet">Values are here as soon as it tells some.</Empty>
      ) : (
        <>
          <Group gap={8} mb="md" role="group" aria-label="Values">
            {values.map((point) => (
              <UnstyledButton
                key={point.metric}
                className="gauge"
                aria-pressed={point.metric === metric}
                onClick={() => choose(point.metric)}
              >
                <Text size="xs" c="dimmed">
                  {words(point.metric)}
                </Text>
                <Text fw={650} fz={19} className="num" lh={1.25}>
                  {reading(point.metric, point.last)}
                </Text>
                <Text size="xs" c="dimmed">
                  <When at={point.begins} />
                </Text>
              </UnstyledButton>
            ))}
          </Group>
          {metric && <Series id={id} metric={metric} hours={Number(hours)} />}
        </>
      )}
    </Card>
  );
}

function Series({ id, metric, hours }: { id: string; metric: string; hours: number }) {
  const query = useSeries(id, metric, hours);
  if (query.error) return <ProblemView error={query.error} retry={() => void query.refetch()} compact />;
  if (!query.data) return <Loading lines={4} />;
  const points = query.data;
  if (points.length < 2) return <Empty title="Too little for a curve">Each five minutes make a point.</Empty>;
  const { least, most } = metric === "door" ? { least: 0, most: 1 } : scale(points.flatMap((point) => [point.least, point.most]));
  const [width, height] = [600, 150];
  const at = (value: string) => (hours <= 24 ? format.time(value, LOCALE) : format.moment(value, LOCALE));
  const first = points[0]?.begins ?? "";
  const last = points.at(-1)?.begins ?? "";
  const band = `${line(
    points.map((point) => point.most),
    width,
    height,
    least,
    most,
  )} ${line(
    points.map((point) => point.least),
    width,
    height,
    least,
    most,
  )
    .split(" ")
    .reverse()
    .join(" ")}`;
  const mean = points.reduce((sum, point) => sum + point.mean * point.count, 0) / points.reduce((sum, point) => sum + point.count, 0);
  const [low, high] = [Math.min(...points.map((point) => point.least)), Math.max(...points.map((point) => point.most))];
  return (
    <figure style={{ margin: 0 }}>
      <div className="series">
        <div className="series-scale" aria-hidden="true">
          <span>{reading(metric, most)}</span>
          <span>{reading(metric, least)}</span>
        </div>
        <svg
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${words(metric)} from ${at(first)} to ${at(last)}: between ${reading(metric, low)} and ${reading(metric, high)}`}
        >
          {[0, 0.5, 1].map((part) => (
            <line key={part} x1="0" x2={width} y1={height * part} y2={height * part} className="series-line" />
          ))}
          <polygon points={band} className="series-band" />
          <polyline
            points={line(
              points.map((point) => point.mean),
              width,
              height,
              least,
              most,
            )}
            className="series-curve"
          />
        </svg>
      </div>
      <figcaption>
        <Group justify="space-between" gap="sm" mt={6}>
          <Text size="xs" c="dimmed">
            {at(first)}
          </Text>
          <Text size="xs" c="dimmed" className="num">
            {reading(metric, low)} to {reading(metric, high)}, in the mean {reading(metric, mean)}
          </Text>
          <Text size="xs" c="dimmed">
            {at(last)}
          </Text>
        </Group>
      </figcaption>
    </figure>
  );
}
