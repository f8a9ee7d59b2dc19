//! Orders under way, the longest waiting first.

import type { Order } from "@kirana/api";
import { Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Store } from "../../shell/stores.tsx";
import { span, useNow } from "../../ui/bits.tsx";
import { FULFILMENT } from "../orders/data.ts";
import { OrderMark } from "../orders/OrderMark.tsx";

export const underWay = (orders: Order[]): Order[] =>
  orders
    .filter((order) => ["confirmed", "preparing", "ready", "dispatched"].includes(order.status))
    .sort((a, b) => a.placed_at.localeCompare(b.placed_at));

export function LiveOrders({ orders, store, most = 12 }: { orders: Order[]; store: Store; most?: number }) {
  const now = useNow();
  return (
    <div>
      {orders.slice(0, most).map((order) => {
        const late = order.promised_at && Date.parse(order.promised_at) < now && order.status !== "ready";
        return (
          <Link key={order.id} to={`/${store.id}/orders/${order.id}`} className="liverow">
            <Text fw={650} className="num">
              {order.pickup_number}
            </Text>
            <div style={{ minWidth: 0 }}>
              <Text size="sm" truncate>
                {order.lines.map((line) => `${line.quantity} × ${line.name}`).join(", ")}
              </Text>
              <Text size="xs" c="dimmed" truncate>
                {order.customer.name}, {FULFILMENT[order.fulfilment].toLowerCase()}
                {order.table ? `, table ${order.table}` : ""}
              </Text>
            </div>
            <Group gap={10} wrap="nowrap">
              <Text size="sm" className="num" fw={late ? 650 : 400} style={{ color: late ? "var(--bad-ink)" : "var(--soft)" }}>
                {span(now - Date.parse(order.placed_at))}
              </Text>
              <OrderMark status={order.status} />
            </Group>
          </Link>
        );
      })}
      {orders.length > most && (
        <Text size="sm" c="dimmed" mt={6}>
          and {orders.length - most} more
        </Text>
      )}
    </div>
  );
}
