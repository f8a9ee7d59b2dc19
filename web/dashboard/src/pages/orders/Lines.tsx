//! What was ordered, line by line, and where each part of the total comes from.

import type { Order } from "@kirana/api";
import { ActionIcon, Group, Menu, NumberInput, Text } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { format, http, LOCALE, money, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useAction } from "../../ui/action.tsx";
import { Cash, Mark } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { staleOf } from "./data.ts";
import { Reason } from "./Reason.tsx";

type Line = Order["lines"][number];

export function Lines({ order }: { order: Order }) {
  return (
    <div>
      {order.lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line's place is what it is called by
        <div key={at} className="orderline">
          <Text fw={650} className="num">
            {line.quantity} ×
          </Text>
          <div>
            <Group gap={8}>
              <Text fw={600} size="sm">
                {line.name}
              </Text>
              {line.age_restricted && <Mark tone="warm">Adults only</Mark>}
              {(line.cancelled ?? 0) > 0 && <Mark tone="bad">{line.cancelled} taken off</Mark>}
            </Group>
            {line.modifiers.map((modifier) => (
              <Text key={modifier.sku} size="xs" c="dimmed">
                {modifier.quantity > 1 ? `${modifier.quantity} × ` : ""}
                {modifier.name}
                {modifier.price.amount !== 0 && ` +${money(modifier.price)}`}
              </Text>
            ))}
            {line.weight && (
              <Text size="xs" c="dimmed">
                {line.weight.final_grams
                  ? `weighed ${format.weight(line.weight.final_grams, LOCALE)}`
                  : `about ${format.weight(line.weight.estimated_grams, LOCALE)}`}{" "}
                at {money(line.weight.price_per_kg)} a kilogram
              </Text>
            )}
            {line.discounts?.map((discount) => (
              <Text key={discount.promotion_id} size="xs" style={{ color: "var(--accent)" }}>
                {discount.name} −{money(discount.amount)}
              </Text>
            ))}
            {line.substitute && (
              <Text size="xs" c="dimmed">
                Offered instead: {line.substitute.name}, the customer has not answered
              </Text>
            )}
          </div>
          <Cash value={line.total} />
          <LineMenu order={order} line={line} at={at} />
        </div>
      ))}
    </div>
  );
}

function LineMenu({ order, line, at }: { order: Order; line: Line; at: number }) {
  const user = useUser();
  const [task, setTask] = useState<"cancel" | "weigh" | null>(null);
  const open = ["confirmed", "preparing"].includes(order.status);
  const weighs = open && line.weight && may(user, "PUT /orders/{id}/lines/{line}/weight");
  const left = line.quantity - (line.cancelled ?? 0);
  const cancels = open && left > 0 && may(user, "PUT /orders/{id}/status");
  if (!weighs && !cancels) return <span />;
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={`More for ${line.name}`} size="sm">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {weighs && <Menu.Item onClick={() => setTask("weigh")}>Enter the weight</Menu.Item>}
          {cancels && (
            <Menu.Item color="chili" onClick={() => setTask("cancel")}>
              Take pieces off
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {task === "cancel" && <TakeOff order={order} line={line} at={at} left={left} close={() => setTask(null)} />}
      {task === "weigh" && <Weigh order={order} line={line} at={at} close={() => setTask(null)} />}
    </>
  );
}

function TakeOff({ order, line, at, left, close }: { order: Order; line: Line; at: number; left: number; close: () => void }) {
  const [quantity, setQuantity] = useState(1);
  const [reason, setReason] = useState("");
  const act = useAction(
    (_: string) =>
      take(
        http.POST("/api/v1/orders/{id}/lines/{line}/cancel", { params: { path: { id: order.id, line: at } }, body: { quantity, reason } }),
      ),
    {
      done: "Taken off; what was paid for it goes back",
      stale: staleOf(order),
      quiet: true,
      onDone: close,
    },
  );
  return (
    <FormModal
      title={`Take off: ${line.name}`}
      close={close}
      action={act}
      submit="Take off"
      color="chili"
      disabled={!reason.trim()}
      onSubmit={() => act.mutate("")}
    >
      <NumberInput label="Pieces" min={1} max={left} value={quantity} onChange={(value) => setQuantity(Number(value))} />
      <Reason description="The customer sees it" value={reason} change={setReason} first />
    </FormModal>
  );
}

function Weigh({ order, line, at, close }: { order: Order; line: Line; at: number; close: () => void }) {
  const [grams, setGrams] = useState<number | string>("");
  const act = useAction(
    (_: string) =>
      take(
        http.PUT("/api/v1/orders/{id}/lines/{line}/weight", {
          params: { path: { id: order.id, line: at } },
          body: { grams: Number(grams) },
        }),
      ),
    {
      done: "Weighed: line, total and tax follow",
      stale: staleOf(order),
      quiet: true,
      onDone: close,
    },
  );
  return (
    <FormModal title={`Weigh: ${line.name}`} close={close} action={act} submit="Take it" disabled={!grams} onSubmit={() => act.mutate("")}>
      <NumberInput label="Grams" min={1} value={grams} onChange={setGrams} suffix=" g" data-autofocus />
    </FormModal>
  );
}

/** Where the total comes from, part by part. */
export function Price({ order }: { order: Order }) {
  const { totals } = order;
  // The subtotal is what is left after what was taken off: what that was taken off from is told first, so that the parts add up.
  const promotions = order.promotions ?? [];
  const off = promotions.length > 0 ? promotions.reduce((sum, one) => sum + one.amount.amount, 0) : (totals.discount?.amount ?? 0);
  const before = { ...totals.subtotal, amount: totals.subtotal.amount + off };
  const parts: Array<[string, string, boolean?]> = [["Goods", money(before)]];
  for (const promotion of promotions) {
    parts.push([`${promotion.name}${promotion.coupon ? ` (coupon ${promotion.coupon})` : ""}`, `−${money(promotion.amount)}`]);
  }
  if (totals.discount && promotions.length === 0) parts.push(["Discount", `−${money(totals.discount)}`]);
  for (const fee of totals.fees ?? []) parts.push([fee.kind === "delivery" ? "Delivery" : "Small order", money(fee.amount)]);
  if (totals.tip) parts.push(["Tip", money(totals.tip)]);
  const taxes = totals.taxes ?? [];
  if (!totals.tax_inclusive) {
    for (const tax of taxes.length > 0 ? taxes : [{ name: "Tax", amount: totals.tax }]) parts.push([tax.name, money(tax.amount)]);
  }
  parts.push(["Total", money(totals.total), true]);
  return (
    <div className="price">
      {parts.map(([name, amount, strong]) => (
        <div key={name} style={{ fontWeight: strong ? 650 : 400 }}>
          <span>{name}</span>
          <span className="num">{amount}</span>
        </div>
      ))}
      {totals.tax_inclusive && (
        <Text size="xs" c="dimmed" ta="right">
          {taxes.length > 0
            ? taxes
                .map((tax) => `${tax.name} ${(tax.rate_ppm / 10_000).toLocaleString()}% of ${money(tax.on)}: ${money(tax.amount)}`)
                .join(", ")
            : `with ${money(totals.tax)} tax${totals.tax_rate_bp ? ` (${totals.tax_rate_bp / 100}%)` : ""}`}
          , in the prices
        </Text>
      )}
    </div>
  );
}
