//! One device: how it stands now, what it measures, what it was told and what it said.

import { Button, Code, Menu, Text, TextInput } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope, useStores } from "../../shell/stores.tsx";
import { confirm, useAction } from "../../ui/action.tsx";
import { Card, Empty, Facts, Id, Loading, Mark, Page, When, words } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { Commands } from "./Commands.tsx";
import { Configuration } from "./Configuration.tsx";
import { Standing } from "./Devices.tsx";
import { type Device, type Status, useDevice, useStatus } from "./data.ts";
import { History, Logs } from "./History.tsx";
import { alarmWord, KINDS } from "./kinds.ts";
import { askEvery, useDeviceLine } from "./live.ts";
import { ClaimModal } from "./NewDevice.tsx";
import { Telemetry } from "./Telemetry.tsx";

export function DevicePage() {
  const { device: id = "" } = useParams({ strict: false }) as { device?: string };
  const client = useQueryClient();
  // Whose store it is in is known once it has been asked for.
  const line = useDeviceLine(client.getQueryData<Device>(["device", id])?.store_id);
  const query = useDevice(id, askEvery(line));
  const device = query.data;
  const spoke = device !== undefined && device.status !== "unclaimed";
  const status = useStatus(id, spoke);
  if (query.error || !device) {
    return <Page title="Device">{query.error ? <ProblemView error={query.error} retry={() => void query.refetch()} /> : <Loading />}</Page>;
  }
  const now = status.data;
  return (
    <Page
      title={device.name}
      mark={<Standing device={{ status: device.status, online: now?.online ?? device.online }} />}
      about={KINDS[device.kind]}
      actions={<Actions device={device} />}
    >
      <div className="grid">
        {(now?.alarms ?? []).length > 0 && (
          <div role="status" style={{ display: "flex", gap: 8, flexWrap: "wrap" }}>
            {now?.alarms.map((alarm) => (
              <Mark key={alarm} tone="bad">
                {alarmWord(alarm)}
              </Mark>
            ))}
            {now?.flapping && <Mark tone="warm">{alarmWord("flapping")}</Mark>}
          </div>
        )}
        {spoke ? (
          <div className="two">
            <div className="grid">
              <Telemetry id={id} status={status.data} waiting={status.isPending} error={status.error} />
              {now?.slots && now.slots.length > 0 && <Slots slots={now.slots} />}
              <Commands device={device} waiting={now?.waiting_commands ?? 0} />
              <Logs id={id} />
            </div>
            <div className="grid">
              <About device={device} status={now} />
              <Configuration device={device} status={now} />
              <History id={id} />
            </div>
          </div>
        ) : (
          <div className="two">
            <Card>
              <Empty title="Nobody has claimed it yet">
                Show its code, and hold the device before it: from then on it is here with all it measures.
              </Empty>
            </Card>
            <About device={device} />
          </div>
        )}
      </div>
    </Page>
  );
}

function About({ device, status }: { device: Device; status?: Status }) {
  const { stores = [] } = useStores();
  return (
    <Card title="About it">
      <Facts
        of={[
          ["Store", stores.find((one) => one.id === device.store_id)?.name],
          ["Last heard", status?.last_seen ? <When key="heard" at={status.last_seen} /> : undefined],
          [status?.online ? "Online since" : "Offline since", status?.since ? <When key="since" at={status.since} /> : undefined],
          ["Speaks", status?.protocol ? words(status.protocol) : undefined],
          ["Heartbeat", status ? `every ${status.interval} s` : undefined],
          ["Firmware", status?.firmware ?? undefined],
          ["Key", device.key_kind ? `${device.key_kind}, no. ${device.key_version}` : "none yet"],
          ["Registered", <When key="made" at={device.created_at} />],
          ["Number", <Id key="id" of={device.id} />],
        ]}
      />
    </Card>
  );
}

