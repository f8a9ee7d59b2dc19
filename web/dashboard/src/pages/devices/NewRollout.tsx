//! Begins a roll-out: what, for which kind of devices, and in which parts.

import { Group, NumberInput, SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope, useStore } from "../../shell/stores.tsx";
import { useAction } from "../../ui/action.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { KINDS, type Kind, ordersOf } from "./kinds.ts";
import { type NewRollout, readConfiguration, readStages } from "./rollouts.ts";

export function NewRolloutModal({ close }: { close: () => void }) {
  const user = useUser();
  const scope = useScope();
  const store = useStore();
  const navigate = useNavigate();
  const [what, setWhat] = useState("configuration");
  const [kind, setKind] = useState<Kind>("fridge");
  const [typed, setTyped] = useState("{}");
  const [firmware, setFirmware] = useState("");
  const [command, setCommand] = useState<string | null>(null);
  const [parts, setParts] = useState("10, 50, 100");
  const [tolerance, setTolerance] = useState<number | string>(10);
  const firmwares = useFirmware(kind, may(user, "GET /devices/firmware"));
  const act = useAction((body: NewRollout) => take(http.POST("/api/v1/devices/rollouts", { body })), {
    done: "It is on its way",
    stale: [["rollouts"]],
    quiet: true,
    onDone: (made) => void navigate({ to: `/${scope}/devices/rollouts/${made.id}` }),
  });
  const configuration = readConfiguration(typed);
  const { stages, wrong } = readStages(parts);
  // What needs an argument is given to one device at a time.
  const orders = ordersOf(kind).filter((order) => !order.arg);
  const good = !wrong && (what === "configuration" ? !configuration.wrong : what === "firmware" ? firmware.trim() : command);
  return (
    <FormModal
      title={store ? `A roll-out in ${store.name}` : "A roll-out in all your stores"}
      close={close}
      action={act}
      submit="Begin"
      disabled={!good}
      onSubmit={() =>
        act.mutate({
          kind,
          store_id: store?.id ?? null,
          stages,
          tolerance: Number(tolerance) || 0,
          ...(what === "configuration" ? { configuration: configuration.value as never } : {}),
          ...(what === "firmware" ? { firmware: firmware.trim() } : {}),
          ...(what === "command" && command ? { command: { name: command, args: {} as never, ttl: 3 * 24 * 3600 } } : {}),
        })
      }
    >
      <SegmentedControl
        aria-label="What is rolled out"
        value={what}
        onChange={setWhat}
        data={[
          { value: "configuration", label: "Configuration" },
          { value: "firmware", label: "Firmware" },
          { value: "command", label: "Command" },
        ]}
      />
      <Select
        label="For every"
        allowDeselect={false}
        data={(Object.keys(KINDS) as Kind[]).map((value) => ({ value, label: KINDS[value] }))}
        value={kind}
        onChange={(value) => {
          setKind((value ?? "fridge") as Kind);
          setCommand(null);
        }}
      />
      {what === "configuration" && (
        <Textarea
          label="Configuration"
          description="Each device gets it whole, in place of what it has"
          autosize
          minRows={4}
          maxRows={14}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          error={configuration.wrong}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        />
      )}
      {what === "firmware" &&
        (firmwares ? (
          <Select
            label="Version"
            placeholder={firmwares.length ? undefined : "No maker has signed one"}
            data={firmwares}
            value={firmware || null}
            onChange={(value) => setFirmware(value ?? "")}
          />
        ) : (
          <TextInput label="Version" placeholder="1.4.0" value={firmware} onChange={(event) => setFirmware(event.currentTarget.value)} />
        ))}
      {what === "command" && (
        <Select
          label="Command"
          description={orders.find((order) => order.name === command)?.ask}
          data={orders.map(({ name, label }) => ({ value: name, label }))}
          value={command}
          onChange={setCommand}
        />
      )}
      <Group grow align="flex-start">
        <TextInput
          label="Stages, %"
          description="Of all devices that have it after each"
          value={parts}
          onChange={(event) => setParts(event.currentTarget.value)}
          error={wrong}
        />
        <NumberInput
          label="Halted above"
          description="Failures in a stage"
          suffix=" %"
          min={0}
          max={100}
          value={tolerance}
          onChange={setTolerance}
        />
      </Group>
    </FormModal>
  );
}

/** Versions of a kind that makers have signed, for who may list them. */
function useFirmware(kind: Kind, enabled: boolean): string[] | undefined {
  const query = useQuery({
    queryKey: ["firmware", kind],
    enabled,
    queryFn: () => take(http.GET("/api/v1/devices/firmware", { params: { query: { kind } } })),
  });
  return enabled ? query.data : undefined;
}
