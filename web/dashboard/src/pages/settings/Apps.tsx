//! Other programs that people sign in to with their account here.

import { Alert, Button, Code, SegmentedControl, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { listed, usePages } from "../../table/pages.ts";
import { useAction } from "../../ui/action.tsx";
import { Empty, Id, When, words } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { Modal } from "../../ui/Window.tsx";
import { SettingsPage } from "./SettingsPage.tsx";

type Client = Schemas["Client"];

export function Apps() {
  const user = useUser();
  const [making, setMaking] = useState(false);
  const query = usePages(["clients"], (cursor, signal) =>
    take(http.GET("/api/v1/oauth/clients", { params: { query: { limit: 50, cursor } }, signal })),
  );
  const columns: Column<Client>[] = [
    { key: "name", label: "Program", value: (one) => one.client_name, phone: "title" },
    { key: "type", label: "Keeps a secret", value: (one) => (one.client_type === "confidential" ? "yes" : "no"), phone: "side" },
    { key: "scope", label: "May be told", value: (one) => one.scope },
    { key: "back", label: "Comes back to", value: (one) => one.redirect_uris.join(", ") },
    { key: "id", label: "Client id", value: (one) => one.client_id, render: (one) => <Id of={one.client_id} /> },
    { key: "since", label: "Since", value: (one) => one.created_at, render: (one) => <When at={one.created_at} />, right: true },
  ];
  return (
    <SettingsPage
      title="Integrations"
      about="Programs that sign people in with their account here (OpenID Connect)."
      actions={may(user, "POST /oauth/clients") && <Button onClick={() => setMaking(true)}>Add a program</Button>}
    >
      <DataTable
        id="clients"
        label="Programs"
        {...listed(query)}
        rowKey={(one) => one.client_id}
        columns={columns}
        empty={<Empty title="None yet">A planning tool, a wiki: whatever speaks OpenID Connect.</Empty>}
        bulk={[
          {
            label: "Remove",
            name: (one) => one.client_name,
            ask: (rows) => `Remove ${rows.map((one) => one.client_name).join(", ")}? Nobody signs in there with their account any more.`,
            run: (one) => http.DELETE("/api/v1/oauth/clients/{id}", { params: { path: { id: one.client_id } } }),
            after: () => void query.refetch(),
          },
        ]}
      />
      {making && <NewApp close={() => setMaking(false)} />}
    </SettingsPage>
  );
}

function NewApp({ close }: { close: () => void }) {
  const [name, setName] = useState("");
  const [kind, setKind] = useState<Schemas["ClientType"]>("confidential");
  const [uris, setUris] = useState<string[]>([]);
  const act = useAction((body: Schemas["NewClient"]) => take(http.POST("/api/v1/oauth/clients", { body })), {
    stale: [["clients"]],
    quiet: true,
  });
  if (act.data) {
    return (
      <Modal opened onClose={close} title={act.data.client_name} closeOnClickOutside={false}>
        <Stack>
          <Text size="sm">Client id</Text>
          <Code block>{act.data.client_id}</Code>
          {act.data.client_secret && (
            <>
              <Alert color="mango" variant="light">
                The secret is shown this once.
              </Alert>
              <Code block style={{ wordBreak: "break-all", whiteSpace: "pre-wrap" }}>
                {act.data.client_secret}
              </Code>
            </>
          )}
          <Button onClick={close}>I have it</Button>
        </Stack>
      </Modal>
    );
  }
  return (
    <FormModal
      title="Add a program"
      close={close}
      action={act}
      submit="Add"
      disabled={!name.trim() || uris.length === 0}
      onSubmit={() => act.mutate({ client_name: name, client_type: kind, redirect_uris: uris, scope: "openid profile email" })}
    >
      <TextInput
        label="Name"
        description="People see it when they are asked to agree"
        required
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <SegmentedControl
        value={kind}
        onChange={(value) => setKind(value as typeof kind)}
        data={[
          { value: "confidential", label: words("keeps a secret") },
          { value: "public", label: words("runs at people's") },
        ]}
      />
      <TagsInput
        label="Comes back to"
        description="Whole addresses, such as https://plan.example/callback"
        value={uris}
        onChange={setUris}
      />
    </FormModal>
  );
}
