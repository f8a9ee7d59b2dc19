//! An order's way: what is done, by whom, what is waited for, and until when.

import type { Order } from "@kirana/api";
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { format, http, LOCALE, type Schemas, take } from "../../api/index.ts";
import { span, words } from "../../ui/bits.tsx";
import type { Status } from "./data.ts";

type Step = Schemas["StepReport"];

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
  const ahead = (history.data?.steps ?? []).filter(
    (step) => step.state === "waiting" || step.state === "given_up" || step.state === "undone",
  );
  const time = (at: string) => format.time(at, LOCALE, zone);
  return (
    <ol className="timeline" data-testid="timeline">
      {order.timeline.map((entry, at) => {
        const before = order.timeline[at - 1];
        return (
          <li key={entry.version}>
            <Text size="sm" fw={600}>
              {entry.from === entry.to ? NOTED : HAPPENED[entry.to]}
            </Text>
            <Text size="xs" c="dimmed">
              {time(entry.at)} by {entry.actor.name}
              {entry.actor.name.toLowerCase() !== entry.role && `, ${words(entry.role).toLowerCase()}`}
              {before && `, ${span(Date.parse(entry.at) - Date.parse(before.at))} later`}
            </Text>
            {entry.reason && (
              <Text size="xs" mt={2}>
                “{entry.reason.replace(/ ?[0-9a-f]{8}-[0-9a-f-]{27}/g, "")}”
              </Text>
            )}
          </li>
        );
      })}
      {ahead.map((step) => (
        <li key={step.step} data-state={step.state}>
          <Text size="sm">{STEPS[step.step]}</Text>
          <Text size="xs" c="dimmed">
            {says(step, time)}
          </Text>
        </li>
      ))}
    </ol>
  );
}

function says(step: Step, time: (at: string) => string): string {
  const note = step.note ? `: ${step.note}` : "";
  if (step.state === "waiting") return `waited for${step.due_at ? ` until ${time(step.due_at)}` : ""}${note}`;
  if (step.state === "undone") return `taken back${step.undone_at ? ` at ${time(step.undone_at)}` : ""}${note}`;
  return `given up${note}`;
}