function Slots({ slots }: { slots: Schemas["SlotView"][] }) {
  return (
    <Card title="Columns" aside={<Text size="xs" c="dimmed">{`${slots.filter((one) => one.count === 0).length} empty`}</Text>}>
      <div style={{ display: "grid", gap: 8, gridTemplateColumns: "repeat(auto-fill, minmax(132px, 1fr))" }}>
        {slots.map((one) => (
          <div key={one.slot} className="card" style={{ padding: "8px 10px" }}>
            <div style={{ display: "flex", justifyContent: "space-between" }}>
              <strong>{one.slot}</strong>
              {one.blocked ? <Mark tone="bad">Blocked</Mark> : one.count === 0 ? <Mark tone="warm">Empty</Mark> : null}
            </div>
            <Text size="xs" truncate>
              {one.sku}
            </Text>
            <Text size="xs" c="dimmed" className="num">
              {one.count} of {one.capacity}
            </Text>
          </div>
        ))}
      </div>
    </Card>
  );
}

function Actions({ device }: { device: Device }) {
  const user = useUser();
  const navigate = useNavigate();
  const scope = useScope();
  const params = { path: { id: device.id } };
  const stale = [["device", device.id], ["devices"], ["device-status", device.id], ["device-history", device.id]];
  const [renaming, setRenaming] = useState(false);
  const [claim, setClaim] = useState<Schemas["ClaimCode"] | null>(null);
  const code = useAction((_: string) => take(http.POST("/api/v1/devices/{id}/claim-code", { params })), { stale, onDone: setClaim });
  const revoke = useAction((_: string) => take(http.POST("/api/v1/devices/{id}/revoke", { params })), {
    done: `${device.name} is revoked: its line is cut`,
    stale,
    onDone: () => void navigate({ to: `/${scope}/devices/${device.id}` }),
  });
  if (!may(user, "PUT /devices/{id}")) return null;
  const show = () =>
    device.status === "active"
      ? confirm(
          `A new code for ${device.name}?`,
          "Once somebody uses it the key that the device has now is good no more.",
          "Show a code",
          () => code.mutate(""),
          false,
        )
      : code.mutate("");
  return (
    <>
      {device.status !== "active" && (
        <Button loading={code.isPending} onClick={show}>
          Show its code
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" leftSection={<IconDots size={16} />}>
            More
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setRenaming(true)}>Rename</Menu.Item>
          {device.status === "active" && <Menu.Item onClick={show}>A new claim code</Menu.Item>}
          {device.status !== "revoked" && (
            <Menu.Item
              color="chili"
              onClick={() =>
                confirm(
                  `Revoke ${device.name}?`,
                  "Its key is good no more, its line is cut at once, what it was told is over. A new code lets it begin anew.",
                  "Revoke it",
                  () => revoke.mutate(""),
                )
              }
            >
              Revoke
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {renaming && <Rename device={device} stale={stale} close={() => setRenaming(false)} />}
      {claim && <ClaimModal device={device.id} name={device.name} claim={claim} close={() => setClaim(null)} />}
    </>
  );
}

function Rename({ device, stale, close }: { device: Device; stale: string[][]; close: () => void }) {
  const [name, setName] = useState(device.name);
  const put = (to: string) => take(http.PUT("/api/v1/devices/{id}", { params: { path: { id: device.id } }, body: { name: to } }));
  const act = useAction(put, { done: (_, to) => `It is called ${to}`, undo: () => put(device.name), stale, onDone: close, quiet: true });
  return (
    <FormModal
      title="Rename"
      size="sm"
      close={close}
      action={act}
      submit="Keep it"
      disabled={!name.trim()}
      onSubmit={() => act.mutate(name.trim())}
    >
      <TextInput
        label="Name"
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
    </FormModal>
  );
}

/** What came of something, as it was told: JSON where it is more than a word. */
export function Told({ value }: { value: unknown }) {
  if (value === null || value === undefined) return null;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === "{}" ? null : <Code style={{ overflowWrap: "anywhere" }}>{text}</Code>;
}
