//! The fleet: what is there, what is not, and what is wrong with it; by store, or of all stores one may see.

import { Button, Text } from "@mantine/core";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope, useStore, useStores } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { listed, rowsOf } from "../../table/pages.ts";
import { Empty, Mark, When } from "../../ui/bits.tsx";
import { Stat } from "../today/Stat.tsx";
import { DevicesPage } from "./DevicesPage.tsx";
import { type Device, useBreaches, useDevices } from "./data.ts";
import { KINDS, type Kind } from "./kinds.ts";
import { askEvery, useDeviceLine } from "./live.ts";
import { NewDevice } from "./NewDevice.tsx";

/** Whether it is there, or why it cannot be. */
export function Standing({ device }: { device: Pick<Device, "status" | "online"> }) {
  if (device.status === "revoked") return <Mark tone="bad">Revoked</Mark>;
  if (device.status === "unclaimed") return <Mark tone="quiet">Not claimed</Mark>;
  return device.online ? <Mark tone="good">Online</Mark> : <Mark tone="warm">Offline</Mark>;
}

const standing = (device: Device): string => (device.status === "active" ? (device.online ? "online" : "offline") : device.status);

const fault = (device: Device): string | undefined => {
  const told = device.last_error as { code?: string; detail?: string } | null | undefined;
  return told ? (told.detail ?? told.code) : undefined;
};

export function Devices() {
  const user = useUser();
  const scope = useScope();
  const store = useStore();
  const { stores = [] } = useStores();
  const line = useDeviceLine(store?.id);
  const query = useDevices(store?.id, askEvery(line));
  const breaches = useBreaches(false);
  const [adding, setAdding] = useState(false);
  const rows = rowsOf(query);
  const active = rows?.filter((one) => one.status === "active") ?? [];
  const away = active.filter((one) => !one.online);
  const broken = breaches.data?.items.filter((one) => !store || one.store_id === store.id).length ?? 0;
  const commands = may(user, "POST /devices/{id}/command");
  const name = (id: string) => stores.find((one) => one.id === id)?.name ?? "another store";
  const columns: Column<Device>[] = [
    { key: "name", label: "Device", value: (one) => one.name, phone: "title" },
    { key: "kind", label: "Kind", value: (one) => KINDS[one.kind] },
    ...(store ? [] : [{ key: "store", label: "Store", value: (one: Device) => name(one.store_id) }]),
    { key: "state", label: "State", value: standing, render: (one) => <Standing device={one} />, phone: "side" },
    {
      key: "since",
      label: "Online since",
      value: (one) => (one.online ? (one.online_since ?? null) : null),
      render: (one) => (one.online ? <When at={one.online_since} /> : "—"),
      right: true,
      phone: "none",
    },
    {
      key: "fault",
      label: "Last fault",
      value: (one) => fault(one) ?? null,
      render: (one) => (
        <Text size="sm" lineClamp={1} maw={280} component="span">
          {fault(one) ?? "—"}
        </Text>
      ),
    },
    {
      key: "made",
      label: "Registered",
      value: (one) => one.created_at,
      render: (one) => <When at={one.created_at} />,
      extra: true,
      right: true,
    },
  ];
  const filters: Filter<Device>[] = [
    {
      key: "kind",
      label: "Kind",
      options: (Object.keys(KINDS) as Kind[]).map((value) => ({ value, label: KINDS[value] })),
      passes: (one, value) => one.kind === value,
    },
    {
      key: "state",
      label: "State",
      options: [
        { value: "online", label: "Online" },
        { value: "offline", label: "Offline" },
        { value: "unclaimed", label: "Not claimed" },
        { value: "revoked", label: "Revoked" },
      ],
      passes: (one, value) => standing(one) === value,
    },
  ];
  return (
    <DevicesPage
      title="Devices"
      mark={away.length > 0 ? <Mark tone="warm">{`${away.length} offline`}</Mark> : undefined}
      about={store ? `What works in ${store.name}: fridges, screens, readers, machines.` : "What works in your stores."}
      actions={may(user, "POST /devices") && <Button onClick={() => setAdding(true)}>Add a device</Button>}
    >
      <div className="stats" style={{ marginBottom: 14 }}>
        <Stat label="Online" value={active.length - away.length} about={`of ${active.length} in use`} waiting={query.isPending} />
        <Stat label="Offline" value={away.length} about={away[0] ? `such as ${away[0].name}` : "all are there"} waiting={query.isPending} />
        <Stat
          label="Cold chain"
          value={broken}
          about={broken ? "wait for a decision" : "nothing has broken"}
          waiting={breaches.isPending}
        />
      </div>
      <DataTable
        id="devices"
        label="Devices"
        {...listed(query)}
        rowKey={(one) => one.id}
        columns={columns}
        filters={filters}
        sort="name"
        to={(one) => `/${scope}/devices/${one.id}`}
        empty={<Empty title="No devices yet">Add one: it is claimed with a code that is shown on this screen.</Empty>}
        bulk={
          commands
            ? ["identify", "restart"].map((command) => ({
                label: command === "identify" ? "Make them blink" : "Restart",
                name: (one: Device) => one.name,
                skip: (one: Device) => (one.status === "active" ? undefined : "nobody has claimed it"),
                run: (one: Device) =>
                  http.POST("/api/v1/devices/{id}/command", {
                    params: { path: { id: one.id }, header: { "Idempotency-Key": crypto.randomUUID() } },
                    body: { name: command },
                  }),
              }))
            : undefined
        }
      />
      {adding && <NewDevice store={store?.id} close={() => setAdding(false)} />}
    </DevicesPage>
  );
}
