//! What this store sells, at what price, and what is sold out: one touch each. Items are the chain's.

import { ActionIcon, Button, Group, Modal, Stack, Switch, Text, TextInput, Tooltip } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { format, http, money, type Schemas } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { failed, said, useAction } from "../../ui/action.tsx";
import { Empty, Mark } from "../../ui/bits.tsx";
import { MenuFrame, useChangeOverrides, useMenu, useOverrides, useProducts } from "./data.tsx";
import { isSold, ownPrice, type Price, withOverride } from "./overrides.ts";

interface Row {
  sku: string;
  product: Schemas["MenuProduct"];
  variant: Schemas["MenuVariant"];
  sold: boolean;
  own?: Price;
}

export function MenuPage() {
  const store = useTheStore();
  const user = useUser();
  const [menu, products, overrides] = [useMenu(store.id), useProducts(), useOverrides(store.id)];
  const change = useChangeOverrides(store.id);
  const [pricing, setPricing] = useState<Row | null>(null);
  const edits = may(user, "PUT /stores/{id}/menu/overrides");
  const list = overrides.data ?? [];
  const sells = new Set(menu.data?.products.flatMap((product) => product.variants.map((variant) => variant.sku)));
  // What is on no menu of this store and is not hidden by it belongs to another menu of the chain.
  const rows: Row[] | undefined =
    menu.data && products.data && overrides.data
      ? products.data
          .filter((product) => product.variants.some((variant) => sells.has(variant.sku) || list.some((one) => one.sku === variant.sku)))
          .flatMap((product) =>
            product.variants.map((variant) => ({
              sku: variant.sku,
              product,
              variant,
              sold: isSold(list, variant.sku),
              own: ownPrice(list, variant.sku),
            })),
          )
      : undefined;
  const out = rows?.filter((row) => !row.sold).length ?? 0;
  const name = (row: Row) => `${row.product.name}, ${row.variant.name}`;

  const toggle = async (row: Row, available: boolean) => {
    try {
      await change((now) => withOverride(now, row.sku, { available }));
      said(available ? `${name(row)} is sold again` : `${name(row)} is sold out`, () =>
        change((now) => withOverride(now, row.sku, { available: !available })),
      );
    } catch (error) {
      failed(error);
    }
  };
  const columns: Column<Row>[] = [
    { key: "item", label: "Item", value: (row) => name(row), render: (row) => <ItemName row={row} />, phone: "title" },
    { key: "category", label: "Category", value: (row) => row.product.category },
    {
      key: "price",
      label: "Price here",
      value: (row) => (row.own ?? row.variant.price).amount,
      text: (row) => money(row.own ?? row.variant.price),
      render: (row) => (
        <Group gap={4} justify="flex-end" wrap="nowrap" style={{ display: "inline-flex" }}>
          <span className="num" style={{ fontWeight: row.own ? 650 : 400 }}>
            {money(row.own ?? row.variant.price)}
            {row.variant.by_weight ? " / kg" : ""}
          </span>
          {edits && (
            <ActionIcon size="sm" aria-label={`Price of ${name(row)}`} onClick={() => setPricing(row)}>
              <IconPencil size={14} />
            </ActionIcon>
          )}
        </Group>
      ),
      right: true,
    },
    {
      key: "chain",
      label: "Chain's price",
      value: (row) => row.variant.price.amount,
      text: (row) => money(row.variant.price),
      render: (row) => (row.own ? money(row.variant.price) : "the same"),
      right: true,
      phone: "none",
    },
    {
      key: "sold",
      label: "On sale",
      value: (row) => (row.sold ? "yes" : "no"),
      render: (row) =>
        edits ? (
          <Switch
            aria-label={`${name(row)} is on sale`}
            checked={row.sold}
            onChange={(event) => void toggle(row, event.currentTarget.checked)}
          />
        ) : row.sold ? (
          <Mark tone="good">On sale</Mark>
        ) : (
          <Mark tone="bad">Sold out</Mark>
        ),
      phone: "side",
    },
    { key: "sku", label: "Code", value: (row) => row.sku, extra: true },
  ];
  const categories = [...new Set(rows?.map((row) => row.product.category))].sort();
  const filters: Filter<Row>[] = [
    {
      key: "category",
      label: "Category",
      options: categories.map((one) => ({ value: one, label: one })),
      passes: (row, value) => row.product.category === value,
    },
    {
      key: "show",
      label: "Show",
      options: [
        { value: "out", label: "Sold out" },
        { value: "own", label: "Own price" },
      ],
      passes: (row, value) => (value === "out" ? !row.sold : row.own !== undefined),
    },
  ];
  return (
    <MenuFrame
      title="Menu"
      mark={out > 0 ? <Mark tone="warm">{`${out} sold out`}</Mark> : undefined}
      about="The chain owns the items; a store may take one off, and sell it at its own price. It counts within seconds."
    >
      <DataTable
        id="menu"
        label="What this store sells"
        rows={rows}
        rowKey={(row) => row.sku}
        columns={columns}
        filters={filters}
        sort="category"
        error={menu.error ?? products.error ?? overrides.error}
        retry={() => void Promise.all([menu.refetch(), products.refetch(), overrides.refetch()])}
        empty={<Empty title="This store has no menu yet">Whoever runs the chain gives it one.</Empty>}
        bulk={
          edits
            ? [
                {
                  label: "Sold out",
                  name,
                  skip: (row) => (row.sold ? undefined : "is sold out already"),
                  run: (row) => change((now) => withOverride(now, row.sku, { available: false })),
                },
                {
                  label: "Back on sale",
                  name,
                  skip: (row) => (row.sold ? "is on sale already" : undefined),
                  run: (row) => change((now) => withOverride(now, row.sku, { available: true })),
                },
              ]
            : undefined
        }
      />
      {pricing && (
        <PriceModal
          title={name(pricing)}
          chain={pricing.variant.price}
          own={pricing.own}
          sku={pricing.sku}
          close={() => setPricing(null)}
        />
      )}
    </MenuFrame>
  );
}

