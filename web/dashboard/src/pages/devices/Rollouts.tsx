//! Roll-outs: configurations, firmware and commands for many devices, the newest first.

import { Button, Progress } from "@mantine/core";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { listed, usePages } from "../../table/pages.ts";
import { Empty, Mark, When } from "../../ui/bits.tsx";
import { DevicesPage } from "./DevicesPage.tsx";
import { KINDS, type Kind } from "./kinds.ts";
import { NewRolloutModal } from "./NewRollout.tsx";
import { progress, type Rollout, whatOf } from "./rollouts.ts";

export function RolloutState({ state }: { state: string }) {
  if (state === "done") return <Mark tone="good">Done</Mark>;
  return state === "halted" ? <Mark tone="bad">Halted</Mark> : <Mark tone="calm">Running</Mark>;
}

const STATES = [
  { value: "running", label: "Running" },
  { value: "done", label: "Done" },
  { value: "halted", label: "Halted" },
];

export function Rollouts() {
  const user = useUser();
  const scope = useScope();
  const [making, setMaking] = useState(false);
  // A stage is done when its last device has answered.
  const query = usePages(
    ["rollouts"],
    (cursor, signal) => take(http.GET("/api/v1/devices/rollouts", { params: { query: { limit: 50, cursor } }, signal })),
    { refetchInterval: 5000 },
  );
  const columns: Column<Rollout>[] = [
    { key: "what", label: "What", value: whatOf, phone: "title" },
    { key: "kind", label: "For", value: (one) => KINDS[one.kind as Kind] ?? one.kind },
    {
      key: "progress",
      label: "How far",
      value: (one) => progress(one).percent,
      render: (one) => {
        const { all, percent } = progress(one);
        return (
          <Progress.Root size="lg" w={140}>
            {bars(one, all, percent)}
          </Progress.Root>
        );
      },
    },
    { key: "failed", label: "Failed", value: (one) => one.failed, right: true },
    { key: "state", label: "State", value: (one) => one.state, render: (one) => <RolloutState state={one.state} />, phone: "side" },
    { key: "by", label: "Begun by", value: (one) => one.created_by, extra: true },
    { key: "at", label: "Begun", value: (one) => one.created_at, render: (one) => <When at={one.created_at} />, right: true },
  ];
  const filters: Filter<Rollout>[] = [{ key: "state", label: "State", options: STATES, passes: (one, value) => one.state === value }];
  return (
    <DevicesPage
      title="Roll-outs"
      about="Sent to a part of all devices first; the next part gets it when the one before is done, and nobody else when too many fail."
      actions={may(user, "POST /devices/rollouts") && <Button onClick={() => setMaking(true)}>New roll-out</Button>}
    >
      <DataTable
        id="rollouts"
        label="Roll-outs"
        {...listed(query)}
        rowKey={(one) => one.id}
        columns={columns}
        filters={filters}
        to={(one) => `/${scope}/devices/rollouts/${one.id}`}
        empty={<Empty title="Nothing was rolled out yet">A configuration, a firmware or a command, for every device of a kind.</Empty>}
      />
      {making && <NewRolloutModal close={() => setMaking(false)} />}
    </DevicesPage>
  );
}

/** Through, failed, and on the way, as parts of a bar. */
function bars(one: Rollout, all: number, percent: number) {
  const part = (count: number) => (all === 0 ? 0 : (count * 100) / all);
  return [
    <Progress.Section key="done" value={part(one.done)} color="pandan" aria-label={`${percent} % are through`} />,
    <Progress.Section key="failed" value={part(one.failed)} color="chili" aria-label={`${one.failed} failed`} />,
    <Progress.Section key="sent" value={part(one.sent)} color="mango" aria-label={`${one.sent} have not answered`} />,
  ];
}
