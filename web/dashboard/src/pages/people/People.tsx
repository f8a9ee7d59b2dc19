//! Who works in this store, and as what; or, in the roll-up, in any of one's stores.

import { Button } from "@mantine/core";
import { Navigate, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useStore, useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { listed, usePages } from "../../table/pages.ts";
import { Empty, Page, When, words } from "../../ui/bits.tsx";
import { AddModal } from "./AddModal.tsx";
import { AllStaff } from "./AllStaff.tsx";
import { columnsOf } from "./columns.tsx";
import { PeopleNav } from "./PeopleNav.tsx";
import { RightsModal } from "./RightsModal.tsx";

type Member = Schemas["StaffMember"];

/** Who may not know who works here still sees who works when. */
export function People() {
  const store = useStore();
  const user = useUser();
  if (!store) return may(user, "GET /users/staff") ? <AllStaff /> : <Navigate to="/all/today" replace />;
  if (!may(user, "GET /stores/{id}/staff")) return <Navigate to={`/${store.id}/people/shifts`} replace />;
  return <Staff />;
}

function Staff() {
  const store = useTheStore();
  const user = useUser();
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const [changing, setChanging] = useState<Member | null>(null);
  const query = usePages(["staff", store.id], (cursor, signal) =>
    take(http.GET("/api/v1/stores/{id}/staff", { params: { path: { id: store.id }, query: { limit: 100, cursor } }, signal })),
  );
  const { who, email } = columnsOf<Member>();
  const columns: Column<Member>[] = [
    ...who,
    email,
    {
      key: "since",
      label: "Since",
      value: (one) => one.since,
      render: (one) => <When at={one.since} zone={store.time_zone} />,
      right: true,
    },
  ];
  const filters: Filter<Member>[] = [
    {
      key: "role",
      label: "Role",
      options: ["staff", "manager"].map((value) => ({ value, label: words(value) })),
      passes: (one, value) => (one.roles as string[]).includes(value),
    },
  ];
  return (
    <Page
      title="People"
      about={`Who works in ${store.name}. Owners and the chain's admins are not listed.`}
      actions={
        <>
          {may(user, "POST /invitations") && (
            <Button variant="default" onClick={() => void navigate({ to: `/${store.id}/people/invitations?new=1` })}>
              Invite somebody
            </Button>
          )}
          <Button onClick={() => setAdding(true)}>Add somebody</Button>
        </>
      }
    >
      <PeopleNav />
      <DataTable
        id="people"
        label="Staff"
        {...listed(query)}
        rowKey={(one) => one.user_id}
        columns={columns}
        filters={filters}
        onOpen={may(user, "PUT /users/{id}/rights") ? setChanging : undefined}
        empty={<Empty title="Nobody works here yet">Add somebody who has registered, or invite them.</Empty>}
        bulk={[
          {
            label: "Take their place away",
            name: (one) => one.name,
            ask: (rows) =>
              `${rows.map((one) => one.name).join(", ")} will not work in ${store.name} any more. Their access ends within ten minutes.`,
            skip: (one) => (one.user_id === user?.id ? "that is you" : undefined),
            run: (one) => http.DELETE("/api/v1/stores/{id}/staff/{user_id}", { params: { path: { id: store.id, user_id: one.user_id } } }),
            after: () => void query.refetch(),
          },
        ]}
      />
      {adding && <AddModal close={() => setAdding(false)} />}
      {changing && <RightsModal id={changing.user_id} name={changing.name} close={() => setChanging(null)} />}
    </Page>
  );
}
