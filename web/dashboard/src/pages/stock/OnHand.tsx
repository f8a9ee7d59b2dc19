//! What the store has, exactly and now.

import { Button } from "@mantine/core";
import { IconBarcode } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { may } from "../../access/index.ts";
import { money } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { Empty, Mark } from "../../ui/bits.tsx";
import { type Level, StockPage, useLevels, useUsage } from "./data.tsx";
import { quantity } from "./units.ts";

export type State = "out" | "low" | "fine";
export const stateOf = (level: Level): State =>
  level.available <= 0 ? "out" : level.available <= level.low_stock_threshold ? "low" : "fine";

export function StateMark({ state }: { state: State }) {
  if (state === "out") return <Mark tone="bad">Out</Mark>;
  if (state === "low") return <Mark tone="warm">Low</Mark>;
  return <Mark tone="good">Enough</Mark>;
}

export function OnHand() {
  const store = useTheStore();
  const user = useUser();
  const levels = useLevels(store.id);
  const usage = useUsage(store.id);
  const cover = new Map(usage.data?.map((one) => [one.sku, one.cover_tenths ?? null]));
  const worth = (levels.data ?? []).reduce((sum, level) => sum + level.value, 0);
  const leads = may(user, "GET /inventory/valuation");
  const columns: Column<Level>[] = [
    { key: "name", label: "Item", value: (level) => level.name, phone: "title" },
    { key: "sku", label: "Code", value: (level) => level.sku, extra: true },
    {
      key: "state",
      label: "State",
      value: (level) => ["out", "low", "fine"].indexOf(stateOf(level)),
      text: (level) => stateOf(level),
      render: (level) => <StateMark state={stateOf(level)} />,
      phone: "side",
    },
    {
      key: "available",
      label: "Free to sell",
      value: (level) => level.available,
      render: (level) => quantity(level.available, level.unit),
      right: true,
    },
    {
      key: "reserved",
      label: "Held for orders",
      value: (level) => level.reserved,
      render: (level) => (level.reserved === 0 ? "—" : quantity(level.reserved, level.unit)),
      right: true,
    },
    {
      key: "on_hand",
      label: "On hand",
      value: (level) => level.on_hand,
      render: (level) => quantity(level.on_hand, level.unit),
      right: true,
    },
    {
      key: "threshold",
      label: "Low at",
      value: (level) => level.low_stock_threshold,
      render: (level) => quantity(level.low_stock_threshold, level.unit),
      right: true,
      phone: "none",
    },
    {
      key: "cover",
      label: "Lasts",
      value: (level) => cover.get(level.sku) ?? null,
      text: (level) => (cover.get(level.sku) ?? 0) / 10,
      render: (level) => {
        const tenths = cover.get(level.sku);
        if (tenths === null || tenths === undefined) return "—";
        return tenths < 10 ? "under a day" : `${(tenths / 10).toFixed(tenths < 100 ? 1 : 0)} days`;
      },
      right: true,
    },
  ];
  if (leads) {
    columns.push({
      key: "value",
      label: "Worth",
      value: (level) => level.value,
      text: (level) => level.value / 100,
      render: (level) => money({ amount: level.value, currency: store.currency }),
      right: true,
      phone: "none",
    });
  }
  const filters: Filter<Level>[] = [
    {
      key: "state",
      label: "State",
      options: [
        { value: "short", label: "Low or out" },
        { value: "out", label: "Out" },
        { value: "fine", label: "Enough" },
      ],
      passes: (level, value) => (value === "short" ? stateOf(level) !== "fine" : stateOf(level) === value),
    },
  ];
  return (
    <StockPage
      title="Stock"
      about={
        leads && levels.data ? `${levels.data.length} items, worth ${money({ amount: worth, currency: store.currency }, true)}` : undefined
      }
      actions={
        <Button component={Link} to={`/${store.id}/stock/receive`} leftSection={<IconBarcode size={17} />}>
          Receive goods
        </Button>
      }
    >
      <DataTable
        id="stock"
        label="Stock on hand"
        rows={levels.data}
        rowKey={(level) => level.sku}
        columns={columns}
        filters={filters}
        sort="state"
        to={(level) => `/${store.id}/stock/items/${encodeURIComponent(level.sku)}`}
        error={levels.error}
        retry={() => void levels.refetch()}
        empty={<Empty title="No stock items yet">Items come with the store's set-up, and with what is received.</Empty>}
      />
    </StockPage>
  );
}
