//! Orders of a store, the newest first, moving while one looks.

import type { Order } from "@kirana/api";
import { Alert, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { may } from "../../access/index.ts";
import { http, money, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope, useStore, useStores } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { listed, rowsOf } from "../../table/pages.ts";
import { useAddress } from "../../table/state.ts";
import { Card, Cash, Empty, Id, Mark, Page, span, useNow, When } from "../../ui/bits.tsx";
import { back, localDay, midnight } from "../today/figures.ts";
import { cancellable, FULFILMENT, nextSteps, STATUS, type Status, useFound, useOrders, type Wanted } from "./data.ts";
import { OrderMark } from "./OrderMark.tsx";

export function Orders() {
  const store = useStore();
  const scope = useScope();
  if (scope === "all" || !store) return <WhichStore />;
  return <StoreOrders store={store.id} zone={store.time_zone} />;
}

function StoreOrders({ store, zone }: { store: string; zone: string }) {
  const user = useUser();
  const [{ status, day, kind, q }, change] = useAddress();
  const known = status && status in STATUS ? (status as Status) : undefined;
  const wanted: Wanted = {
    ...(known ? { status: known } : {}),
    ...(kind && kind in FULFILMENT ? { fulfilment: kind as Order["fulfilment"] } : {}),
    ...(day ? { from: midnight(day, zone), until: midnight(back(day, -1), zone) } : {}),
  };
  const query = useOrders(store, wanted);
  const found = useFound(store, wanted, q);
  const loaded = rowsOf(query);
  // What moves while one looks may fit no more; what is found further back comes to what is here.
  const rows =
    loaded &&
    [...new Map([...(found.data ?? []), ...loaded].map((order) => [order.id, order])).values()]
      .filter(
        (order) =>
          (!day || localDay(Date.parse(order.placed_at), zone) === day) &&
          (!known || order.status === known) &&
          (!wanted.fulfilment || order.fulfilment === wanted.fulfilment),
      )
      .sort((a, b) => b.placed_at.localeCompare(a.placed_at));
  const now = useNow();
  const counter = may(user, "PUT /orders/{id}/status");
  const columns: Column<Order>[] = [
    { key: "number", label: "Order", value: (order) => order.pickup_number, phone: "title" },
    {
      key: "status",
      label: "Status",
      value: (order) => STATUS[order.status].label,
      render: (order) => <OrderMark status={order.status} />,
      phone: "side",
    },
    { key: "customer", label: "Customer", value: (order) => order.customer.name },
    {
      key: "kind",
      label: "Kind",
      value: (order) => FULFILMENT[order.fulfilment],
      render: (order) => `${FULFILMENT[order.fulfilment]}${order.table ? `, table ${order.table}` : ""}`,
    },
    {
      key: "items",
      label: "Items",
      value: (order) => order.lines.map((line) => `${line.quantity} × ${line.name}`).join(", "),
      render: (order) => <Items order={order} />,
      phone: "none",
    },
    {
      key: "total",
      label: "Total",
      value: (order) => order.totals.total.amount,
      text: (order) => money(order.totals.total),
      render: (order) => <Cash value={order.totals.total} />,
      right: true,
    },
    {
      key: "paid",
      label: "Paid",
      value: (order) => order.payment.paid.amount,
      text: (order) => money(order.payment.paid),
      render: (order) => <Paid order={order} />,
      right: true,
      extra: true,
    },
    {
      key: "due",
      label: "Promised",
      value: (order) => order.promised_at ?? null,
      render: (order) => <Promised order={order} now={now} />,
      extra: true,
    },
    {
      key: "placed",
      label: "Placed",
      value: (order) => order.placed_at,
      render: (order) => <When at={order.placed_at} zone={zone} />,
      right: true,
    },
    { key: "id", label: "Id", value: (order) => order.id, render: (order) => <Id of={order.id} />, extra: true },
  ];
  const filters: Filter<Order>[] = [
    { key: "status", label: "Status", options: Object.entries(STATUS).map(([value, { label }]) => ({ value, label })) },
    {
      key: "kind",
      label: "Kind",
      options: Object.entries(FULFILMENT).map(([value, label]) => ({ value, label })),
    },
  ];
  const name = (order: Order) => `${order.pickup_number}, ${order.customer.name}`;
  return (
    <Page
      title="Orders"
      mark={day ? <Mark tone="calm">{day}</Mark> : undefined}
      about="The newest first. Changes appear by themselves while the line is live."
    >
      {day && (
        <Alert
          variant="light"
          color="gray"
          mb="sm"
          withCloseButton
          closeButtonLabel="All days"
          onClose={() => change({ day: undefined })}
          py={8}
        >
          <Text size="sm">Only orders placed on {day}, by the store's own clock.</Text>
        </Alert>
      )}
      <DataTable
        id="orders"
        label="Orders"
        {...listed(query)}
        rows={rows}
        rowKey={(order) => order.id}
        columns={columns}
        filters={filters}
        note="Numbers and names are looked for among all orders, other words among those that are loaded."
        to={(order) => `/${store}/orders/${order.id}`}
        empty={<Empty title="No orders yet">The first one appears here the moment it is placed.</Empty>}
        bulk={
          counter
            ? [
                {
                  label: "Move on",
                  name,
                  ask: (orders) => `${orders.length} orders: what is ready is handed over, what is on its way is delivered.`,
                  skip: (order) =>
                    nextSteps(order).length === 0 ? `${STATUS[order.status].label.toLowerCase()}: nothing to do by hand` : undefined,
                  run: (order) => move(order, nextSteps(order)[0]?.status ?? order.status),
                  after: () => void query.refetch(),
                },
                {
                  label: "Cancel",
                  name,
                  ask: (orders) => `Cancel ${orders.length} orders? What was paid goes back. This cannot be taken back.`,
                  skip: (order) => (cancellable(order) ? undefined : `${STATUS[order.status].label.toLowerCase()}: too late to cancel`),
                  run: (order) =>
                    take(
                      http.POST("/api/v1/orders/{id}/cancel", {
                        params: { path: { id: order.id } },
                        body: { reason: "Called off by the store" },
                      }),
                    ),
                  after: () => void query.refetch(),
                },
              ]
            : undefined
        }
      />
    </Page>
  );
}

export const move = (order: Order, status: Status, seen?: boolean) =>
  take(
    http.PUT("/api/v1/orders/{id}/status", {
      params: { path: { id: order.id } },
      body: { status, ...(seen ? { document_seen: true } : {}) },
    }),
  );

function Items({ order }: { order: Order }) {
  return (
    <Text size="sm" truncate maw={340} title={order.lines.map((line) => `${line.quantity} × ${line.name}`).join("\n")}>
      {order.lines.map((line) => `${line.quantity} × ${line.name}`).join(", ")}
    </Text>
  );
}

function Paid({ order }: { order: Order }) {
  const { paid, refunded } = order.payment;
  return (
    <>
      <Cash value={paid} />
      {refunded.amount > 0 && (
        <Text span size="xs" c="dimmed">
          {" "}
          −{money(refunded)}
        </Text>
      )}
    </>
  );
}

function Promised({ order, now }: { order: Order; now: number }) {
  if (!order.promised_at) return <>—</>;
  const late = now - Date.parse(order.promised_at);
  const open = ["confirmed", "preparing"].includes(order.status);
  return open && late > 0 ? <Mark tone="bad">{span(late)} late</Mark> : <When at={order.promised_at} />;
}

/** Orders belong to a store: the roll-up leads to each. */
function WhichStore() {
  const { stores = [] } = useStores();
  return (
    <Page title="Orders" about="Orders are listed by store.">
      {stores.length === 0 ? (
        <Empty title="You have no stores yet" />
      ) : (
        <div style={{ display: "grid", gap: 10, gridTemplateColumns: "repeat(auto-fill, minmax(240px, 1fr))" }}>
          {stores.map((store) => (
            <Link key={store.id} to={`/${store.id}/orders`} style={{ textDecoration: "none" }}>
              <Card>
                <Text fw={600} size="sm">
                  {store.number} · {store.name}
                </Text>
                <Text size="xs" c="dimmed">
                  {store.city}
                </Text>
              </Card>
            </Link>
          ))}
        </div>
      )}
    </Page>
  );
}
