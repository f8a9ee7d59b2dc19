//! Modifiers of this store's menu: price and availability, each by one touch.

import { ActionIcon, Group, Switch, Text } from "@mantine/core";
import { IconEye, IconEyeOff, IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { money, type Schemas } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { Card, Empty, Loading } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { type Choice, MenuFrame, useChoices, useMenu } from "./data.tsx";
import { rule } from "./groups.ts";
import { StandingMark, useStand } from "./MenuPage.tsx";
import { standing } from "./overrides.ts";
import { PriceModal } from "./PriceModal.tsx";

export function Modifiers() {
  const store = useTheStore();
  const user = useUser();
  const [menu, choices] = [useMenu(store.id), useChoices(store.id)];
  const stand = useStand(store.id);
  const [pricing, setPricing] = useState<Choice | null>(null);
  const edits = may(user, "PUT /stores/{id}/menu/overrides");
  const error = menu.error ?? choices.error;
  if (error || !menu.data || !choices.data) {
    return (
      <MenuFrame title="Modifiers">
        {error ? <ProblemView error={error} retry={() => void Promise.all([menu.refetch(), choices.refetch()])} /> : <Loading />}
      </MenuFrame>
    );
  }
  const used = (group: string) =>
    new Set(
      menu.data.products
        .filter((product) => product.variants.some((variant) => variant.modifier_groups.includes(group)))
        .map((product) => product.id),
    ).size;
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
              {choices.data
                .filter((one) => one.group === group.id)
                .map((one) => (
                  <Group
                    key={one.sku}
                    justify="space-between"
                    wrap="nowrap"
                    py={6}
                    style={{ borderTop: "1px solid color-mix(in srgb, var(--line) 60%, transparent)" }}
                  >
                    <Text size="sm" c={standing(one) === "sold" ? undefined : "dimmed"}>
                      {one.name}
                      {told(group, one.sku) && (
                        <Text span size="xs" c="dimmed">
                          {` ${told(group, one.sku)}`}
                        </Text>
                      )}
                    </Text>
                    <Group gap={6} wrap="nowrap">
                      <Text size="sm" className="num" fw={one.own_price ? 650 : 400}>
                        {(one.own_price ?? one.price).amount === 0 ? "free" : `+${money(one.own_price ?? one.price, true)}`}
                      </Text>
                      {edits && (
                        <ActionIcon size="sm" aria-label={`Price of ${one.name}`} onClick={() => setPricing(one)}>
                          <IconPencil size={14} />
                        </ActionIcon>
                      )}
                      {edits && (
                        <ActionIcon
                          size="sm"
                          aria-label={one.hidden ? `Offer ${one.name} in this store` : `Hide ${one.name} in this store`}
                          onClick={() => void stand(one, one.hidden ? "sold" : "hidden")}
                        >
                          {one.hidden ? <IconEye size={14} /> : <IconEyeOff size={14} />}
                        </ActionIcon>
                      )}
                      {edits && !one.hidden ? (
                        <Switch
                          size="sm"
                          aria-label={`${one.name} is on sale`}
                          checked={one.available}
                          onChange={(event) => void stand(one, event.currentTarget.checked ? "sold" : "out")}
                        />
                      ) : (
                        standing(one) !== "sold" && <StandingMark one={one} />
                      )}
                    </Group>
                  </Group>
                ))}
            </Card>
          ))}
        </div>
      )}
      {pricing && <PriceModal title={pricing.name} of={pricing} close={() => setPricing(null)} />}
    </MenuFrame>
  );
}

/** What the chain says of an option beside its price. */
function told(group: Schemas["ModifierGroup"], sku: string): string {
  const one = group.modifiers.find((modifier) => modifier.sku === sku);
  return [one?.preselected && "chosen beforehand", one?.age_restricted && "adults only"].filter(Boolean).join(", ");
}
