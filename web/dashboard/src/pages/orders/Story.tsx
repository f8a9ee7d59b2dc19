//! An order's way: every change and every step that is done, by whom, what is waited for, and until when.

import type { Order } from "@kirana/api";
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { format, http, LOCALE, type Schemas, take } from "../../api/index.ts";
import { span, words } from "../../ui/bits.tsx";
import type { Status } from "./data.ts";
import { type Step, told } from "./story.ts";

const STEPS: Record<Schemas["Step"], string> = {
  reserve: "Goods are held",
  pay: "Payment",
  confirm: "Confirmed to the kitchen",
  make: "Made",
  hand_over: "Handed over",
  give_back: "Money given back",
};

/** What happened when an order came to a status. */
const HAPPENED: Record<Status, string> = {
  placed: "Placed",
  confirmed: "Paid, and told to the kitchen",
  preparing: "Begun to make",
  ready: "Ready",
  collected: "Handed over",
  dispatched: "Handed to the rider",
  delivered: "Delivered",
  completed: "Completed",
  cancelled: "Cancelled",
  expired: "Expired without payment",
  refunded: "Refunded",
};
/** Something changed, but not where the order stands. */
const NOTED = "Changed";

export function Story({ order, zone }: { order: Order; zone: string }) {
  const history = useQuery({
    queryKey: ["order-more", order.id, "history"],
    queryFn: () => take(http.GET("/api/v1/orders/{id}/history", { params: { path: { id: order.id } } })),
  });
  const time = (at: string) => format.time(at, LOCALE, zone);
  return (
    <ol className="timeline" data-testid="timeline">
      {told(order.timeline, history.data?.steps ?? []).map((one) =>
        one.step ? (
          <li key={one.step.step} data-state={one.step.state} data-step={one.step.step}>
            <Text size="sm">{STEPS[one.step.step]}</Text>
            <Text size="xs" c="dimmed">
              {says(one.step, time)}
            </Text>
          </li>
        ) : (
          <li key={one.entry.version}>
            <Text size="sm" fw={600}>
              {one.entry.from === one.entry.to ? NOTED : HAPPENED[one.entry.to]}
            </Text>
            <Text size="xs" c="dimmed">
              {time(one.entry.at)} by {one.entry.actor.name}
              {one.entry.actor.name.toLowerCase() !== one.entry.role && `, ${words(one.entry.role).toLowerCase()}`}
              {one.before && `, ${span(Date.parse(one.entry.at) - Date.parse(one.before.at))} later`}
            </Text>
            {one.entry.reason && (
              <Text size="xs" mt={2}>
                “{one.entry.reason.replace(/ ?[0-9a-f]{8}-[0-9a-f-]{27}/g, "")}”
              </Text>
            )}
          </li>
        ),
      )}
    </ol>
  );
}

function says(step: Step, time: (at: string) => string): string {
  const note = step.note ? `: ${step.note}` : "";
  if (step.state === "done") return `step done${step.done_at ? ` at ${time(step.done_at)}` : ""}${note}`;
  if (step.state === "waiting") return `waited for${step.due_at ? ` until ${time(step.due_at)}` : ""}${note}`;
  if (step.state === "undone") return `taken back${step.undone_at ? ` at ${time(step.undone_at)}` : ""}${note}`;
  return `given up${note}`;
}
