//! What a device should run by, and what it says it runs by.

import { Button, Code, Group, JsonInput, Text } from "@mantine/core";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useAction } from "../../ui/action.tsx";
import { Card, Mark } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { Scroll } from "../../ui/Scroll.tsx";
import type { Device, Status } from "./data.ts";

export function Configuration({ device, status }: { device: Device; status?: Status }) {
  const user = useUser();
  const [editing, setEditing] = useState(false);
  if (!status) return null;
  const behind = status.reported_version < status.desired_version;
  const empty = JSON.stringify(status.desired ?? {}) === "{}";
  return (
    <Card
      title="Configuration"
      aside={
        may(user, "PUT /devices/{id}/configuration") &&
        device.status === "active" && (
          <Button size="compact-sm" variant="default" onClick={() => setEditing(true)}>
            Change
          </Button>
        )
      }
    >
      <Group gap={8} mb={8}>
        {status.desired_version === 0 ? (
          <Mark tone="quiet">As it was made</Mark>
        ) : behind ? (
          <Mark tone="warm">Not taken yet</Mark>
        ) : (
          <Mark tone="good">Taken</Mark>
        )}
        {status.desired_version > 0 && (
          <Text size="xs" c="dimmed">
            version {status.desired_version}, it runs by {status.reported_version}
          </Text>
        )}
      </Group>
      {!empty && (
        <Scroll most={240} label="The configuration as JSON">
          <Code block>{JSON.stringify(status.desired, null, 2)}</Code>
        </Scroll>
      )}
      {editing && <Edit device={device} desired={status.desired} close={() => setEditing(false)} />}
    </Card>
  );
}

function Edit({ device, desired, close }: { device: Device; desired: unknown; close: () => void }) {
  const [text, setText] = useState(JSON.stringify(desired ?? {}, null, 2));
  let config: Record<string, unknown> | undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed && typeof parsed === "object" && !Array.isArray(parsed)) config = parsed as Record<string, unknown>;
  } catch {
    // Half a text is no configuration yet; the field says so.
  }
  const put = (value: Record<string, unknown>) =>
    take(http.PUT("/api/v1/devices/{id}/configuration", { params: { path: { id: device.id } }, body: { config: value as never } }));
  const act = useAction(put, {
    done: ({ version }) => `Version ${version} is on its way`,
    undo: () => put((desired ?? {}) as Record<string, unknown>),
    stale: [
      ["device-status", device.id],
      ["device-history", device.id],
    ],
    quiet: true,
    onDone: close,
  });
  return (
    <FormModal
      title={`Configuration of ${device.name}`}
      size="lg"
      close={close}
      action={act}
      submit="Send it"
      disabled={!config}
      onSubmit={() => {
        if (config) act.mutate(config);
      }}
    >
      <JsonInput
        label="The whole of it, as JSON"
        description="The device is told at once, or when it is there again."
        autosize
        minRows={8}
        maxRows={20}
        value={text}
        onChange={setText}
        error={config ? undefined : "This is no JSON object yet"}
        data-autofocus
      />
    </FormModal>
  );
}
