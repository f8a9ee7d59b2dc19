//! A store: what it is called, where it is, when it is open, how one may order.

import { ActionIcon, Button, Checkbox, Group, SimpleGrid, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { IconCopy, IconPlus, IconX } from "@tabler/icons-react";
import { Navigate } from "@tanstack/react-router";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { format, http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { type Store, useScope, useStore } from "../../shell/stores.tsx";
import { useAction } from "../../ui/action.tsx";
import { Card, Facts, Id } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { FULFILMENT } from "../orders/data.ts";
import { faultsOf, type Span, sorted, toAllDays, WEEK } from "./hours.ts";
import { SettingsPage } from "./SettingsPage.tsx";

export function StoreSettings() {
  const scope = useScope();
  const store = useStore();
  const user = useUser();
  if (scope === "all") return <Navigate to={`/${scope}/settings/taxes`} replace />;
  if (!store) return null;
  return (
    <SettingsPage title="Store and hours">
      <div className="two">
        <div className="grid">{may(user, "PUT /stores/{id}") ? <Details key={store.id} store={store} /> : <ReadOnly store={store} />}</div>
        <div className="grid">
          {may(user, "PUT /stores/{id}/settings") && <Ordering key={store.id} store={store} />}
          <Card title="About it">
            <Facts
              of={[
                ["Number", store.number],
                ["Time zone", store.time_zone],
                ["Currency", store.currency],
                ["Tax", `${store.tax.name} ${store.tax.rate_bp / 100}%, ${store.tax.inclusive ? "in the prices" : "on top"}`],
                ["Kind", store.settings.environment],
                ["Id", <Id key="i" of={store.id} />],
              ]}
            />
          </Card>
        </div>
      </div>
    </SettingsPage>
  );
}

function ReadOnly({ store }: { store: Store }) {
  return (
    <Card title={store.name}>
      <Facts
        of={[
          ["Address", `${store.address}, ${store.city}`],
          ...WEEK.map(
            (day, at) =>
              [
                day,
                store.hours.spans
                  .filter((span) => span.day === at + 1)
                  .map((span) => `${span.opens}–${span.closes}`)
                  .join(", ") || "closed",
              ] as [string, string],
          ),
        ]}
      />
    </Card>
  );
}

function Details({ store }: { store: Store }) {
  const [name, setName] = useState(store.name);
  const [address, setAddress] = useState(store.address);
  const [city, setCity] = useState(store.city);
  const [spans, setSpans] = useState<Span[]>(store.hours.spans);
  const [holidays, setHolidays] = useState(store.hours.holidays ?? []);
  const faults = faultsOf(spans);
  const act = useAction(
    (body: Schemas["StoreDetails"]) => take(http.PUT("/api/v1/stores/{id}", { params: { path: { id: store.id } }, body })),
    {
      done: "Kept",
      stale: [["stores"]],
      quiet: true,
    },
  );
  const edit = (span: Span, more: Partial<Span>) => setSpans(spans.map((one) => (one === span ? { ...one, ...more } : one)));
  const wrong = holidays.filter((day) => !/^\d{4}-\d\d-\d\d$/.test(day));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const { country, currency, position, tax, time_zone, paused } = store;
        act.mutate({
          name,
          address,
          city,
          country,
          currency,
          position,
          tax,
          time_zone,
          paused,
          hours: { spans: sorted(spans), holidays: holidays.toSorted() },
        });
      }}
    >
      <Card title="Store">
        <Stack>
          {act.error && <ProblemView error={act.error} compact />}
          <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput label="Address" required value={address} onChange={(event) => setAddress(event.currentTarget.value)} />
            <TextInput label="City" required value={city} onChange={(event) => setCity(event.currentTarget.value)} />
          </SimpleGrid>
          <div>
            <Text size="sm" fw={600} mb={6}>
              Opening hours
            </Text>
            {WEEK.map((day, at) => {
              const own = spans.filter((span) => span.day === at + 1);
              return (
                <div key={day} className="hours">
                  <Text size="sm">{day}</Text>
                  <Stack gap={6}>
                    {own.length === 0 && (
                      <Text size="sm" c="dimmed">
                        closed
                      </Text>
                    )}
                    {own.map((span, index) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: spans have no name, and their times change while one types
                      <Group key={index} gap={6} wrap="nowrap">
                        <TextInput
                          size="xs"
                          type="time"
                          aria-label={`${day} opens`}
                          value={span.opens}
                          onChange={(event) => edit(span, { opens: event.currentTarget.value })}
                        />
                        <Text size="sm">to</Text>
                        <TextInput
                          size="xs"
                          type="time"
                          aria-label={`${day} closes`}
                          value={span.closes}
                          onChange={(event) => edit(span, { closes: event.currentTarget.value })}
                        />
                        <ActionIcon
                          aria-label={`Remove these hours of ${day}`}
                          onClick={() => setSpans(spans.filter((one) => one !== span))}
                        >
                          <IconX size={15} />
                        </ActionIcon>
                      </Group>
                    ))}
                    {faults.has(at + 1) && (
                      <Text size="xs" style={{ color: "var(--bad-ink)" }} role="alert">
                        {faults.get(at + 1)}
                      </Text>
                    )}
                  </Stack>
                  <Group gap={2} wrap="nowrap">
                    <ActionIcon
                      aria-label={`More hours on ${day}`}
                      onClick={() => setSpans([...spans, { day: at + 1, opens: "09:00", closes: "21:00" }])}
                    >
                      <IconPlus size={16} />
                    </ActionIcon>
                    <ActionIcon
                      aria-label={`Hours of ${day} for every day`}
                      title="For every day"
                      disabled={own.length === 0}
                      onClick={() => setSpans(toAllDays(spans, at + 1))}
                    >
                      <IconCopy size={16} />
                    </ActionIcon>
                  </Group>
                </div>
              );
            })}
          </div>
          <TagsInput
            label="Closed on"
            description="Days such as 2026-12-31"
            value={holidays}
            onChange={setHolidays}
            error={wrong.length > 0 ? `${wrong[0]} is no day: write it like 2026-12-31` : undefined}
          />
          <Button type="submit" w="fit-content" loading={act.isPending} disabled={faults.size > 0 || wrong.length > 0 || !name.trim()}>
            Keep
          </Button>
        </Stack>
      </Card>
    </form>
  );
}

