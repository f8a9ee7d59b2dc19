//! Somebody's decision about a payment that waits: once, and with a reason.

import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { http, money, take } from "../../api/index.ts";
import { useAction } from "../../ui/action.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { Reason } from "../orders/Reason.tsx";
import { QUEUE, REVIEWS } from "./data.ts";
import type { Assessment } from "./risk.ts";

const USUAL = {
  approve: ["I called them: it is them", "Somebody we know"],
  reject: ["Nobody answers", "It is not their card"],
};

/** What the API takes of a note. */
const LONGEST = 1000;

interface DecideProps {
  one: Assessment;
  approve: boolean;
  /** Who pays, where that is known. */
  payer: string | undefined;
  close: () => void;
  decided: () => void;
}

export function Decide({ one, approve, payer, close, decided }: DecideProps) {
  const client = useQueryClient();
  const [note, setNote] = useState("");
  const act = useAction(
    () =>
      take(http.POST("/api/v1/payments/{id}/review", { params: { path: { id: one.payment_id } }, body: { approve, note: note.trim() } })),
    {
      done: approve ? "Approved: its gateway is asked within a minute" : "Rejected: it ends without money",
      stale: [[...REVIEWS], ["payments"], ["order", one.order_id], ["order-more", one.order_id]],
      quiet: true,
      onDone: () => {
        // It waits no longer, whenever the list comes again.
        client.setQueriesData<Assessment[]>({ queryKey: QUEUE }, (known) =>
          known?.filter(({ payment_id }) => payment_id !== one.payment_id),
        );
        decided();
      },
    },
  );
  const what = `${money(one.amount)}${payer ? ` of ${payer}` : ""}`;
  return (
    <FormModal
      title={approve ? `Approve ${what}` : `Reject ${what}`}
      close={close}
      action={act}
      submit={approve ? "Approve" : "Reject"}
      color={approve ? undefined : "chili"}
      disabled={!note.trim()}
      onSubmit={() => act.mutate(undefined)}
    >
      <Text size="sm" c="dimmed">
        {approve
          ? "The payment goes its way as if it had just been made."
          : "Nobody is charged. Who pays is told that it was declined and never why; the order may be paid otherwise."}
      </Text>
      <Reason value={note} change={setNote} usual={approve ? USUAL.approve : USUAL.reject} most={LONGEST} first />
    </FormModal>
  );
}
