//! Who delivers, and for what.

import { ActionIcon, Button, Group, NumberInput, Select, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { format, http, money, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { useAction } from "../../ui/action.tsx";
import { Empty, Loading } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { Drawer } from "../../ui/Window.tsx";
import { StockPage, useLevels, useNames, useSuppliers, useUnits } from "./data.tsx";
import { quantity } from "./units.ts";

type Supplier = Schemas["Supplier"];

export function Suppliers() {
  const user = useUser();
  const suppliers = useSuppliers();
  const [opened, setOpened] = useState<string | "new" | null>(null);
  const columns: Column<Supplier>[] = [
    { key: "name", label: "Supplier", value: (one) => one.name, phone: "title" },
    { key: "email", label: "E-mail", value: (one) => one.email ?? null },
    { key: "phone", label: "Telephone", value: (one) => one.phone ?? null },
    { key: "certifications", label: "Certifications", value: (one) => one.certifications.join(", ") },
  ];
  return (
    <StockPage
      title="Suppliers"
      about="The chain's. Orders are written by their price lists."
      actions={may(user, "POST /suppliers") && <Button onClick={() => setOpened("new")}>New supplier</Button>}
    >
      <DataTable
        id="suppliers"
        label="Suppliers"
        rows={suppliers.data}
        rowKey={(one) => one.id}
        columns={columns}
        onOpen={(one) => setOpened(one.id)}
        error={suppliers.error}
        retry={() => void suppliers.refetch()}
        empty={<Empty title="No suppliers yet">Whoever runs the chain adds them with their price lists.</Empty>}
      />
      {opened && <SupplierDrawer id={opened} close={() => setOpened(null)} />}
    </StockPage>
  );
}

function SupplierDrawer({ id, close }: { id: string; close: () => void }) {
  const user = useUser();
  const query = useQuery({
    queryKey: ["suppliers", id],
    enabled: id !== "new",
    queryFn: () => take(http.GET("/api/v1/suppliers/{id}", { params: { path: { id } } })),
  });
  const edits = may(user, "PUT /suppliers/{id}");
  return (
    <Drawer opened onClose={close} position="right" size="lg" title={id === "new" ? "New supplier" : (query.data?.name ?? "Supplier")}>
      {query.error ? (
        <ProblemView error={query.error} retry={() => void query.refetch()} />
      ) : id !== "new" && !query.data ? (
        <Loading />
      ) : edits ? (
        <SupplierForm id={id} supplier={query.data} close={close} />
      ) : (
        query.data && <PriceList supplier={query.data} />
      )}
    </Drawer>
  );
}

function PriceList({ supplier }: { supplier: Schemas["SupplierView"] }) {
  const store = useTheStore();
  const [name, unit] = [useNames(store.id), useUnits(store.id)];
  if (supplier.prices.length === 0) return <Empty title="No price list" />;
  return (
    <Stack gap={6}>
      {supplier.prices.map((price) => (
        <Group key={price.sku} justify="space-between" py={4} style={{ borderBottom: "1px solid var(--line)" }}>
          <div>
            <Text size="sm">{name(price.sku)}</Text>
            <Text size="xs" c="dimmed">
              {quantity(price.pack_size, unit(price.sku))} a pack{(price.min_packs ?? 1) > 1 ? `, at least ${price.min_packs}` : ""}
            </Text>
          </div>
          <Text size="sm" className="num">
            {money({ amount: price.pack_price, currency: store.currency })}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}

interface Row {
  sku: string;
  size: number | string;
  price: string;
  least: number | string;
}

function SupplierForm({ id, supplier, close }: { id: string; supplier?: Schemas["SupplierView"]; close: () => void }) {
  const store = useTheStore();
  const levels = useLevels(store.id);
  const name = useNames(store.id);
  const [called, setCalled] = useState(supplier?.name ?? "");
  const [email, setEmail] = useState(supplier?.email ?? "");
  const [phone, setPhone] = useState(supplier?.phone ?? "");
  const [certifications, setCertifications] = useState(supplier?.certifications ?? []);
  const digits = 10 ** format.minorDigits(store.currency);
  const [rows, setRows] = useState<Row[]>(
    (supplier?.prices ?? []).map((price) => ({
      sku: price.sku,
      size: price.pack_size,
      price: String(price.pack_price / digits),
      least: price.min_packs ?? 1,
    })),
  );
  const act = useAction(
    (body: Schemas["NewSupplier"]) =>
      id === "new"
        ? take(http.POST("/api/v1/suppliers", { body }))
        : take(http.PUT("/api/v1/suppliers/{id}", { params: { path: { id } }, body })),
    { done: "Kept", stale: [["suppliers"]], quiet: true, onDone: close },
  );
  const change = (sku: string, more: Partial<Row>) => setRows(rows.map((row) => (row.sku === sku ? { ...row, ...more } : row)));
  const good = called.trim() && rows.every((row) => Number(row.size) > 0 && format.parseMoney(row.price, store.currency) !== undefined);
  const left = (levels.data ?? []).filter((level) => !rows.some((row) => row.sku === level.sku));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        act.mutate({
          name: called.trim(),
          email: email || null,
          phone: phone || null,
          certifications,
          prices: rows.map((row) => ({
            sku: row.sku,
            pack_size: Number(row.size),
            pack_price: format.parseMoney(row.price, store.currency) ?? 0,
            min_packs: Number(row.least) || 1,
          })),
        });
      }}
    >
      <Stack>
        {act.error && <ProblemView error={act.error} compact />}
        <TextInput label="Name" required value={called} onChange={(event) => setCalled(event.currentTarget.value)} data-autofocus />
        <Group grow>
          <TextInput label="E-mail" type="email" value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
          <TextInput label="Telephone" type="tel" value={phone} onChange={(event) => setPhone(event.currentTarget.value)} />
        </Group>
        <TagsInput label="Certifications" value={certifications} onChange={setCertifications} placeholder="Type one, then Enter" />
        <Text size="sm" fw={600}>
          Price list
        </Text>
        {rows.length > 0 && (
          <Group gap="xs" wrap="nowrap" aria-hidden visibleFrom="sm">
            <span style={{ flex: 1 }} />
            {(
              [
                ["Pack size", 100],
                [`Price, ${store.currency}`, 100],
                ["From packs", 70],
                ["", 36],
              ] as const
            ).map(([label, width]) => (
              <Text key={label} size="xs" c="dimmed" w={width}>
                {label}
              </Text>
            ))}
          </Group>
        )}
        {rows.map((row) => (
          <Group key={row.sku} align="center" gap="xs">
            <Text size="sm" style={{ flex: "1 1 170px", minWidth: 0 }} truncate>
              {name(row.sku)}
            </Text>
            <NumberInput
              w={100}
              aria-label={`Pack size of ${name(row.sku)}`}
              placeholder="size"
              min={1}
              thousandSeparator=","
              value={row.size}
              onChange={(size) => change(row.sku, { size })}
            />
            <TextInput
              w={100}
              aria-label={`Price of a pack of ${name(row.sku)}`}
              placeholder="price"
              inputMode="decimal"
              value={row.price}
              onChange={(event) => change(row.sku, { price: event.currentTarget.value })}
            />
            <NumberInput
              w={70}
              aria-label={`Fewest packs of ${name(row.sku)}`}
              placeholder="from"
              min={1}
              value={row.least}
              onChange={(least) => change(row.sku, { least })}
            />
            <ActionIcon
              size={36}
              aria-label={`Take ${name(row.sku)} off the list`}
              onClick={() => setRows(rows.filter((one) => one.sku !== row.sku))}
            >
              <IconTrash size={17} />
            </ActionIcon>
          </Group>
        ))}
        <Select
          searchable
          label="Add an item"
          placeholder="Type a name"
          data={left.map((level) => ({ value: level.sku, label: level.name }))}
          value={null}
          onChange={(sku) => sku && setRows([...rows, { sku, size: "", price: "", least: 1 }])}
        />
        <Button type="submit" loading={act.isPending} disabled={!good}>
          Keep
        </Button>
      </Stack>
    </form>
  );
}