function Ordering({ store }: { store: Store }) {
  const [ways, setWays] = useState<Schemas["Fulfilment"][]>(store.settings.fulfilments ?? []);
  const [least, setLeast] = useState(
    store.settings.minimum_order ? String(store.settings.minimum_order.amount / 10 ** format.minorDigits(store.currency)) : "",
  );
  const amount = least ? format.parseMoney(least, store.currency) : undefined;
  const act = useAction(
    (body: Schemas["Settings"]) => take(http.PUT("/api/v1/stores/{id}/settings", { params: { path: { id: store.id } }, body })),
    { done: "Kept", stale: [["stores"]] },
  );
  return (
    <Card title="Ordering">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate({
            environment: store.settings.environment,
            fulfilments: ways,
            ...(amount !== undefined ? { minimum_order: { amount, currency: store.currency } } : {}),
          });
        }}
      >
        <Stack>
          <Checkbox.Group label="Customers may get their orders by" value={ways} onChange={(values) => setWays(values as typeof ways)}>
            <Stack gap={6} mt={6}>
              {Object.entries(FULFILMENT).map(([value, label]) => (
                <Checkbox key={value} value={value} label={label} />
              ))}
            </Stack>
          </Checkbox.Group>
          <TextInput
            label={`Smallest order, ${store.currency}`}
            placeholder="any"
            inputMode="decimal"
            value={least}
            onChange={(event) => setLeast(event.currentTarget.value)}
            error={least && amount === undefined ? "Such as 50" : undefined}
          />
          <Button
            type="submit"
            variant="default"
            w="fit-content"
            loading={act.isPending}
            disabled={ways.length === 0 || (Boolean(least) && amount === undefined)}
          >
            Keep
          </Button>
        </Stack>
      </form>
    </Card>
  );
}
