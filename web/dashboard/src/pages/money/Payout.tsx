//! What the bank paid a franchisee, put into the books.

import { Intent } from "@kirana/api";
import { Text, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { format, http, money, type Schemas, take } from "../../api/index.ts";
import { useAction } from "../../ui/action.tsx";
import { FormModal } from "../../ui/FormModal.tsx";

export function PayoutModal({ id, currency, close }: { id: string; currency: string; close: () => void }) {
  const [text, setText] = useState("");
  const [bank, setBank] = useState("main");
  const intent = useRef(new Intent());
  const amount = format.parseMoney(text, currency);
  const act = useAction(
    (body: Schemas["PayoutRequest"]) =>
      take(
        http.POST("/api/v1/franchisees/{id}/payouts", {
          params: { path: { id }, header: { "Idempotency-Key": intent.current.key(body) } },
          body,
        }),
      ),
    { done: (made) => `Posted; ${money(made.owed)} is still owed`, stale: [["trial-balance"]], quiet: true, onDone: close },
  );
  return (
    <FormModal
      title="Pay out"
      close={close}
      action={act}
      submit="Post it"
      disabled={!amount || !bank}
      onSubmit={() => {
        if (amount) act.mutate({ amount: { amount, currency }, bank });
      }}
    >
      <Text size="sm" c="dimmed">
        Books what the bank paid, never more than is owed. It moves no money by itself.
      </Text>
      <TextInput
        label={`Amount, ${currency}`}
        inputMode="decimal"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={text && amount === undefined ? "Such as 12500" : undefined}
        data-autofocus
      />
      <TextInput label="From bank account" value={bank} onChange={(event) => setBank(event.currentTarget.value)} />
    </FormModal>
  );
}
