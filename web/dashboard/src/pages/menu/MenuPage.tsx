//! What this store sells, at what price, and what is sold out: one touch each. The chain owns the items; a store picks from its list.

import { ActionIcon, Group, Menu, Switch, Text } from "@mantine/core";
import { IconDots, IconEyeOff, IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, money } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { failed, said } from "../../ui/action.tsx";
import { Empty, Mark } from "../../ui/bits.tsx";
import { type Choice, MenuFrame, useChangeOverrides, useChoices } from "./data.tsx";
import { type Standing, standing, toStand, withOverride } from "./overrides.ts";
import { PriceModal } from "./PriceModal.tsx";

const WORDS: Record<Standing, string> = { sold: "On sale", out: "Sold out", hidden: "Hidden" };
const DONE: Record<Standing, string> = { sold: "is sold again", out: "is sold out", hidden: "is off this store's menu" };

export const nameOf = (one: Choice): string => `${one.of}, ${one.name}`;

/** Makes something of the menu stand otherwise, with the way back. */
export function useStand(store: string) {
  const change = useChangeOverrides(store);
  return async (one: Choice, wanted: Standing) => {
    const before = standing(one);
    try {
      await change((now) => withOverride(now, one.sku, toStand(wanted)));
      said(`${one.kind === "variant" ? nameOf(one) : one.name} ${DONE[wanted]}`, () =>
        change((now) => withOverride(now, one.sku, toStand(before))),
      );
    } catch (error) {
      failed(error);
    }
  };
}

export function StandingMark({ one }: { one: Choice }) {
  const now = standing(one);
  return <Mark tone={now === "sold" ? "good" : now === "out" ? "bad" : "quiet"}>{WORDS[now]}</Mark>;
}

export function MenuPage() {
  const store = useTheStore();
  const user = useUser();
  const choices = useChoices(store.id);
  const change = useChangeOverrides(store.id);
  const stand = useStand(store.id);
  const [pricing, setPricing] = useState<Choice | null>(null);
  const edits = may(user, "PUT /stores/{id}/menu/overrides");
  const rows = choices.data?.filter((one) => one.kind === "variant");
  const out = rows?.filter((one) => standing(one) === "out").length ?? 0;
  const hidden = rows?.filter((one) => one.hidden).length ?? 0;
  const columns: Column<Choice>[] = [
    { key: "item", label: "Item", value: nameOf, render: (one) => <ItemName one={one} />, phone: "title" },
    { key: "category", label: "Category", value: (one) => one.category ?? "" },
    {
      key: "price",
      label: "Price here",
      value: (one) => (one.own_price ?? one.price).amount,
      text: (one) => money(one.own_price ?? one.price),
      render: (one) => (
        <Group gap={4} justify="flex-end" wrap="nowrap" style={{ display: "inline-flex" }}>
          <span className="num" style={{ fontWeight: one.own_price ? 650 : 400 }}>
            {money(one.own_price ?? one.price)}
          </span>
          {edits && (
            <ActionIcon size="sm" aria-label={`Price of ${nameOf(one)}`} onClick={() => setPricing(one)}>
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
      value: (one) => one.price.amount,
      text: (one) => money(one.price),
      render: (one) => (one.own_price ? money(one.price) : "the same"),
      right: true,
      phone: "none",
    },
    {
      key: "bounds",
      label: "From, to",
      value: (one) => one.least?.amount ?? null,
      render: (one) =>
        one.least || one.most ? `${one.least ? money(one.least) : "any"} – ${one.most ? money(one.most) : "any"}` : "any price",
      extra: true,
      right: true,
    },
    {
      key: "sold",
      label: "On sale",
      value: (one) => WORDS[standing(one)],
      render: (one) =>
        edits ? (
          <Group gap={6} wrap="nowrap">
            {one.hidden ? (
              <StandingMark one={one} />
            ) : (
              <Switch
                aria-label={`${nameOf(one)} is on sale`}
                checked={one.available}
                onChange={(event) => void stand(one, event.currentTarget.checked ? "sold" : "out")}
              />
            )}
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon size="sm" aria-label={`More about ${nameOf(one)}`}>
                  <IconDots size={15} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                {one.hidden ? (
                  <Menu.Item onClick={() => void stand(one, "sold")}>Put it on this store's menu</Menu.Item>
                ) : (
                  <Menu.Item leftSection={<IconEyeOff size={15} />} onClick={() => void stand(one, "hidden")}>
                    Hide it in this store
                  </Menu.Item>
                )}
              </Menu.Dropdown>
            </Menu>
          </Group>
        ) : (
          <StandingMark one={one} />
        ),
      phone: "side",
    },
    { key: "sku", label: "Code", value: (one) => one.sku, extra: true },
  ];
  const categories = [...new Set(rows?.map((one) => one.category ?? ""))].sort();
  const filters: Filter<Choice>[] = [
    {
      key: "category",
      label: "Category",
      options: categories.map((one) => ({ value: one, label: one })),
      passes: (one, value) => one.category === value,
    },
    {
      key: "show",
      label: "Show",
      options: [
        { value: "out", label: "Sold out" },
        { value: "hidden", label: "Hidden" },
        { value: "own", label: "Own price" },
      ],
      passes: (one, value) => (value === "own" ? Boolean(one.own_price) : standing(one) === value),
    },
  ];
  const bulk = (label: string, wanted: Standing) => ({
    label,
    name: nameOf,
    skip: (one: Choice) => (standing(one) === wanted ? `${WORDS[wanted].toLowerCase()} already` : undefined),
    run: (one: Choice) => change((now) => withOverride(now, one.sku, toStand(wanted))),
  });
  return (
    <MenuFrame
      title="Menu"
      mark={out > 0 ? <Mark tone="warm">{`${out} sold out`}</Mark> : undefined}
      about={`The chain owns the items; a store picks from its list, marks what is sold out, and may have its own prices. It counts within seconds.${hidden > 0 ? ` ${hidden} are hidden here.` : ""}`}
    >
      <DataTable
        id="menu"
        label="What this store sells"
        rows={rows}
        rowKey={(one) => one.sku}
        columns={columns}
        filters={filters}
        sort="category"
        error={choices.error}
        retry={() => void choices.refetch()}
        empty={<Empty title="This store has no menu yet">Whoever runs the chain gives it one.</Empty>}
        bulk={edits ? [bulk("Sold out", "out"), bulk("Back on sale", "sold"), bulk("Hide", "hidden")] : undefined}
      />
      {pricing && <PriceModal title={nameOf(pricing)} of={pricing} close={() => setPricing(null)} />}
    </MenuFrame>
  );
}

function ItemName({ one }: { one: Choice }) {
  return (
    <div>
      {/* What is not sold is lighter, and still read with ease. */}
      <Text size="sm" fw={600} c={standing(one) === "sold" ? undefined : "dimmed"}>
        {one.of}
      </Text>
      <Text size="xs" c="dimmed" component="div">
        {one.name}
      </Text>
    </div>
  );
}

/** Gives the store a menu of the chain's. */
export const assignMenu = (store: string, menu: string) =>
  http.PUT("/api/v1/stores/{id}/menu", { params: { path: { id: store } }, body: { menu_id: menu } });
