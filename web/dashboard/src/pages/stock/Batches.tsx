//! What is on hand by batch: where it came from, until when it is good, what it is worth.

import { may } from "../../access/index.ts";
import { format, LOCALE, money, type Schemas } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { Empty, Mark, useNow, When } from "../../ui/bits.tsx";
import { StockPage, useBatches, useNames, useUnits } from "./data.tsx";
import { writeDown } from "./move.ts";
import { daysUntil, quantity } from "./units.ts";

type Batch = Schemas["Batch"];

export function Expiry({ at, now }: { at?: string | null; now: number }) {
  if (!at) return <>keeps</>;
  const days = daysUntil(at, now);
  const day = format.day(at, LOCALE, "UTC");
  if (days < 0) return <Mark tone="bad">expired {day}</Mark>;
  if (days <= 1) return <Mark tone="bad">{days === 0 ? "today" : "tomorrow"}</Mark>;
  if (days <= 7) return <Mark tone="warm">in {days} days</Mark>;
  return <span className="num">{day}</span>;
}

export function useBatchColumns(store: { id: string; currency: string }, sku?: boolean): Column<Batch>[] {
  const now = useNow(60_000);
  const [name, unit] = [useNames(store.id), useUnits(store.id)];
  const columns: Column<Batch>[] = [
    {
      key: "expires",
      label: "Good until",
      value: (batch) => batch.expires_at ?? null,
      render: (batch) => <Expiry at={batch.expires_at} now={now} />,
      phone: "side",
    },
    { key: "lot", label: "Lot", value: (batch) => batch.lot ?? null },
    {
      key: "on_hand",
      label: "On hand",
      value: (batch) => batch.on_hand,
      render: (batch) => quantity(batch.on_hand, unit(batch.sku)),
      right: true,
    },
    {
      key: "reserved",
      label: "Held",
      value: (batch) => batch.reserved,
      render: (batch) => (batch.reserved ? quantity(batch.reserved, unit(batch.sku)) : "—"),
      right: true,
    },
    { key: "supplier", label: "Supplier", value: (batch) => batch.supplier ?? null },
    { key: "origin", label: "Origin", value: (batch) => batch.origin ?? null, extra: true },
    { key: "certification", label: "Certification", value: (batch) => batch.certification ?? null, extra: true },
    {
      key: "received",
      label: "Received",
      value: (batch) => batch.received_at,
      render: (batch) => <When at={batch.received_at} />,
      right: true,
      phone: "none",
    },
    {
      key: "value",
      label: "Worth",
      value: (batch) => batch.value,
      text: (batch) => batch.value / 100,
      render: (batch) => money({ amount: batch.value, currency: store.currency }),
      right: true,
    },
  ];
  if (!sku) columns.unshift({ key: "item", label: "Item", value: (batch) => name(batch.sku), phone: "title" });
  else columns.unshift({ key: "id", label: "Batch", value: (batch) => batch.id, render: (batch) => `No. ${batch.id}`, phone: "title" });
  return columns;
}

export function Batches() {
  const store = useTheStore();
  const user = useUser();
  const batches = useBatches(store.id);
  const columns = useBatchColumns(store);
  const name = useNames(store.id);
  const now = useNow(60_000);
  const filters: Filter<Batch>[] = [
    {
      key: "until",
      label: "Good until",
      options: [
        { value: "-1", label: "Expired" },
        { value: "1", label: "Today or tomorrow" },
        { value: "7", label: "Within a week" },
        { value: "30", label: "Within a month" },
      ],
      passes: (batch, value) => {
        if (!batch.expires_at) return false;
        const days = daysUntil(batch.expires_at, now);
        return value === "-1" ? days < 0 : days <= Number(value);
      },
    },
  ];
  return (
    <StockPage title="Batches" about="What expires first goes out first. What has expired is never sold.">
      <DataTable
        id="batches"
        label="Batches"
        rows={batches.data}
        rowKey={(batch) => String(batch.id)}
        columns={columns}
        filters={filters}
        sort="expires"
        to={(batch) => `/${store.id}/stock/items/${encodeURIComponent(batch.sku)}`}
        error={batches.error}
        retry={() => void batches.refetch()}
        empty={<Empty title="Nothing on hand">What is received stands here, batch by batch.</Empty>}
        bulk={
          may(user, "POST /inventory/stock-movement")
            ? [
                {
                  label: "Write off",
                  name: (batch) => `${name(batch.sku)}${batch.lot ? `, lot ${batch.lot}` : `, batch ${batch.id}`}`,
                  ask: (rows) => `Write off ${rows.length} batches as spoilt? It goes into the journal, and cannot be taken back.`,
                  skip: (batch) => (batch.on_hand - batch.reserved <= 0 ? "all of it is held for orders" : undefined),
                  run: (batch) =>
                    writeDown({
                      store_id: store.id,
                      kind: "spoil",
                      sku: batch.sku,
                      batch: batch.id,
                      quantity: batch.on_hand - batch.reserved,
                      reason: "Spoilt",
                    }),
                  after: () => void batches.refetch(),
                },
              ]
            : undefined
        }
      />
    </StockPage>
  );
}
