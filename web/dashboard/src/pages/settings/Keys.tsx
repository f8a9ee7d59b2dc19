//! Keys by which other programs ask the API. The secret is shown once.

import { Alert, Button, Checkbox, Code, CopyButton, Group, MultiSelect, ScrollArea, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { scopesOf } from "../../access/index.ts";
import { http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useStores } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { listed, usePages } from "../../table/pages.ts";
import { useAction } from "../../ui/action.tsx";
import { Empty, Mark, useNow, When, words } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { Modal } from "../../ui/Window.tsx";
import { SettingsPage } from "./SettingsPage.tsx";

type Key = Schemas["ApiKey"];

export function Keys() {
  const { stores = [] } = useStores();
  const [making, setMaking] = useState(false);
  const now = useNow(60_000);
  const query = usePages(["keys"], (cursor, signal) =>
    take(http.GET("/api/v1/api-keys", { params: { query: { limit: 100, cursor } }, signal })),
  );
  const columns: Column<Key>[] = [
    { key: "name", label: "Name", value: (key) => key.name, phone: "title" },
    { key: "hint", label: "Begins with", value: (key) => key.hint, render: (key) => <Code>{key.hint}…</Code> },
    { key: "role", label: "Acts as", value: (key) => words(key.role), phone: "side" },
    { key: "scopes", label: "May", value: (key) => key.scopes.join(", ") },
    {
      key: "stores",
      label: "In",
      value: (key) =>
        key.stores.length === 0
          ? "all its role may"
          : key.stores.map((id) => stores.find((store) => store.id === id)?.name ?? "another store").join(", "),
      extra: true,
    },
    {
      key: "used",
      label: "Last used",
      value: (key) => key.last_used_at ?? null,
      render: (key) => (key.last_used_at ? <When at={key.last_used_at} /> : "never"),
    },
    {
      key: "expires",
      label: "Until",
      value: (key) => key.expires_at,
      render: (key) => (Date.parse(key.expires_at) < now ? <Mark tone="bad">Over</Mark> : <When at={key.expires_at} />),
      right: true,
    },
  ];
  return (
    <SettingsPage
      title="API keys"
      about="A key may do what its maker may do, in the scopes it is given, and never more."
      actions={<Button onClick={() => setMaking(true)}>New key</Button>}
    >
      <DataTable
        id="keys"
        label="API keys"
        {...listed(query)}
        rowKey={(key) => key.id}
        columns={columns}
        empty={<Empty title="No keys">Make one for a till, an accounting program, a screen.</Empty>}
        bulk={[
          {
            label: "Revoke",
            name: (key) => key.name,
            ask: (rows) =>
              `Revoke ${rows.map((key) => key.name).join(", ")}? Within a second nobody gets in with ${rows.length === 1 ? "it" : "them"}.`,
            run: (key) => http.DELETE("/api/v1/api-keys/{id}", { params: { path: { id: key.id } } }),
            after: () => void query.refetch(),
          },
        ]}
      />
      {making && <NewKey close={() => setMaking(false)} />}
    </SettingsPage>
  );
}

function NewKey({ close }: { close: () => void }) {
  const user = useUser();
  const { stores = [] } = useStores();
  const roles = (user?.roles ?? []).filter((role) => ["staff", "manager", "owner", "admin"].includes(role));
  const [name, setName] = useState("");
  const [role, setRole] = useState<Schemas["Role"]>(roles[0] ?? "staff");
  const [scopes, setScopes] = useState<string[]>([]);
  const [places, setPlaces] = useState<string[]>([]);
  const [days, setDays] = useState("90");
  const act = useAction((body: Schemas["NewApiKey"]) => take(http.POST("/api/v1/api-keys", { body })), { stale: [["keys"]], quiet: true });
  const inStores = role === "staff" || role === "manager";
  if (act.data) {
    const { secret } = act.data;
    return (
      <Modal opened onClose={close} title="The key" closeOnClickOutside={false} closeOnEscape={false}>
        <Stack>
          <Alert color="mango" variant="light">
            This is the only time it is shown. Keep it where secrets are kept.
          </Alert>
          <Code block style={{ wordBreak: "break-all", whiteSpace: "pre-wrap" }}>
            {secret}
          </Code>
          <Group justify="space-between">
            <CopyButton value={secret}>{({ copied, copy }) => <Button onClick={copy}>{copied ? "Copied" : "Copy"}</Button>}</CopyButton>
            <Button variant="default" onClick={close}>
              I have it
            </Button>
          </Group>
        </Stack>
      </Modal>
    );
  }
  return (
    <FormModal
      title="New API key"
      close={close}
      action={act}
      submit="Make the key"
      disabled={!name.trim() || scopes.length === 0 || (inStores && places.length === 0)}
      onSubmit={() => {
        const expires_at = new Date(Date.now() + Number(days) * 86_400_000).toISOString();
        act.mutate({ name, role, scopes, expires_at, ...(inStores ? { stores: places } : {}) });
      }}
    >
      <TextInput
        label="Name"
        placeholder="What uses it"
        required
        maxLength={60}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <Group grow>
        <Select
          label="Acts as"
          data={roles.map((value) => ({ value, label: words(value) }))}
          value={role}
          allowDeselect={false}
          onChange={(value) => {
            setRole((value ?? "staff") as Schemas["Role"]);
            setScopes([]);
          }}
        />
        <Select
          label="Good for"
          data={[
            { value: "30", label: "30 days" },
            { value: "90", label: "90 days" },
            { value: "364", label: "a year" },
          ]}
          value={days}
          allowDeselect={false}
          onChange={(value) => setDays(value ?? "90")}
        />
      </Group>
      {inStores && (
        <MultiSelect
          label="In"
          data={stores.map((store) => ({ value: store.id, label: store.name }))}
          value={places}
          onChange={setPlaces}
        />
      )}
      <Checkbox.Group label="What it may" description="Writing does not include reading" value={scopes} onChange={setScopes}>
        <ScrollArea.Autosize mah={220} mt={6}>
          <div style={{ display: "grid", gridTemplateColumns: "1fr 1fr", gap: 6 }}>
            {scopesOf(role).map((scope) => (
              <Checkbox key={scope} size="xs" value={scope} label={scope} />
            ))}
          </div>
        </ScrollArea.Autosize>
      </Checkbox.Group>
      <Text size="xs" c="dimmed">
        Give it as little as it needs.
      </Text>
    </FormModal>
  );
}
