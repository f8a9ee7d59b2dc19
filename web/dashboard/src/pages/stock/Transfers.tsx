//! Goods between stores and warehouses: sent, on their way, received.

import { Intent } from "@kirana/api";
import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { may } from "../../access/index.ts";
import { all, http, money, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useStores, useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { listed, rowsOf, usePages } from "../../table/pages.ts";
import { useAction } from "../../ui/action.tsx";
import { Empty, Facts, Mark, When } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { Drawer } from "../../ui/Window.tsx";
import { StockPage, useLevels, useNames, useUnits } from "./data.tsx";
import { type Choice, LinesEditor, type Wanted, whole } from "./LinesEditor.tsx";
import { quantity } from "./units.ts";

type Transfer = Schemas["Transfer"];

const STATE: Record<Schemas["TransferStatus"], { label: string; tone: "warm" | "good" | "quiet" | "calm" }> = {
  sending: { label: "Being sent", tone: "warm" },
  sent: { label: "On its way", tone: "warm" },
  received: { label: "Received", tone: "good" },
  closed: { label: "Closed", tone: "quiet" },
};

/** Names of all places goods can go to. */
function usePlaces(): { names: Map<string, string>; choices: Array<{ value: string; label: string }> } {
  const { data: stores = [] } = useStores();
  const warehouses = useQuery({
    queryKey: ["warehouses"],
    queryFn: () => all((cursor) => take(http.GET("/api/v1/warehouses", { params: { query: { limit: 100, cursor } } }))),
  });
  const places = [
    ...stores.map((one) => ({ id: one.id, name: one.name })),
    ...(warehouses.data ?? []).map((one) => ({ id: one.id, name: `${one.name} (warehouse)` })),
  ];
  return { names: new Map(places.map((one) => [one.id, one.name])), choices: places.map((one) => ({ value: one.id, label: one.name })) };
}

export function Transfers() {
  const store = useTheStore();
  const user = useUser();
  const { names, choices } = usePlaces();
  const [opened, setOpened] = useState<Transfer | null>(null);
  const [sending, setSending] = useState(false);
  const query = usePages(["transfers", store.id], (cursor, signal) =>
    take(http.GET("/api/v1/transfers", { params: { query: { store_id: store.id, limit: 50, cursor } }, signal })),
  );
  const place = (id: string) => names.get(id) ?? `…${id.slice(-6)}`;
  const rows = rowsOf(query);
  const columns: Column<Transfer>[] = [
    {
      key: "way",
      label: "Way",
      value: (one) => (one.from_store === store.id ? `To ${place(one.to_store)}` : `From ${place(one.from_store)}`),
      phone: "title",
    },
    {
      key: "status",
      label: "State",
      value: (one) => STATE[one.status].label,
      render: (one) => <Mark tone={STATE[one.status].tone}>{STATE[one.status].label}</Mark>,
      phone: "side",
    },
    { key: "items", label: "Items", value: (one) => one.lines.length, right: true },
    { key: "lost", label: "Lost", value: (one) => one.lost.length, right: true, extra: true },
    {
      key: "created",
      label: "Sent",
      value: (one) => one.created_at,
      render: (one) => <When at={one.created_at} zone={store.time_zone} />,
      right: true,
    },
  ];
  const filters: Filter<Transfer>[] = [
    {
      key: "status",
      label: "State",
      options: Object.entries(STATE).map(([value, { label }]) => ({ value, label })),
      passes: (one, value) => one.status === value,
    },
    {
      key: "way",
      label: "Way",
      options: [
        { value: "out", label: "Sent from here" },
        { value: "in", label: "Coming here" },
      ],
      passes: (one, value) => (one.from_store === store.id) === (value === "out"),
    },
  ];
  return (
    <StockPage title="Transfers" actions={may(user, "POST /transfers") && <Button onClick={() => setSending(true)}>Send goods</Button>}>
      <DataTable
        id="transfers"
        label="Transfers"
        {...listed(query)}
        rowKey={(one) => one.id}
        columns={columns}
        filters={filters}
        onOpen={setOpened}
        empty={<Empty title="Nothing sent or coming">Goods that go to another store keep their dates and their worth.</Empty>}
      />
      {opened && (
        <TransferDrawer transfer={rows?.find((one) => one.id === opened.id) ?? opened} place={place} close={() => setOpened(null)} />
      )}
      {sending && <Send choices={choices.filter((one) => one.value !== store.id)} close={() => setSending(false)} />}
    </StockPage>
  );
}

function Send({ choices, close }: { choices: Array<{ value: string; label: string }>; close: () => void }) {
  const store = useTheStore();
  const levels = useLevels(store.id);
  const [to, setTo] = useState<string | null>(null);
  const [lines, setLines] = useState<Wanted[]>([]);
  const intent = useRef(new Intent());
  const items: Choice[] = (levels.data ?? [])
    .filter((level) => level.available > 0)
    .map((level) => ({
      sku: level.sku,
      name: level.name,
      unit: level.unit === "piece" ? "" : level.unit,
      note: `${quantity(level.available, level.unit)} free`,
      most: level.available,
    }));
  const act = useAction(
    (body: Schemas["NewTransfer"]) =>
      take(http.POST("/api/v1/transfers", { params: { header: { "Idempotency-Key": intent.current.key(body) } }, body })),
    {
      done: "Sent: it has left the books here",
      stale: [
        ["transfers", store.id],
        ["stock", store.id],
      ],
      quiet: true,
      onDone: close,
    },
  );
  return (
    <FormModal
      title="Send goods"
      size="lg"
      close={close}
      action={act}
      submit="Send"
      disabled={!to || !whole(lines)}
      onSubmit={() => {
        if (to)
          act.mutate({
            from_store: store.id,
            to_store: to,
            lines: lines.map((line) => ({ sku: line.sku, quantity: Number(line.quantity) })),
          });
      }}
    >
      <Select label="To" searchable data={choices} value={to} onChange={setTo} placeholder="A store or warehouse" data-autofocus />
      <LinesEditor choices={items} lines={lines} change={setLines} />
    </FormModal>
  );
}

function TransferDrawer({ transfer, place, close }: { transfer: Transfer; place: (id: string) => string; close: () => void }) {
  const store = useTheStore();
  const user = useUser();
  const [name, unit] = [useNames(store.id), useUnits(store.id)];
  const here = transfer.to_store === store.id;
  const [lines, setLines] = useState<Wanted[]>(sum(transfer.under_way).map(([sku, amount]) => ({ sku, quantity: amount })));
  const [reason, setReason] = useState("");
  const intent = useRef(new Intent());
  const stale = [
    ["transfers", store.id],
    ["stock", store.id],
  ];
  const path = { id: transfer.id };
  const receive = useAction(
    (body: Schemas["Arrival"]) =>
      take(
        http.POST("/api/v1/transfers/{id}/receive", { params: { path, header: { "Idempotency-Key": intent.current.key(body) } }, body }),
      ),
    { done: "Received", stale, quiet: true, onDone: close },
  );
  const giveUp = useAction((_: string) => take(http.POST("/api/v1/transfers/{id}/close", { params: { path }, body: { reason } })), {
    done: "Closed: what was under way counts as lost",
    stale,
    onDone: close,
  });
  return (
    <Drawer opened onClose={close} position="right" size="md" title="Transfer">
      <Stack>
        <Facts
          of={[
            ["From", place(transfer.from_store)],
            ["To", place(transfer.to_store)],
            [
              "State",
              <Mark key="s" tone={STATE[transfer.status].tone}>
                {STATE[transfer.status].label}
              </Mark>,
            ],
            ["Sent", <When key="w" at={transfer.created_at} />],
            ["Why closed", transfer.reason],
          ]}
        />
        <div>
          <Text size="sm" fw={600} mb={4}>
            Sent
          </Text>
          {transfer.lines.map((line) => (
            <Group key={line.sku} justify="space-between">
              <Text size="sm">{name(line.sku)}</Text>
              <Text size="sm" className="num">
                {quantity(line.quantity, unit(line.sku))}
              </Text>
            </Group>
          ))}
        </div>
        {transfer.lost.length > 0 && (
          <div>
            <Text size="sm" fw={600}>
              Lost on the way
            </Text>
            {transfer.lost.map((part, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts have no name of their own
              <Text key={at} size="sm">
                {name(part.sku)}: {quantity(part.quantity, unit(part.sku))}, worth {money({ amount: part.value, currency: store.currency })}
              </Text>
            ))}
          </div>
        )}
        {here && transfer.status === "sent" && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              receive.mutate({
                lines: lines
                  .filter((line) => Number(line.quantity) > 0)
                  .map((line) => ({ sku: line.sku, quantity: Number(line.quantity) })),
              });
            }}
          >
            <Stack>
              <Text size="sm" fw={600}>
                What arrived
              </Text>
              {receive.error && <ProblemView error={receive.error} compact />}
              <LinesEditor
                choices={sum(transfer.under_way).map(([sku, most]) => ({
                  sku,
                  name: name(sku),
                  unit: unit(sku) === "piece" ? "" : unit(sku),
                  note: `${quantity(most, unit(sku))} under way`,
                  most,
                }))}
                lines={lines}
                change={setLines}
              />
              <Button type="submit" loading={receive.isPending} disabled={!whole(lines)}>
                Take it in
              </Button>
            </Stack>
          </form>
        )}
        {!here && transfer.status === "sent" && may(user, "POST /transfers/{id}/close") && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              giveUp.mutate("");
            }}
          >
            <Stack gap="xs">
              <TextInput label="It will not arrive: why" value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
              <Button type="submit" variant="light" color="chili" disabled={!reason.trim()} loading={giveUp.isPending}>
                Give up what is under way
              </Button>
            </Stack>
          </form>
        )}
      </Stack>
    </Drawer>
  );
}

function sum(parts: Schemas["TransferPart"][]): Array<[sku: string, quantity: number]> {
  const found = new Map<string, number>();
  for (const part of parts) found.set(part.sku, (found.get(part.sku) ?? 0) + part.quantity);
  return [...found];
}
