//! What can be done with an order now: only what is legal for its state, and allowed to who looks.

import type { Order } from "@kirana/api";
import { Button, Checkbox, Text } from "@mantine/core";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useAction } from "../../ui/action.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { cancellable, nextSteps, type Status, staleOf } from "./data.ts";
import { move } from "./Orders.tsx";
import { Reason } from "./Reason.tsx";

export function OrderActions({ order }: { order: Order }) {
  const user = useUser();
  const [cancelling, setCancelling] = useState(false);
  const [checking, setChecking] = useState<Status | null>(null);
  const stale = staleOf(order);
  const ticket = { params: { path: { id: order.store_id, order_id: order.id } } };
  const bump = useAction((_: string) => take(http.POST("/api/v1/stores/{id}/kitchen/tickets/{order_id}/bump", ticket)), {
    done: "One step on",
    undo: () => take(http.POST("/api/v1/stores/{id}/kitchen/tickets/{order_id}/recall", ticket)),
    stale,
  });
  const step = useAction(({ status, seen }: { status: Status; seen?: boolean }) => move(order, status, seen), { done: "Done", stale });
  if (!may(user, "PUT /orders/{id}/status")) return null;
  const adults = order.lines.some((line) => line.age_restricted);
  const go = (status: Status) => (adults && status !== "dispatched" ? setChecking(status) : step.mutate({ status }));
  return (
    <>
      {cancellable(order) && (
        <Button variant="subtle" color="chili" onClick={() => setCancelling(true)}>
          Cancel order
        </Button>
      )}
      {order.status === "confirmed" && (
        <Button loading={bump.isPending} onClick={() => bump.mutate("")}>
          Start making
        </Button>
      )}
      {order.status === "preparing" && (
        <Button loading={bump.isPending} onClick={() => bump.mutate("")}>
          Ready
        </Button>
      )}
      {nextSteps(order).map(({ status, label }) => (
        <Button key={status} loading={step.isPending} onClick={() => go(status)}>
          {label}
        </Button>
      ))}
      {cancelling && <Cancel order={order} close={() => setCancelling(false)} />}
      {checking && (
        <AgeCheck
          close={() => setChecking(null)}
          yes={() => {
            step.mutate({ status: checking, seen: true });
            setChecking(null);
          }}
        />
      )}
    </>
  );
}

function Cancel({ order, close }: { order: Order; close: () => void }) {
  const [reason, setReason] = useState("");
  const act = useAction(
    (_: string) => take(http.POST("/api/v1/orders/{id}/cancel", { params: { path: { id: order.id } }, body: { reason } })),
    {
      done: "Cancelled",
      stale: staleOf(order),
      quiet: true,
      onDone: close,
    },
  );
  return (
    <FormModal
      title={`Cancel order ${order.pickup_number}?`}
      close={close}
      action={act}
      submit="Cancel order"
      color="chili"
      disabled={!reason.trim()}
      onSubmit={() => act.mutate("")}
      cancel="Keep the order"
    >
      <Text size="sm">
        {order.payment.paid.amount > 0
          ? "What was paid goes back, goods that were not used are free again."
          : "The goods that are held are free again."}{" "}
        This cannot be taken back.
      </Text>
      <Reason
        description="The customer sees it"
        value={reason}
        change={setReason}
        usual={["Out of stock", "Closing", "Customer asked"]}
        first
      />
    </FormModal>
  );
}

function AgeCheck({ close, yes }: { close: () => void; yes: () => void }) {
  const [seen, setSeen] = useState(false);
  return (
    <FormModal title="Adults only" close={close} submit="Hand over" disabled={!seen} onSubmit={yes}>
      <Text size="sm">This order has goods that only adults may buy.</Text>
      <Checkbox
        label="I have seen a document, and they are old enough"
        checked={seen}
        onChange={(event) => setSeen(event.currentTarget.checked)}
      />
    </FormModal>
  );
}