function ItemName({ row }: { row: Row }) {
  return (
    <div style={{ opacity: row.sold ? 1 : 0.65 }}>
      <Group gap={8}>
        <Text size="sm" fw={600} component="span">
          {row.product.name}
        </Text>
        {row.product.age_restricted && (
          <Tooltip label="Sold to adults only">
            <span>
              <Mark tone="warm">18+</Mark>
            </span>
          </Tooltip>
        )}
      </Group>
      <Text size="xs" c="dimmed" component="div">
        {row.variant.name}
      </Text>
    </div>
  );
}

interface PriceModalProps {
  title: string;
  sku: string;
  chain: Price;
  own?: Price;
  /** Nobody says what the chain's price is while the store has its own. */
  unknown?: boolean;
  close: () => void;
}

export function PriceModal({ title, sku, chain, own, unknown, close }: PriceModalProps) {
  const store = useTheStore();
  const change = useChangeOverrides(store.id);
  const [text, setText] = useState(String((own ?? chain).amount / 10 ** format.minorDigits(chain.currency)));
  const amount = format.parseMoney(text, chain.currency);
  const act = useAction((price: Price | null) => change((now) => withOverride(now, sku, { price })), {
    done: (_, price) => (price ? `${title} costs ${money(price)} here` : `${title} costs what the chain says`),
    undo: () => change((now) => withOverride(now, sku, { price: own ?? null })),
    onDone: close,
  });
  return (
    <Modal opened onClose={close} title={title} size="sm">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (amount !== undefined) act.mutate({ amount, currency: chain.currency });
        }}
      >
        <Stack>
          <TextInput
            label={`Price in this store, ${chain.currency}`}
            description={unknown ? undefined : `The chain's price is ${money(chain)}`}
            inputMode="decimal"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            error={amount === undefined ? "An amount such as 45 or 45.50" : undefined}
            data-autofocus
          />
          <Group justify="space-between">
            {own ? (
              <Button variant="subtle" onClick={() => act.mutate(null)}>
                As the chain
              </Button>
            ) : (
              <span />
            )}
            <Button type="submit" loading={act.isPending} disabled={amount === undefined}>
              Set the price
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Gives the store the menu of an import. */
export const assignMenu = (store: string, menu: string) =>
  http.PUT("/api/v1/stores/{id}/menu", { params: { path: { id: store } }, body: { menu_id: menu } });
