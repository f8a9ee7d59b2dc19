//! Who works in any of one's stores: for owners and managers store by store, for the chain by its own list.

import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { isAdmin, may } from "../../access/index.ts";
import { http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useStores } from "../../shell/stores.tsx";
import type { Bulk } from "../../table/BulkBar.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { listed, usePages } from "../../table/pages.ts";
import { useAddress } from "../../table/state.ts";
import { Empty, Page, When, words } from "../../ui/bits.tsx";
import { AddModal } from "./AddModal.tsx";
import { columnsOf } from "./columns.tsx";
import { staffOf } from "./data.ts";
import { PeopleNav } from "./PeopleNav.tsx";
import { RightsModal } from "./RightsModal.tsx";
import { merged, type Worker } from "./staff.ts";

export function AllStaff() {
  const user = useUser();
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const [changing, setChanging] = useState<Worker | null>(null);
  const chain = user !== null && (isAdmin(user) || user.roles.includes("support"));
  const open = may(user, "PUT /users/{id}/rights") ? setChanging : undefined;
  return (
    <Page
      title="People"
      about={chain ? "Who works in the chain's stores." : "Who works in your stores."}
      actions={
        <>
          {may(user, "POST /invitations") && (
            <Button variant="default" onClick={() => void navigate({ to: "/all/people/invitations?new=1" })}>
              Invite somebody
            </Button>
          )}
          {may(user, "POST /stores/{id}/staff") && <Button onClick={() => setAdding(true)}>Add somebody</Button>}
        </>
      }
    >
      <PeopleNav />
      {chain ? <OfTheChain open={open} /> : <OfOwnStores open={open} />}
      {adding && <AddModal close={() => setAdding(false)} />}
      {changing && <RightsModal id={changing.id} name={changing.name} close={() => setChanging(null)} />}
    </Page>
  );
}

interface ListProps {
  open?: (one: Worker) => void;
}

/** The platform lists an owner's staff store by store: all of those lists as one. */
function OfOwnStores({ open }: ListProps) {
  const { stores = [] } = useStores();
  const lists = useQueries({ queries: stores.map((store) => staffOf(store.id)) });
  const failed = lists.find((list) => list.error);
  const known = lists.every((list) => list.data);
  const rows = known ? merged(stores.map((store, at) => ({ store: store.id, members: lists[at]?.data ?? [] }))) : undefined;
  const filters: Filter<Worker>[] = [
    {
      key: "role",
      label: "Role",
      options: ["staff", "manager"].map((value) => ({ value, label: words(value) })),
      passes: (one, value) => (one.roles as string[]).includes(value),
    },
    {
      key: "in",
      label: "Store",
      options: stores.map((store) => ({ value: store.id, label: store.name })),
      passes: (one, value) => one.stores.includes(value),
    },
  ];
  const again = () => void Promise.all(lists.map((list) => list.refetch()));
  return (
    <DataTable
      {...useTable(again)}
      rows={rows}
      filters={filters}
      error={failed?.error}
      retry={again}
      onOpen={open}
      empty={<Empty title="Nobody works in your stores yet">Add somebody who has registered, or invite them.</Empty>}
    />
  );
}

/** Everybody with one role, found by name or address: the platform searches. */
function OfTheChain({ open }: ListProps) {
  const [{ find = "", role = "staff", in: store }, change] = useAddress();
  const { stores = [] } = useStores();
  const [asked] = useDebouncedValue(find.trim(), 250);
  const query = usePages(
    ["staff", "chain", role, store, asked],
    async (cursor, signal) => {
      const { items, next_cursor } = await take(
        http.GET("/api/v1/users/staff", {
          params: { query: { role: role as Schemas["Role"], store_id: store, q: asked || undefined, limit: 50, cursor } },
          signal,
        }),
      );
      return { items: items.map((one) => ({ ...one, since: one.created_at })), next_cursor };
    },
    { keep: true },
  );
  const filters: Filter<Worker>[] = [
    { key: "role", label: "Staff", options: ["staff", "manager", "owner"].map((value) => ({ value, label: words(value) })) },
    { key: "in", label: "Store", options: stores.map((one) => ({ value: one.id, label: one.name })) },
  ];
  return (
    <>
      <TextInput
        mb="sm"
        maw={420}
        label="Find somebody"
        placeholder="Name or e-mail address"
        leftSection={<IconSearch size={17} />}
        value={find}
        onChange={(event) => change({ find: event.currentTarget.value })}
      />
      <DataTable
        {...useTable(() => void query.refetch())}
        {...listed(query)}
        filters={filters}
        onOpen={open}
        empty={<Empty title={asked ? `Nobody is called “${asked}”` : "Nobody yet"} />}
      />
    </>
  );
}

/** What both lists have in common. */
function useTable(after: () => void) {
  const user = useUser();
  const { stores = [] } = useStores();
  const name = (id: string) => stores.find((store) => store.id === id)?.name ?? "another store";
  const own = (one: Worker) => one.stores.filter((id) => stores.some((store) => store.id === id));
  const { who, email } = columnsOf<Worker>();
  const columns: Column<Worker>[] = [
    ...who,
    { key: "stores", label: "In", value: (one) => one.stores.map(name).join(", ") },
    email,
    { key: "since", label: "Since", value: (one) => one.since, render: (one) => <When at={one.since} />, right: true },
  ];
  const bulk: Bulk<Worker>[] = [
    {
      label: "Take their places away",
      name: (one) => one.name,
      ask: (rows) =>
        `${rows.map((one) => `${one.name} will not work in ${own(one).map(name).join(", ")} any more.`).join(" ")} Their access ends within ten minutes.`,
      skip: (one) => (one.id === user?.id ? "that is you" : own(one).length === 0 ? "works in no store" : undefined),
      run: async (one) => {
        // One after another: each changes the same person.
        for (const id of own(one)) await http.DELETE("/api/v1/stores/{id}/staff/{user_id}", { params: { path: { id, user_id: one.id } } });
      },
      after,
    },
  ];
  return {
    id: "all-people",
    label: "Staff",
    rowKey: (one: Worker) => one.id,
    columns,
    bulk: may(user, "DELETE /stores/{id}/staff/{user_id}") ? bulk : [],
  };
}
