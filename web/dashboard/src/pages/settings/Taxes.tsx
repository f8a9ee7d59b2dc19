//! Taxes by place and class. A store is taxed by the narrowest place that has a table.

import { ActionIcon, Button, Group, NumberInput, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useStore } from "../../shell/stores.tsx";
import { useAction } from "../../ui/action.tsx";
import { Card, Empty, Loading, Mark } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { Drawer } from "../../ui/Window.tsx";
import { SettingsPage } from "./SettingsPage.tsx";

type Table = Schemas["TaxTable"];

const percent = (ppm: number) => `${Number((ppm / 10_000).toFixed(4))}%`;

export function Taxes() {
  const user = useUser();
  const store = useStore();
  const [opened, setOpened] = useState<Table | "new" | null>(null);
  const query = useQuery({ queryKey: ["taxes"], queryFn: () => take(http.GET("/api/v1/tax-rates")) });
  const edits = may(user, "PUT /tax-rates/{place}");
  return (
    <SettingsPage
      title="Taxes"
      about="The chain sets them. They count for orders priced from now on."
      actions={edits && <Button onClick={() => setOpened("new")}>Add a place</Button>}
    >
      {query.error ? (
        <ProblemView error={query.error} retry={() => void query.refetch()} />
      ) : !query.data ? (
        <Loading />
      ) : query.data.tables.length === 0 ? (
        <Card>
          <Empty title="No place has taxes of its own">
            {store
              ? `This store takes ${store.tax.name} of ${store.tax.rate_bp / 100}%, ${store.tax.inclusive ? "in its prices" : "on top of its prices"}.`
              : "Each store takes the one rate that it names itself."}
          </Empty>
        </Card>
      ) : (
        <div style={{ display: "grid", gap: 14, gridTemplateColumns: "repeat(auto-fill, minmax(320px, 1fr))", alignItems: "start" }}>
          {query.data.tables.map((table) => (
            <Card
              key={table.place}
              title={table.place}
              aside={
                <Group gap={8}>
                  <Mark tone="quiet">{table.inclusive ? "in the prices" : "on top"}</Mark>
                  {edits && (
                    <Button size="compact-xs" variant="subtle" onClick={() => setOpened(table)}>
                      Change
                    </Button>
                  )}
                </Group>
              }
            >
              {Object.entries(table.classes).map(([name, components]) => (
                <Group key={name} justify="space-between" py={4}>
                  <Text size="sm">{name}</Text>
                  <Text size="sm" c="dimmed" className="num">
                    {components.length === 0 ? "exempt" : components.map((one) => `${one.name} ${percent(one.rate_ppm)}`).join(" + ")}
                  </Text>
                </Group>
              ))}
            </Card>
          ))}
        </div>
      )}
      {opened && <TaxDrawer table={opened === "new" ? undefined : opened} close={() => setOpened(null)} />}
    </SettingsPage>
  );
}

interface Row {
  tax_class: string;
  name: string;
  percent: number | string;
}

function TaxDrawer({ table, close }: { table?: Table; close: () => void }) {
  const [place, setPlace] = useState(table?.place ?? "");
  const [inclusive, setInclusive] = useState(table?.inclusive ?? true);
  const [rounding, setRounding] = useState<Schemas["TaxRounding"]>(table?.rounding ?? "invoice");
  const [components, setComponents] = useState<Schemas["ComponentRounding"]>(table?.components ?? "separately");
  const [rows, setRows] = useState<Row[]>(
    table
      ? Object.entries(table.classes).flatMap(([name, list]): Row[] =>
          list.length === 0
            ? [{ tax_class: name, name: "", percent: "" }]
            : list.map((one) => ({ tax_class: name, name: one.name, percent: one.rate_ppm / 10_000 })),
        )
      : [{ tax_class: "standard", name: "VAT", percent: 7 }],
  );
  const act = useAction((body: Schemas["TaxRates"]) => take(http.PUT("/api/v1/tax-rates/{place}", { params: { path: { place } }, body })), {
    done: `${place} is taxed so from now on`,
    stale: [["taxes"]],
    quiet: true,
    onDone: close,
  });
  const change = (at: number, more: Partial<Row>) => setRows(rows.map((row, index) => (index === at ? { ...row, ...more } : row)));
  const good = place.trim() && rows.length > 0 && rows.every((row) => row.tax_class.trim() && Boolean(row.name) === (row.percent !== ""));
  return (
    <Drawer opened onClose={close} position="right" size="lg" title={table ? `Taxes of ${table.place}` : "Taxes of a place"}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const classes: Record<string, Schemas["TaxComponent"][]> = {};
          for (const row of rows) {
            const key = row.tax_class.trim();
            const list = classes[key] ?? [];
            classes[key] = list;
            if (row.name) list.push({ name: row.name, rate_ppm: Math.round(Number(row.percent) * 10_000) });
          }
          act.mutate({ inclusive, rounding, components, classes });
        }}
      >
        <Stack>
          {act.error && <ProblemView error={act.error} compact />}
          <TextInput
            label="Place"
            description="From wide to narrow: US, US-TX, US-TX-Austin"
            required
            disabled={Boolean(table)}
            value={place}
            onChange={(event) => setPlace(event.currentTarget.value)}
          />
          <SegmentedControl
            value={inclusive ? "in" : "on"}
            onChange={(value) => setInclusive(value === "in")}
            data={[
              { value: "in", label: "In the prices" },
              { value: "on", label: "On top of them" },
            ]}
          />
          <SegmentedControl
            value={rounding}
            onChange={(value) => setRounding(value as typeof rounding)}
            data={[
              { value: "invoice", label: "Rounded once an order" },
              { value: "line", label: "Rounded by line" },
            ]}
          />
          <SegmentedControl
            value={components}
            onChange={(value) => setComponents(value as typeof components)}
            data={[
              { value: "separately", label: "Each component by itself" },
              { value: "together", label: "All together" },
            ]}
          />
          <Text size="sm" fw={600}>
            Classes and their components
          </Text>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names change while one types
            <Group key={at} gap="xs" wrap="nowrap" align="flex-end">
              <TextInput
                label={at === 0 ? "Class" : undefined}
                aria-label="Class"
                style={{ flex: 1 }}
                value={row.tax_class}
                onChange={(event) => change(at, { tax_class: event.currentTarget.value })}
              />
              <TextInput
                label={at === 0 ? "Tax" : undefined}
                aria-label="Tax"
                placeholder="none: exempt"
                style={{ flex: 1 }}
                value={row.name}
                onChange={(event) => change(at, { name: event.currentTarget.value })}
              />
              <NumberInput
                label={at === 0 ? "Rate" : undefined}
                aria-label="Rate"
                w={110}
                suffix=" %"
                min={0}
                max={100}
                decimalScale={4}
                value={row.percent}
                onChange={(value) => change(at, { percent: value })}
              />
              <ActionIcon size={36} aria-label="Remove this component" onClick={() => setRows(rows.filter((_, index) => index !== at))}>
                <IconTrash size={17} />
              </ActionIcon>
            </Group>
          ))}
          <Button
            size="xs"
            variant="default"
            w="fit-content"
            onClick={() => setRows([...rows, { tax_class: rows.at(-1)?.tax_class ?? "standard", name: "", percent: "" }])}
          >
            Another component
          </Button>
          <Button type="submit" loading={act.isPending} disabled={!good}>
            Keep
          </Button>
        </Stack>
      </form>
    </Drawer>
  );
}
