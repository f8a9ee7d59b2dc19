//! What can be done with an order now: only what is legal for its state, and allowed to who looks.

import type { Order } from "@kirana/api";
import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useAction } from "../../ui/action.tsx";
import { cancellable, nextSteps, type Status } from "./data.ts";
import { move } from "./Orders.tsx";

export function OrderActions({ order }: { order: Order }) {
  const user = useUser();
  const [cancelling, setCancelling] = useState(false);
  const [checking, setChecking] = useState<Status | null>(null);
  const stale = [
    ["order", order.id],
    ["order-more", order.id],
    ["orders", order.store_id],
    ["recent", order.store_id],
  ];
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
      stale: [
        ["order", order.id],
        ["order-more", order.id],
        ["orders", order.store_id],
        ["recent", order.store_id],
      ],
      onDone: close,
    },
  );
  return (
    <Modal opened onClose={close} title={`Cancel order ${order.pickup_number}?`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate("");
        }}
      >
        <Stack>
          <Text size="sm">
            {order.payment.paid.amount > 0
              ? "What was paid goes back, goods that were not used are free again."
              : "The goods that are held are free again."}{" "}
            This cannot be taken back.
          </Text>
          <TextInput
            label="Reason"
            description="The customer sees it"
            required
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            data-autofocus
          />
          <Group gap={6}>
            {["Out of stock", "Closing", "Customer asked"].map((one) => (
              <Button key={one} size="compact-xs" variant="default" onClick={() => setReason(one)}>
                {one}
              </Button>
            ))}
          </Group>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep the order
            </Button>
            <Button type="submit" color="chili" loading={act.isPending} disabled={!reason.trim()}>
              Cancel order
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function AgeCheck({ close, yes }: { close: () => void; yes: () => void }) {
  const [seen, setSeen] = useState(false);
  return (
    <Modal opened onClose={close} title="Adults only">
      <Stack>
        <Text size="sm">This order has goods that only adults may buy.</Text>
        <Checkbox
          label="I have seen a document, and they are old enough"
          checked={seen}
          onChange={(event) => setSeen(event.currentTarget.checked)}
        />
        <Button disabled={!seen} onClick={yes}>
          Hand over
        </Button>
      </Stack>
    </Modal>
  );
}
