//! Payments that fraud rules want a person to look at: what waits, and what became of those before.

import { Button, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { may } from "../../access/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope } from "../../shell/stores.tsx";
import { Empty, Loading } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { MoneyPage } from "../money/MoneyPage.tsx";
import { StorePicker } from "../money/StorePicker.tsx";
import { Before } from "./Before.tsx";
import { Decide } from "./Decide.tsx";
import { useQueue } from "./data.ts";
import type { Assessment } from "./risk.ts";
import { Waiting } from "./Waiting.tsx";

/** Cards that are drawn at first: of each its order is asked for. */
const FIRST = 20;

interface Deciding {
  one: Assessment;
  approve: boolean;
  payer: string | undefined;
}

export function ReviewPage() {
  const user = useUser();
  const base = `/${useScope()}/money/review`;
  const queue = useQueue({ every: 15_000 });
  const [shown, setShown] = useState(FIRST);
  const [deciding, setDeciding] = useState<Deciding | null>(null);
  const [decided, setDecided] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that was pressed is gone with its payment: whoever uses the keyboard goes on at the head of the list.
  useEffect(() => {
    if (decided > 0) heading.current?.focus();
  }, [decided]);
  const items = queue.data;
  return (
    <MoneyPage
      title="Payments to review"
      about="Fraud rules want a person to look at these. Nobody is asked for money before that."
      actions={
        may(user, "GET /payments/risk-rules") && (
          <Button variant="default" renderRoot={(props) => <Link to={`${base}/rules`} {...props} />}>
            Fraud rules
          </Button>
        )
      }
    >
      <section aria-labelledby="waiting" className="grid">
        <Title order={2} fz={16} id="waiting" ref={heading} tabIndex={-1} className="reached">
          Waiting
          {items && items.length > 0 && <Text span c="dimmed" fz="inherit">{` · ${items.length}`}</Text>}
        </Title>
        {queue.error && <ProblemView error={queue.error} retry={() => void queue.refetch()} />}
        {!items ? (
          !queue.error && <Loading lines={4} />
        ) : items.length === 0 ? (
          <div className="card">
            <Empty title="Nothing waits for you">
              What the rules want somebody to look at is here as soon as it is asked for, the one that waits longest first.
            </Empty>
          </div>
        ) : (
          <ol className="waitings" aria-labelledby="waiting">
            {items.slice(0, shown).map((one) => (
              <li key={one.payment_id}>
                <Waiting one={one} decide={(approve, payer) => setDeciding({ one, approve, payer })} />
              </li>
            ))}
          </ol>
        )}
        {items && items.length > shown && (
          <Button variant="default" mx="auto" onClick={() => setShown(shown + FIRST)}>
            Show more
          </Button>
        )}
      </section>
      <section aria-labelledby="before" className="review-before">
        <div className="review-head">
          <Title order={2} fz={16} id="before">
            What the rules said before
          </Title>
          <StorePicker />
        </div>
        <Before waiting={items && new Set(items.map((one) => one.payment_id))} />
      </section>
      {deciding && (
        <Decide
          {...deciding}
          close={() => setDeciding(null)}
          decided={() => {
            setDeciding(null);
            setDecided((times) => times + 1);
          }}
        />
      )}
    </MoneyPage>
  );
}
