//! Invitations that wait to be accepted.

import { Button, Group, Modal, MultiSelect, Select, Stack, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { isAdmin } from "../../access/index.ts";
import { http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useStores, useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { useAddress } from "../../table/state.ts";
import { useAction } from "../../ui/action.tsx";
import { Empty, Mark, Page, useNow, When, words } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { PeopleNav } from "./People.tsx";

type Invitation = Schemas["Invitation"];

export function Invitations() {
  const { stores = [] } = useStores();
  const [{ new: asked }, change] = useAddress();
  const now = useNow(60_000);
  const query = useInfiniteQuery({
    queryKey: ["invitations"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => take(http.GET("/api/v1/invitations", { params: { query: { limit: 100, cursor: pageParam } } })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
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
        rows={query.data?.pages.flatMap((page) => page.items)}
        rowKey={(one) => one.id}
        columns={columns}
        error={query.error}
        retry={() => void query.refetch()}
        more={{ has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() }}
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
    <Modal opened onClose={close} title="Invite somebody">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate({
            name,
            email,
            roles: [role],
            ...(inStores ? { stores: places } : {}),
            ...(role === "owner" ? { franchisee_id: store.franchisee_id } : {}),
          });
        }}
      >
        <Stack>
          {act.error && <ProblemView error={act.error} compact />}
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
          <Group justify="flex-end">
            <Button type="submit" loading={act.isPending} disabled={!name || !email || (inStores && places.length === 0)}>
              Send the letter
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
