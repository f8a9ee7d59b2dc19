//! Purchase orders: proposed or written, approved, sent, received.

import { Intent } from "@kirana/api";
import { Button, Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { http, money, type Schemas, take } from "../../api/index.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { listed, usePages } from "../../table/pages.ts";
import { said, useAction } from "../../ui/action.tsx";
import { Empty, Mark, When } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { StockPage, useNames, useSuppliers, useUnits } from "./data.tsx";
import { LinesEditor, type Wanted, whole } from "./LinesEditor.tsx";
import { quantity } from "./units.ts";

export type Purchase = Schemas["PurchaseOrder"];

export const PURCHASE: Record<Schemas["PurchaseStatus"], { label: string; tone: "warm" | "good" | "quiet" | "calm" }> = {
  draft: { label: "Draft", tone: "warm" },
  approved: { label: "Approved", tone: "calm" },
  sent: { label: "On order", tone: "warm" },
  received: { label: "Received", tone: "good" },
  closed: { label: "Closed", tone: "quiet" },
};

export const costOf = (purchase: Purchase): number => purchase.lines.reduce((sum, line) => sum + line.cost, 0);

export const moveOn = (purchase: Purchase, status: Schemas["PurchaseStatus"]) =>
  take(http.PUT("/api/v1/purchase-orders/{id}/status", { params: { path: { id: purchase.id } }, body: { status } }));

export function Purchases() {
  const store = useTheStore();
  const navigate = useNavigate();
  const [writing, setWriting] = useState(false);
  const query = usePages(["purchases", store.id], (cursor, signal) =>
    take(http.GET("/api/v1/purchase-orders", { params: { query: { store_id: store.id, limit: 50, cursor } }, signal })),
  );
  const propose = useAction((_: string) => take(http.POST("/api/v1/purchase-orders/propose", { body: { store_id: store.id } })), {
    stale: [["purchases", store.id]],
    onDone: (made) =>
      said(
        made.length === 0
          ? "Nothing is missing that is not on order already"
          : `${made.length} ${made.length === 1 ? "draft" : "drafts"} written`,
      ),
  });
  const columns: Column<Purchase>[] = [
    { key: "supplier", label: "Supplier", value: (one) => one.supplier, phone: "title" },
    {
      key: "status",
      label: "State",
      value: (one) => PURCHASE[one.status].label,
      render: (one) => <Mark tone={PURCHASE[one.status].tone}>{PURCHASE[one.status].label}</Mark>,
      phone: "side",
    },
    { key: "items", label: "Items", value: (one) => one.lines.length, right: true },
    {
      key: "cost",
      label: "Cost",
      value: costOf,
      text: (one) => costOf(one) / 100,
      render: (one) => money({ amount: costOf(one), currency: store.currency }),
      right: true,
    },
    {
      key: "received",
      label: "Received",
      value: (one) => share(one),
      render: (one) => (one.deliveries.length === 0 ? "—" : `${Math.round(share(one) * 100)}%`),
      right: true,
    },
    { key: "by", label: "Approved by", value: (one) => one.approved_by ?? null },
    { key: "auto", label: "Written", value: (one) => (one.automatic ? "by itself" : "by hand"), extra: true },
    {
      key: "created",
      label: "Date",
      value: (one) => one.created_at,
      render: (one) => <When at={one.created_at} zone={store.time_zone} />,
      right: true,
    },
  ];
  const filters: Filter<Purchase>[] = [
    {
      key: "status",
      label: "State",
      options: Object.entries(PURCHASE).map(([value, { label }]) => ({ value, label })),
      passes: (one, value) => one.status === value,
    },
  ];
  const bulk = (label: string, from: Schemas["PurchaseStatus"], to: Schemas["PurchaseStatus"]) => ({
    label,
    name: (one: Purchase) => one.supplier,
    skip: (one: Purchase) => (one.status === from ? undefined : `is ${PURCHASE[one.status].label.toLowerCase()}`),
    run: (one: Purchase) => moveOn(one, to),
    after: () => void query.refetch(),
  });
  return (
    <StockPage
      title="Purchase orders"
      about="What lacks by the pace of sales is drafted in whole packs, from whoever asks the least. A person approves and sends."
      actions={
        <>
          <Button variant="default" loading={propose.isPending} onClick={() => propose.mutate("")}>
            Propose orders
          </Button>
          <Button onClick={() => setWriting(true)}>New order</Button>
        </>
      }
    >
      <DataTable
        id="purchases"
        label="Purchase orders"
        {...listed(query)}
        rowKey={(one) => one.id}
        columns={columns}
        filters={filters}
        to={(one) => `/${store.id}/stock/purchases/${one.id}`}
        empty={<Empty title="Nothing ordered yet">“Propose orders” drafts what is missing, supplier by supplier.</Empty>}
        bulk={[bulk("Approve", "draft", "approved"), bulk("Mark as sent", "approved", "sent")]}
      />
      {writing && <Write close={() => setWriting(false)} open={(id) => void navigate({ to: `/${store.id}/stock/purchases/${id}` })} />}
    </StockPage>
  );
}

const share = (one: Purchase): number => {
  const ordered = one.lines.reduce((sum, line) => sum + line.cost, 0);
  return ordered === 0
    ? 0
    : one.lines.reduce((sum, line) => sum + (line.cost * line.received) / (line.packs * line.pack_size), 0) / ordered;
};

function Write({ close, open }: { close: () => void; open: (id: string) => void }) {
  const store = useTheStore();
  const suppliers = useSuppliers();
  const [name, unit] = [useNames(store.id), useUnits(store.id)];
  const [supplier, setSupplier] = useState<string | null>(null);
  const [lines, setLines] = useState<Wanted[]>([]);
  const intent = useRef(new Intent());
  const list = useQuery({
    queryKey: ["suppliers", supplier],
    enabled: supplier !== null,
    queryFn: () => take(http.GET("/api/v1/suppliers/{id}", { params: { path: { id: supplier ?? "" } } })),
  });
  const prices = list.data?.prices ?? [];
  const total = lines.reduce(
    (sum, line) => sum + Number(line.quantity || 0) * (prices.find((price) => price.sku === line.sku)?.pack_price ?? 0),
    0,
  );
  const act = useAction(
    (body: Schemas["NewPurchaseOrder"]) =>
      take(http.POST("/api/v1/purchase-orders", { params: { header: { "Idempotency-Key": intent.current.key(body) } }, body })),
    {
      done: "A draft is written",
      stale: [["purchases", store.id]],
      quiet: true,
      onDone: (made) => {
        close();
        open(made.id);
      },
    },
  );
  return (
    <FormModal
      title="New purchase order"
      size="lg"
      close={close}
      action={act}
      submit="Write the draft"
      disabled={!supplier || !whole(lines)}
      onSubmit={() => {
        if (supplier)
          act.mutate({
            store_id: store.id,
            supplier_id: supplier,
            lines: lines.map((line) => ({ sku: line.sku, packs: Number(line.quantity) })),
          });
      }}
    >
      <Select
        label="Supplier"
        data={(suppliers.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
        value={supplier}
        onChange={(value) => {
          setSupplier(value);
          setLines([]);
        }}
        data-autofocus
      />
      {supplier && list.data && (
        <LinesEditor
          choices={prices.map((price) => ({
            sku: price.sku,
            name: name(price.sku),
            unit: "packs",
            note: `${quantity(price.pack_size, unit(price.sku))} a pack, ${money({ amount: price.pack_price, currency: store.currency })}${(price.min_packs ?? 1) > 1 ? `, at least ${price.min_packs}` : ""}`,
          }))}
          lines={lines}
          change={setLines}
        />
      )}
      <Text size="sm" ta="right" fw={600}>
        {money({ amount: total, currency: store.currency })}
      </Text>
    </FormModal>
  );
}
