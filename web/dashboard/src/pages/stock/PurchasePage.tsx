//! One purchase order: its lines, its deliveries, and what comes next for it.

import { Intent } from "@kirana/api";
import { Button, Group, NumberInput, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { http, money, type Schemas, take } from "../../api/index.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { confirm, useAction } from "../../ui/action.tsx";
import { Card, Facts, Id, Loading, Mark, When } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { StockPage, useNames, useUnits } from "./data.tsx";
import { endOfDay } from "./move.ts";
import { costOf, moveOn, PURCHASE, type Purchase } from "./Purchases.tsx";
import { quantity, UNIT, type Unit } from "./units.ts";

export function PurchasePage() {
  const { purchase: id = "" } = useParams({ strict: false });
  const store = useTheStore();
  const [name, unit] = [useNames(store.id), useUnits(store.id)];
  const [receiving, setReceiving] = useState(false);
  const query = useQuery({
    queryKey: ["purchases", store.id, id],
    queryFn: () => take(http.GET("/api/v1/purchase-orders/{id}", { params: { path: { id } } })),
  });
  const step = useAction((status: Schemas["PurchaseStatus"]) => moveOn(query.data as Purchase, status), {
    done: "Done",
    stale: [["purchases", store.id]],
  });
  if (query.error)
    return (
      <StockPage title="Purchase order">
        <ProblemView error={query.error} retry={() => void query.refetch()} />
      </StockPage>
    );
  if (!query.data)
    return (
      <StockPage title="Purchase order">
        <Loading />
      </StockPage>
    );
  const order = query.data;
  const cash = (amount: number) => money({ amount, currency: store.currency });
  const open = order.status !== "closed" && order.status !== "received";
  return (
    <StockPage
      title={order.supplier}
      mark={<Mark tone={PURCHASE[order.status].tone}>{PURCHASE[order.status].label}</Mark>}
      about={order.automatic ? "Purchase order, drafted by itself because stock ran low" : "Purchase order"}
      actions={
        <>
          {open && (
            <Button
              variant="subtle"
              color="chili"
              onClick={() => confirm("Close this order?", "Nothing more will be received for it.", "Close it", () => step.mutate("closed"))}
            >
              Close
            </Button>
          )}
          {order.status === "draft" && (
            <Button loading={step.isPending} onClick={() => step.mutate("approved")}>
              Approve
            </Button>
          )}
          {order.status === "approved" && (
            <Button loading={step.isPending} onClick={() => step.mutate("sent")}>
              Mark as sent
            </Button>
          )}
          {order.status === "sent" && <Button onClick={() => setReceiving(true)}>Receive goods</Button>}
        </>
      }
    >
      <div className="two">
        <Card title="Lines">
          {order.lines.map((line) => {
            const ordered = line.packs * line.pack_size;
            return (
              <Group key={line.sku} justify="space-between" py={8} wrap="nowrap" style={{ borderBottom: "1px solid var(--line)" }}>
                <div style={{ minWidth: 0 }}>
                  <Text size="sm" fw={600} truncate>
                    {name(line.sku)}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {line.packs} × {quantity(line.pack_size, unit(line.sku))}
                  </Text>
                </div>
                <Group gap="md" wrap="nowrap">
                  {line.received > 0 && (
                    <Mark tone={line.received >= ordered ? "good" : "warm"}>{`${quantity(line.received, unit(line.sku))} here`}</Mark>
                  )}
                  <Text size="sm" className="num">
                    {cash(line.cost)}
                  </Text>
                </Group>
              </Group>
            );
          })}
          <Group justify="space-between" pt="sm">
            <Text fw={650}>Total</Text>
            <Text fw={650} className="num">
              {cash(costOf(order))}
            </Text>
          </Group>
        </Card>
        <div className="grid">
          <Card title="About it">
            <Facts
              of={[
                ["Written", <When key="w" at={order.created_at} zone={store.time_zone} />],
                ["Approved by", order.approved_by],
                ["Id", <Id key="i" of={order.id} />],
              ]}
            />
          </Card>
          {order.deliveries.length > 0 && (
            <Card title="Deliveries">
              {order.deliveries.map((delivery) => (
                <div key={delivery.request} style={{ paddingBottom: 8 }}>
                  <Text size="sm" fw={600}>
                    <When at={delivery.at} zone={store.time_zone} />
                  </Text>
                  {delivery.lines.map((line) => (
                    <Text key={`${line.sku} ${line.lot}`} size="sm" c="dimmed">
                      {quantity(line.quantity, unit(line.sku))} {name(line.sku)}
                      {line.lot ? `, lot ${line.lot}` : ""}
                    </Text>
                  ))}
                </div>
              ))}
            </Card>
          )}
        </div>
      </div>
      {receiving && <ReceiveModal order={order} name={name} unit={unit} close={() => setReceiving(false)} />}
    </StockPage>
  );
}

interface ReceiveProps {
  order: Purchase;
  name: (sku: string) => string;
  unit: (sku: string) => string;
  close: () => void;
}

function ReceiveModal({ order, name, unit, close }: ReceiveProps) {
  const store = useTheStore();
  const awaited = order.lines.filter((line) => line.received < line.packs * line.pack_size);
  const [lines, setLines] = useState(
    awaited.map((line) => ({
      sku: line.sku,
      left: line.packs * line.pack_size - line.received,
      quantity: (line.packs * line.pack_size - line.received) as number | string,
      lot: "",
      expires: "",
    })),
  );
  const intent = useRef(new Intent());
  const act = useAction(
    (body: Schemas["DeliveryRequest"]) =>
      take(
        http.POST("/api/v1/purchase-orders/{id}/receive", {
          params: { path: { id: order.id }, header: { "Idempotency-Key": intent.current.key(body) } },
          body,
        }),
      ),
    {
      done: "Received: it is on hand now",
      stale: [["purchases", store.id], ["stock", store.id], ["low-stock"]],
      quiet: true,
      onDone: close,
    },
  );
  const change = (sku: string, more: Partial<(typeof lines)[number]>) =>
    setLines(lines.map((line) => (line.sku === sku ? { ...line, ...more } : line)));
  const wanted = lines.filter((line) => Number(line.quantity) > 0);
  return (
    <FormModal
      title={`What came from ${order.supplier}`}
      size="xl"
      close={close}
      action={act}
      submit="Take it in"
      disabled={wanted.length === 0}
      onSubmit={() =>
        act.mutate({
          lines: wanted.map((line) => ({
            sku: line.sku,
            quantity: Number(line.quantity),
            ...(line.lot ? { lot: line.lot } : {}),
            ...(line.expires ? { expires_at: endOfDay(line.expires) } : {}),
          })),
        })
      }
    >
      {lines.map((line) => (
        <Group key={line.sku} align="flex-end" gap="sm">
          <Text size="sm" fw={600} style={{ flex: 1, minWidth: 140 }}>
            {name(line.sku)}
          </Text>
          <NumberInput
            w={160}
            label={`Quantity, ${UNIT[unit(line.sku) as Unit]}`}
            description={`${quantity(line.left, unit(line.sku))} awaited`}
            min={0}
            max={line.left}
            clampBehavior="none"
            error={Number(line.quantity) > line.left ? "more than is awaited" : undefined}
            allowDecimal={false}
            thousandSeparator=","
            value={line.quantity}
            onChange={(amount) => change(line.sku, { quantity: amount })}
          />
          <TextInput w={120} label="Lot" value={line.lot} onChange={(event) => change(line.sku, { lot: event.currentTarget.value })} />
          <TextInput
            w={150}
            label="Good until"
            type="date"
            value={line.expires}
            onChange={(event) => change(line.sku, { expires: event.currentTarget.value })}
          />
        </Group>
      ))}
    </FormModal>
  );
}
