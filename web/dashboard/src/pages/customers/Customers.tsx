//! Customers, found by name or address. The server searches; nothing is counted.

import { useDebouncedValue } from "@mantine/hooks";
import { http, type Schemas, take } from "../../api/index.ts";
import { useScope } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { listed, usePages } from "../../table/pages.ts";
import { useAddress } from "../../table/state.ts";
import { Empty, Mark, When } from "../../ui/bits.tsx";
import { CustomersPage } from "./CustomersPage.tsx";

type User = Schemas["User"];

export function Customers() {
  const scope = useScope();
  const [{ q = "" }] = useAddress();
  const [asked] = useDebouncedValue(q.trim(), 250);
  const query = usePages(
    ["customers", asked],
    (cursor, signal) =>
      take(http.GET("/api/v1/users/customers", { params: { query: { q: asked || undefined, limit: 50, cursor } }, signal })),
    { keep: true },
  );
  const columns: Column<User>[] = [
    { key: "name", label: "Name", value: (user) => user.name, phone: "title" },
    { key: "email", label: "E-mail", value: (user) => user.email },
    {
      key: "verified",
      label: "Address",
      value: (user) => (user.email_verified ? "proved" : "not proved"),
      render: (user) => (user.email_verified ? <Mark tone="good">Proved</Mark> : <Mark tone="warm">Not proved</Mark>),
      phone: "side",
    },
    { key: "since", label: "Since", value: (user) => user.created_at, render: (user) => <When at={user.created_at} />, right: true },
  ];
  return (
    <CustomersPage title="Customers" about="What is shown of somebody is what serving them needs.">
      <DataTable
        id="customers"
        label="Customers"
        {...listed(query)}
        searched="api"
        placeholder="Name, e-mail or telephone"
        rowKey={(user) => user.id}
        columns={columns}
        to={(user) => `/${scope}/customers/${user.id}`}
        empty={<Empty title={asked ? `Nobody is called “${asked}”` : "No customers yet"} />}
      />
    </CustomersPage>
  );
}
