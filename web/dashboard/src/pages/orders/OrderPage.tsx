//! One order's whole story: what was ordered and why it costs that, how it went, what was paid, and what can be done now.

import { Button, Group, Text } from "@mantine/core";
import { IconPrinter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { may } from "../../access/index.ts";
import { format, http, LOCALE, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { Card, Facts, Id, Loading, Page } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { FULFILMENT, useOrder } from "./data.ts";
import { Lines, Price } from "./Lines.tsx";
import { OrderActions } from "./OrderActions.tsx";
import { OrderMark } from "./OrderMark.tsx";
import { Payments } from "./OrderPayments.tsx";
import { printReceipt } from "./receipt.ts";
import { Story } from "./Story.tsx";

export function OrderPage() {
  const { order: id = "" } = useParams({ strict: false });
  const store = useTheStore();
  const user = useUser();
  const query = useOrder(id);
  const order = query.data;
  if (query.error) {
    return (
      <Page title="Order">
        <ProblemView error={query.error} retry={() => void query.refetch()} />
        <Link to={`/${store.id}/orders`}>All orders</Link>
      </Page>
    );
  }
  if (!order) {
    return (
      <Page title="Order">
        <Loading lines={9} />
      </Page>
    );
  }
  const at = (moment?: string | null) => (moment ? format.moment(moment, LOCALE, store.time_zone) : null);
  return (
    <Page
      title={`Order ${order.pickup_number}`}
      mark={<OrderMark status={order.status} />}
      about={`${order.customer.name}, ${FULFILMENT[order.fulfilment].toLowerCase()}${order.table ? ` at table ${order.table}` : ""}, ${at(order.placed_at)}`}
      actions={
        <>
          <Button variant="default" leftSection={<IconPrinter size={16} />} onClick={() => void printReceipt(order.id)}>
            Receipt
          </Button>
          <OrderActions order={order} />
        </>
      }
    >
      <div className="two">
        <div className="grid">
          <Card title="What was ordered">
            <Lines order={order} />
            <Price order={order} />
          </Card>
          <Card title="How it went">
            <Story order={order} zone={store.time_zone} />
          </Card>
        </div>
        <div className="grid">
          <Card title="About it">
            <Facts
              of={[
                [
                  "Customer",
                  may(user, "GET /users/customers") ? (
                    <Link key="c" to={`/${store.id}/customers/${order.customer.id}`}>
                      {order.customer.name}
                    </Link>
                  ) : (
                    order.customer.name
                  ),
                ],
                ["Note", order.note],
                ["Bring to", order.deliver_to?.address],
                ["Promised", at(order.promised_at)],
                ["Wanted for", at(order.pickup_at ?? order.slot)],
                ["Pay until", order.status === "placed" ? at(order.pay_by) : null],
                ["Age checked", order.age ? `${order.age.min_age} or older` : null],
                ["Id", <Id key="id" of={order.id} />],
              ]}
            />
          </Card>
          <Payments order={order} />
          {order.payment.paid.amount > 0 && <Invoices order={order.id} zone={store.time_zone} />}
        </div>
      </div>
    </Page>
  );
}

function Invoices({ order, zone }: { order: string; zone: string }) {
  const query = useQuery({
    queryKey: ["order-more", order, "invoice"],
    retry: false,
    queryFn: () => take(http.GET("/api/v1/orders/{id}/invoice", { params: { path: { id: order } } })),
  });
  if (!query.data || query.data.length === 0) return null;
  return (
    <Card title="Invoices">
      {query.data.map((document: Schemas["InvoiceDocument"]) => (
        <Group key={`${document.kind} ${document.number}`} justify="space-between" py={4}>
          <div>
            <Text size="sm">
              {document.kind === "invoice" ? "Invoice" : "Credit note"} {document.number}
            </Text>
            <Text size="xs" c="dimmed">
              {format.moment(document.issued_at, LOCALE, zone)}
            </Text>
          </div>
          <Text size="sm" className="num">
            {format.money(document.amount, LOCALE)}
          </Text>
        </Group>
      ))}
    </Card>
  );
}
