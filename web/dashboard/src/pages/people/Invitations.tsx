//! Invitations that wait to be accepted.

import { Button } from "@mantine/core";
import { http, type Schemas, take } from "../../api/index.ts";
import { useStores } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { listed, usePages } from "../../table/pages.ts";
import { useAddress } from "../../table/state.ts";
import { Empty, Mark, Page, useNow, When, words } from "../../ui/bits.tsx";
import { InviteModal } from "./InviteModal.tsx";
import { PeopleNav } from "./PeopleNav.tsx";

type Invitation = Schemas["Invitation"];

export function Invitations() {
  const { stores = [] } = useStores();
  const [{ new: asked }, change] = useAddress();
  const now = useNow(60_000);
  const query = usePages(["invitations"], (cursor, signal) =>
    take(http.GET("/api/v1/invitations", { params: { query: { limit: 100, cursor } }, signal })),
  );
  const place = (id: string) => stores.find((store) => store.id === id)?.name ?? "another store";
  const columns: Column<Invitation>[] = [
    { key: "name", label: "Name", value: (one) => one.name, phone: "title" },
    { key: "email", label: "E-mail", value: (one) => one.email },
    { key: "roles", label: "As", value: (one) => one.roles.map(words).join(", "), phone: "side" },
    { key: "stores", label: "In", value: (one) => one.stores.map(place).join(", ") },
    { key: "created", label: "Sent", value: (one) => one.created_at, render: (one) => <When at={one.created_at} /> },
    {
      key: "expires",
      label: "Good until",
      value: (one) => one.expires_at,
      render: (one) => (Date.parse(one.expires_at) < now ? <Mark tone="bad">Too old</Mark> : <When at={one.expires_at} />),
      right: true,
    },
  ];
  return (
    <Page
      title="Invitations"
      about="A letter goes to whoever is invited; they choose a password and are in."
      actions={<Button onClick={() => change({ new: "1" })}>Invite somebody</Button>}
    >
      <PeopleNav />
      <DataTable
        id="invitations"
        label="Invitations"
        {...listed(query)}
        rowKey={(one) => one.id}
        columns={columns}
        empty={<Empty title="Nobody is invited">Those who have accepted are among the staff.</Empty>}
        bulk={[
          {
            label: "Take back",
            name: (one) => one.name,
            run: (one) => http.DELETE("/api/v1/invitations/{id}", { params: { path: { id: one.id } } }),
            after: () => void query.refetch(),
          },
        ]}
      />
      {asked && <InviteModal close={() => change({ new: undefined })} />}
    </Page>
  );
}
