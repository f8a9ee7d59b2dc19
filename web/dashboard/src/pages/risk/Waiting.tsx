//! One payment that waits: what one has to know to decide about it, and the decision.

import { Button, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { may } from "../../access/index.ts";
import { money } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope, useStores } from "../../shell/stores.tsx";
import { Mark, useNow, When, words } from "../../ui/bits.tsx";
import { useOrderOf } from "./data.ts";
import { Findings } from "./Findings.tsx";
import { type Assessment, lapse } from "./risk.ts";

interface WaitingProps {
  one: Assessment;
  decide: (approve: boolean, payer: string | undefined) => void;
}

export function Waiting({ one, decide }: WaitingProps) {
  const user = useUser();
  const scope = useScope();
  const { stores = [] } = useStores();
  const order = useOrderOf(one.order_id);
  const amount = money(one.amount);
  const payer = order.data?.customer.name;
  const what = payer ? `${amount} of ${payer}` : amount;
  const place = scope === "all" ? stores.find((store) => store.id === one.store_id)?.name : undefined;
  const number = order.data?.pickup_number;
  return (
    <article className="card waiting" aria-label={what}>
      <header>
        <div>
          <h3 className="figure">{amount}</h3>
          <Text size="sm">
            {payer && <strong>{payer}</strong>}
            {payer && ", "}
            <Link className="quiet-link" to={`/${one.store_id}/orders/${one.order_id}`}>
              order {number ?? "…"}
            </Link>
            {[words(one.gateway), place].filter(Boolean).map((word) => ` · ${word}`)}
          </Text>
        </div>
        <div className="waiting-times">
          <Lapse status={order.data?.status} payBy={order.data?.pay_by} unknown={order.isError} />
          <Text size="xs" c="dimmed">
            Asked for <When at={one.at} />
          </Text>
        </div>
      </header>
      <div className="body">
        <Findings of={one} />
        {may(user, "POST /payments/{id}/review") &&
          (one.customer_id === user?.id ? (
            <Text size="sm" c="dimmed" mt="sm">
              This is your own payment: somebody else decides about it.
            </Text>
          ) : (
            <Group gap="xs" mt="sm">
              <Button aria-label={`Approve ${what}`} onClick={() => decide(true, payer)}>
                Approve
              </Button>
              <Button variant="default" aria-label={`Reject ${what}`} onClick={() => decide(false, payer)}>
                Reject
              </Button>
            </Group>
          ))}
      </div>
    </article>
  );
}

/** How long somebody has to decide. An order that is not held any more takes its payment with it. */
function Lapse({ status, payBy, unknown }: { status: string | undefined; payBy: string | undefined; unknown: boolean }) {
  const now = useNow();
  if (unknown) return <Mark tone="quiet">Its order cannot be read now</Mark>;
  if (!status || !payBy) return <Mark tone="quiet">…</Mark>;
  if (status !== "placed") return <Mark tone="quiet">{`Its order is ${status}`}</Mark>;
  const { word, tone } = lapse(payBy, now);
  return <Mark tone={tone}>{word}</Mark>;
}
