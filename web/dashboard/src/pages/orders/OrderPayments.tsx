//! What was paid for an order, and giving it back.

import { Intent, type Order } from "@kirana/api";
import { Button, Group, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { may } from "../../access/index.ts";
import { format, http, LOCALE, money, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useAction } from "../../ui/action.tsx";
import { Card, Empty, Loading, Mark, words } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { staleOf } from "./data.ts";
import { Reason } from "./Reason.tsx";

type Payment = Schemas["Payment"];

export const PAYMENT_TONE: Record<Schemas["Status"], "good" | "warm" | "bad" | "quiet"> = {
  initiated: "warm",
  unknown: "warm",
  requires_action: "warm",
  pending: "warm",
  authorised: "warm",
  completed: "good",
  refunded: "quiet",
  failed: "bad",
  cancelled: "quiet",
};

export function Payments({ order }: { order: Order }) {
  const user = useUser();
  const [refunding, setRefunding] = useState<Payment | null>(null);
  const query = useQuery({
    queryKey: ["order-more", order.id, "payments"],
    queryFn: () => take(http.GET("/api/v1/payments/order/{order_id}", { params: { path: { order_id: order.id } } })),
  });
  const collected = useAction(
    (payment: Payment) => take(http.POST("/api/v1/payments/{id}/collected", { params: { path: { id: payment.id } }, body: {} })),
    {
      done: "The cash is noted",
      stale: staleOf(order),
    },
  );
  return (
    <Card title="Payments">
      {query.error ? (
        <ProblemView error={query.error} retry={() => void query.refetch()} compact />
      ) : !query.data ? (
        <Loading lines={2} />
      ) : query.data.length === 0 && order.payment.paid.amount > 0 ? (
        <Text size="sm">
          {money(order.payment.paid)} taken at the counter{order.payment.tender ? ` by ${words(order.payment.tender).toLowerCase()}` : ""}.
        </Text>
      ) : query.data.length === 0 ? (
        <Empty title="Nothing paid yet" />
      ) : (
        <Stack gap="sm">
          {query.data.map((payment) => (
            <div key={payment.id}>
              <Group justify="space-between" wrap="nowrap">
                <Text size="sm" fw={600}>
                  {words(payment.gateway)}
                </Text>
                <Group gap={8} wrap="nowrap">
                  <Text size="sm" className="num">
                    {money(payment.amount)}
                  </Text>
                  <Mark tone={PAYMENT_TONE[payment.status]}>{words(payment.status)}</Mark>
                </Group>
              </Group>
              {payment.refunded.amount > 0 && (
                <Text size="xs" c="dimmed">
                  {money(payment.refunded)} given back
                </Text>
              )}
              {payment.failure && (
                <Text size="xs" style={{ color: "var(--bad-ink)" }}>
                  {payment.failure}
                </Text>
              )}
              {payment.flag && (
                <Text size="xs" style={{ color: "var(--warm-ink)" }}>
                  Flagged: {payment.flag}
                </Text>
              )}
              {payment.review === "open" && payment.status === "initiated" && (
                <Text size="xs" style={{ color: "var(--warm-ink)" }}>
                  Waits for a person to look at it
                  {may(user, "GET /payments/assessments") && (
                    <>
                      {": "}
                      <Link to={`/${order.store_id}/money/review`}>payments to review</Link>
                    </>
                  )}
                </Text>
              )}
              <Group gap={8} mt={6}>
                {may(user, "POST /payments/{id}/refund") && payment.captured.amount > payment.refunded.amount && (
                  <Button size="xs" variant="default" onClick={() => setRefunding(payment)}>
                    Refund
                  </Button>
                )}
                {payment.gateway === "cash_on_delivery" && payment.status === "pending" && may(user, "POST /payments/{id}/collected") && (
                  <Button size="xs" onClick={() => collected.mutate(payment)} loading={collected.isPending}>
                    Cash collected
                  </Button>
                )}
              </Group>
            </div>
          ))}
        </Stack>
      )}
      {refunding && <Refund payment={refunding} order={order.id} close={() => setRefunding(null)} />}
    </Card>
  );
}

const REASONS = ["Something was missing", "Wrong item", "Not good", "Came too late"];

export function Refund({ payment, order, close }: { payment: Payment; order: string; close: () => void }) {
  const left = payment.captured.amount - payment.refunded.amount;
  const { currency } = payment.amount;
  const [whole, setWhole] = useState(true);
  const [text, setText] = useState("");
  const [reason, setReason] = useState("");
  const intent = useRef(new Intent());
  const amount = whole ? left : format.parseMoney(text, currency);
  const fault =
    whole || text === ""
      ? undefined
      : amount === undefined
        ? "An amount such as 12.50"
        : amount > left || amount === 0
          ? `At most ${money({ amount: left, currency })}, more than nothing`
          : undefined;
  const act = useAction(
    (body: Schemas["RefundRequest"]) =>
      take(
        http.POST("/api/v1/payments/{id}/refund", {
          params: { path: { id: payment.id }, header: { "Idempotency-Key": intent.current.key(body) } },
          body,
        }),
      ),
    {
      done: "On its way back to the customer",
      stale: [["order-more", order], ["order", order], ["payments"], ["refunds"]],
      quiet: true,
      onDone: () => {
        intent.current.done();
        close();
      },
    },
  );
  return (
    <FormModal
      title="Refund"
      close={close}
      action={act}
      submit={`Refund ${amount !== undefined && !fault ? money({ amount, currency }) : ""}`}
      color="chili"
      disabled={!reason.trim() || amount === undefined || Boolean(fault)}
      onSubmit={() => {
        if (amount !== undefined) act.mutate({ amount, reason });
      }}
    >
      <SegmentedControl
        value={whole ? "whole" : "part"}
        onChange={(value) => setWhole(value === "whole")}
        data={[
          { value: "whole", label: `All: ${format.money({ amount: left, currency }, LOCALE)}` },
          { value: "part", label: "A part" },
        ]}
      />
      {!whole && (
        <TextInput
          label={`Amount in ${currency}`}
          inputMode="decimal"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={fault}
          data-autofocus
        />
      )}
      <Reason value={reason} change={setReason} usual={REASONS} />
      <Text size="xs" c="dimmed">
        It goes back the way it came. Money that has left cannot be called back.
      </Text>
    </FormModal>
  );
}
