//! Modifiers of this store's menu: price and availability, each by one touch.

import { ActionIcon, Group, Switch, Text } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { money } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { failed, said } from "../../ui/action.tsx";
import { Card, Empty, Loading, Mark, words } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { MenuFrame, useChangeOverrides, useMenu, useOverrides } from "./data.tsx";
import { PriceModal } from "./MenuPage.tsx";
import { isSold, ownPrice, type Price, withOverride } from "./overrides.ts";

interface Row {
  sku: string;
  name: string;
  price?: Price;
}

export function Modifiers() {
  const store = useTheStore();
  const user = useUser();
  const [menu, overrides] = [useMenu(store.id), useOverrides(store.id)];
  const change = useChangeOverrides(store.id);
  const [pricing, setPricing] = useState<Row | null>(null);
  const edits = may(user, "PUT /stores/{id}/menu/overrides");
  if (menu.error || overrides.error) {
    return (
      <MenuFrame title="Modifiers">
        <ProblemView error={menu.error ?? overrides.error} retry={() => void Promise.all([menu.refetch(), overrides.refetch()])} />
      </MenuFrame>
    );
  }
  if (!menu.data || !overrides.data) {
    return (
      <MenuFrame title="Modifiers">
        <Loading />
      </MenuFrame>
    );
  }
  const list = overrides.data;
  const variants = new Set(menu.data.products.flatMap((product) => product.variants.map((variant) => variant.sku)));
  const used = (group: string) =>
    new Set(
      menu.data.products
        .filter((product) => product.variants.some((variant) => variant.modifier_groups.includes(group)))
        .map((product) => product.id),
    ).size;
  const known = new Set(menu.data.modifier_groups.flatMap((group) => group.modifiers.map((modifier) => modifier.sku)));
  // A menu does not tell of modifiers that are sold out: their group is in front of their sku.
  const hidden = list.filter((one) => one.available === false && !known.has(one.sku) && !variants.has(one.sku));
  const rest = (first?: string): Row[] => {
    const slug = first?.split("/")[0];
    return hidden
      .filter((one) => one.sku.split("/")[0] === slug)
      .map((one) => ({ sku: one.sku, name: words(one.sku.split("/").at(-1) ?? one.sku) }));
  };
  const toggle = async (row: Row, available: boolean) => {
    try {
      await change((now) => withOverride(now, row.sku, { available }));
      said(available ? `${row.name} is sold again` : `${row.name} is sold out`, () =>
        change((now) => withOverride(now, row.sku, { available: !available })),
      );
    } catch (error) {
      failed(error);
    }
  };
  const groups = menu.data.modifier_groups;
  return (
    <MenuFrame title="Modifiers" about="What customers choose with an item. Taking one off takes it off every item that has it.">
      {groups.length === 0 ? (
        <Empty title="This menu has no modifiers" />
      ) : (
        <div style={{ display: "grid", gap: 14, gridTemplateColumns: "repeat(auto-fill, minmax(320px, 1fr))", alignItems: "start" }}>
          {groups.map((group) => (
            <Card
              key={group.id}
              title={group.name}
              aside={
                <Text size="xs" c="dimmed" style={{ flex: "none" }}>
                  {rule(group.min, group.max)}, {used(group.id) === 1 ? "1 item" : `${used(group.id)} items`}
                </Text>
              }
            >
              {[...group.modifiers, ...rest(group.modifiers[0]?.sku)].map((modifier: Row) => (
                <Group
                  key={modifier.sku}
                  justify="space-between"
                  wrap="nowrap"
                  py={6}
                  style={{ borderTop: "1px solid color-mix(in srgb, var(--line) 60%, transparent)" }}
                >
                  <Text size="sm" style={{ opacity: isSold(list, modifier.sku) ? 1 : 0.65 }}>
                    {modifier.name}
                  </Text>
                  <Group gap={6} wrap="nowrap">
                    {modifier.price && (
                      <Text size="sm" className="num" fw={ownPrice(list, modifier.sku) ? 650 : 400}>
                        {modifier.price.amount === 0 ? "free" : `+${money(modifier.price, true)}`}
                      </Text>
                    )}
                    {edits && modifier.price && (
                      <ActionIcon size="sm" aria-label={`Price of ${modifier.name}`} onClick={() => setPricing(modifier)}>
                        <IconPencil size={14} />
                      </ActionIcon>
                    )}
                    {edits ? (
                      <Switch
                        size="sm"
                        aria-label={`${modifier.name} is on sale`}
                        checked={isSold(list, modifier.sku)}
                        onChange={(event) => void toggle(modifier, event.currentTarget.checked)}
                      />
                    ) : isSold(list, modifier.sku) ? null : (
                      <Mark tone="bad">Sold out</Mark>
                    )}
                  </Group>
                </Group>
              ))}
            </Card>
          ))}
        </div>
      )}
      {pricing?.price && (
        <PriceModal
          title={pricing.name}
          sku={pricing.sku}
          chain={pricing.price}
          own={ownPrice(list, pricing.sku)}
          unknown={ownPrice(list, pricing.sku) !== undefined}
          close={() => setPricing(null)}
        />
      )}
    </MenuFrame>
  );
}

export function rule(min: number, max: number): string {
  if (min === max) return `exactly ${min}`;
  if (min === 0) return `up to ${max}`;
  return `${min} to ${max}`;
}
