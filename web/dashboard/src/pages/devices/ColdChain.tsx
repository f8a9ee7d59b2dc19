//! Cold chains that broke: what was in the fridge is suspect until somebody has looked at it and decided.

import { Button, Group, List, SegmentedControl, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope, useStore, useStores } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { rowsOf } from "../../table/pages.ts";
import { useAddress } from "../../table/state.ts";
import { useAction } from "../../ui/action.tsx";
import { Empty, Mark, span, When } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { Modal } from "../../ui/Window.tsx";
import { DevicesPage } from "./DevicesPage.tsx";
import { useBreaches, useDevices } from "./data.ts";

type Breach = Schemas["Breach"];

export function ColdChain() {
  const user = useUser();
  const store = useStore();
  const scope = useScope();
  const { stores = [] } = useStores();
  const [{ show }, change] = useAddress();
  const query = useBreaches(show === "all");
  const devices = useDevices(store?.id);
  const [deciding, setDeciding] = useState<Breach | null>(null);
  const decides = may(user, "POST /devices/breaches/{id}");
  const known = rowsOf(devices) ?? [];
  const device = (id: string) => known.find((one) => one.id === id)?.name ?? "A fridge";
  const columns: Column<Breach>[] = [
    { key: "device", label: "Fridge", value: (one) => device(one.device_id), phone: "title" },
    ...(store ? [] : [{ key: "store", label: "Store", value: (one: Breach) => stores.find((at) => at.id === one.store_id)?.name }]),
    { key: "worst", label: "At most", value: (one) => one.worst, render: (one) => `${one.worst.toFixed(1)} °C`, right: true },
    {
      key: "for",
      label: "Too warm for",
      value: (one) => Date.parse(one.at) - Date.parse(one.since),
      render: (one) => span(Date.parse(one.at) - Date.parse(one.since)),
      right: true,
    },
    { key: "at", label: "When", value: (one) => one.at, render: (one) => <When at={one.at} />, right: true },
    { key: "goods", label: "Batches", value: (one) => one.batches.length, right: true },
    {
      key: "outcome",
      label: "Outcome",
      value: (one) => one.outcome ?? "open",
      render: (one) =>
        one.outcome === "released" ? (
          <Mark tone="good">Good to sell</Mark>
        ) : one.outcome === "spoilt" ? (
          <Mark tone="bad">Thrown away</Mark>
        ) : (
          <Mark tone="warm">To decide</Mark>
        ),
      phone: "side",
    },
  ];
  return (
    <DevicesPage title="Cold chain" about="Where a fridge was too warm for too long, what was in it is suspect until somebody has decided.">
      <DataTable
        id="breaches"
        label="Broken cold chains"
        rows={query.data?.items.filter((one) => !store || one.store_id === store.id)}
        rowKey={(one) => one.id}
        columns={columns}
        error={query.error}
        retry={() => void query.refetch()}
        to={decides ? undefined : (one) => `/${scope}/devices/${one.device_id}`}
        onOpen={decides ? setDeciding : undefined}
        tools={
          <SegmentedControl
            size="xs"
            value={show ?? "open"}
            onChange={(value) => change({ show: value === "open" ? undefined : value })}
            data={[
              { value: "open", label: "To decide" },
              { value: "all", label: "All" },
            ]}
          />
        }
        empty={<Empty title="No cold chain has broken">Fridges are watched by the limits of their configuration.</Empty>}
      />
      {deciding && <Decide breach={deciding} name={device(deciding.device_id)} close={() => setDeciding(null)} />}
    </DevicesPage>
  );
}

function Decide({ breach, name, close }: { breach: Breach; name: string; close: () => void }) {
  const act = useAction(
    (outcome: Schemas["QuarantineOutcome"]) =>
      take(http.POST("/api/v1/devices/breaches/{id}", { params: { path: { id: breach.id } }, body: { outcome } })),
    {
      done: (_, outcome) => (outcome === "released" ? "The goods may be sold" : "Thrown away: they are off the books"),
      stale: [["breaches"], ["batches"], ["low-stock"]],
      quiet: true,
      onDone: close,
    },
  );
  return (
    <Modal opened onClose={close} title={name}>
      <Stack>
        {act.error && <ProblemView error={act.error} compact />}
        <Text size="sm">
          {breach.worst.toFixed(1)} °C at most, too warm since <When at={breach.since} />. In it were:
        </Text>
        {breach.batches.length === 0 ? (
          <Text size="sm" c="dimmed">
            No goods that the fridge is said to be for.
          </Text>
        ) : (
          <List size="sm">
            {breach.batches.map((batch) => (
              <List.Item key={`${batch.sku} ${batch.batch}`}>
                {batch.sku}, batch {batch.batch}: {batch.quantity.toLocaleString()}
              </List.Item>
            ))}
          </List>
        )}
        {breach.outcome ? (
          <Text size="sm">
            {breach.outcome === "released" ? "Released" : "Thrown away"} <When at={breach.resolved_at} />.
          </Text>
        ) : (
          <Group justify="flex-end">
            <Button variant="default" loading={act.isPending} onClick={() => act.mutate("released")}>
              Good to sell
            </Button>
            <Button color="chili" loading={act.isPending} onClick={() => act.mutate("spoilt")}>
              Throw it away
            </Button>
          </Group>
        )}
      </Stack>
    </Modal>
  );
}
