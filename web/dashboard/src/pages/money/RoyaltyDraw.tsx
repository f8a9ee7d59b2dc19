//! Draws a franchisee's statement for a month. It needs closed books: where they are open, they can be closed from here.

import { isProblem } from "@kirana/api";
import { Alert, Button, Text, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope } from "../../shell/stores.tsx";
import { useAction } from "../../ui/action.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { monthBefore, monthOf, monthPeriod } from "./accounts.ts";
import { daysOf } from "./royalty.ts";

/** What the platform says has to be closed before a statement is drawn. */
interface CloseFirst {
  /** None for what lies before the period that was asked for: the chain has not named it. */
  name: string | null;
  from: string;
  until: string;
}

export function DrawStatement({ id, close }: { id: string; close: () => void }) {
  const user = useUser();
  const scope = useScope();
  const navigate = useNavigate();
  const [month, setMonth] = useState(monthBefore(new Date()));
  const act = useAction(
    (period: Schemas["Period"]) => take(http.POST("/api/v1/franchisees/{id}/royalties", { params: { path: { id } }, body: { period } })),
    {
      quiet: true,
      stale: [["royalties", id], ["trial-balance"]],
      done: (made) => `The statement for ${made.period.name} is drawn`,
      onDone: (made) => {
        close();
        void navigate({ to: `/${scope}/money/royalties/${encodeURIComponent(made.period.name)}?franchisee=${id}` });
      },
    },
  );
  const first = isProblem(act.error, "period_not_closed") ? (act.error.more.close_first as CloseFirst | undefined) : undefined;
  return (
    <FormModal
      title="Draw a royalty statement"
      close={close}
      action={act}
      submit="Compute and post"
      disabled={!month}
      onSubmit={() => act.mutate(monthPeriod(month))}
    >
      {first && may(user, "POST /ledger/periods/{name}/close") && (
        <CloseBooks first={first} month={month} done={() => act.mutate(monthPeriod(month))} />
      )}
      <TextInput
        label="Month"
        description="Posted once: the same month again shows what was posted"
        type="month"
        required
        value={month}
        onChange={(event) => {
          setMonth(event.currentTarget.value);
          act.reset();
        }}
        data-autofocus
      />
    </FormModal>
  );
}

/** Closes the books up to where the statement needs them closed, and goes on. */
function CloseBooks({ first, month, done }: { first: CloseFirst; month: string; done: () => void }) {
  // What lies before the month has no name of its own: it gets that of its last month.
  const name = first.name ?? monthOf(new Date(Date.parse(first.until) - 1));
  const act = useAction(
    (_: string) =>
      take(
        http.POST("/api/v1/ledger/periods/{name}/close", {
          params: { path: { name } },
          body: { from: first.from, until: first.until },
        }),
      ),
    { done: `${name} is closed`, stale: [["trial-balance"]], quiet: true, onDone: done },
  );
  return (
    <Alert variant="light" color="mango" title={`The books of ${daysOf(first)} are open`}>
      {Boolean(act.error) && <ProblemView error={act.error} compact />}
      <Text size="sm">
        {first.name
          ? "Closed, nothing is booked into them any more, and what comes late counts in the next period. They are not opened again."
          : `They lie before ${month} and are closed as ${name}. They are not opened again.`}
      </Text>
      <Button mt="xs" size="xs" color="chili" loading={act.isPending} onClick={() => act.mutate(name)}>
        Close {name}, then draw
      </Button>
    </Alert>
  );
}
