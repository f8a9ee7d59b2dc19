//! Invitations that wait to be accepted.

import { Button, MultiSelect, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { isAdmin } from "../../access/index.ts";
import { http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useStores, useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { listed, usePages } from "../../table/pages.ts";
import { useAddress } from "../../table/state.ts";
import { useAction } from "../../ui/action.tsx";
import { Empty, Mark, Page, useNow, When, words } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { PeopleNav } from "./People.tsx";

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
      {asked && <Invite close={() => change({ new: undefined })} />}
    </Page>
  );
}

function Invite({ close }: { close: () => void }) {
  const user = useUser();
  const store = useTheStore();
  const { stores = [] } = useStores();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Schemas["Role"]>("staff");
  const [places, setPlaces] = useState<string[]>([store.id]);
  const chain = user !== null && isAdmin(user);
  const inStores = role === "staff" || role === "manager";
  const act = useAction((body: Schemas["NewInvitation"]) => take(http.POST("/api/v1/invitations", { body })), {
    done: `A letter is on its way to ${email}`,
    stale: [["invitations"]],
    quiet: true,
    onDone: close,
  });
  const roles: Schemas["Role"][] = chain ? ["staff", "manager", "owner", "support", "admin"] : ["staff"];
  return (
    <FormModal
      title="Invite somebody"
      close={close}
      action={act}
      submit="Send the letter"
      disabled={!name || !email || (inStores && places.length === 0)}
      onSubmit={() =>
        act.mutate({
          name,
          email,
          roles: [role],
          ...(inStores ? { stores: places } : {}),
          ...(role === "owner" ? { franchisee_id: store.franchisee_id } : {}),
        })
      }
    >
      <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
      <TextInput label="E-mail address" type="email" required value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
      {roles.length > 1 && (
        <Select
          label="As"
          data={roles.map((value) => ({ value, label: value === "owner" ? `Owner of this store's franchise` : words(value) }))}
          value={role}
          onChange={(value) => setRole((value ?? "staff") as Schemas["Role"])}
          allowDeselect={false}
        />
      )}
      {inStores && (
        <MultiSelect label="In" data={stores.map((one) => ({ value: one.id, label: one.name }))} value={places} onChange={setPlaces} />
      )}
    </FormModal>
  );
}
