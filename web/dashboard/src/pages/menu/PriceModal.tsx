//! A store's own price, within what the chain lets it be.

import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { format, money } from "../../api/index.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { useAction } from "../../ui/action.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { type Choice, useChangeOverrides } from "./data.tsx";
import { outside, type Price, withOverride } from "./overrides.ts";

export function PriceModal({ title, of, close }: { title: string; of: Choice; close: () => void }) {
  const store = useTheStore();
  const change = useChangeOverrides(store.id);
  const { sku, price: chain, own_price: own, least, most } = of;
  const [text, setText] = useState(String((own ?? chain).amount / 10 ** format.minorDigits(chain.currency)));
  const amount = format.parseMoney(text, chain.currency);
  const wrong = amount === undefined ? undefined : outside(amount, least, most);
  const act = useAction((price: Price | null) => change((now) => withOverride(now, sku, { price })), {
    done: (_, price) => (price ? `${title} costs ${money(price)} here` : `${title} costs what the chain says`),
    undo: () => change((now) => withOverride(now, sku, { price: own ?? null })),
    onDone: close,
    quiet: true,
  });
  const bounds = [least && `at least ${money(least)}`, most && `at most ${money(most)}`].filter(Boolean).join(", ");
  const error =
    amount === undefined
      ? "An amount such as 45 or 45.50"
      : wrong === "low"
        ? `The chain lets it cost ${least ? money(least) : ""} or more`
        : wrong === "high"
          ? `The chain lets it cost ${most ? money(most) : ""} or less`
          : undefined;
  return (
    <FormModal
      title={title}
      close={close}
      action={act}
      submit="Set the price"
      disabled={error !== undefined}
      onSubmit={() => {
        if (amount !== undefined && !wrong) act.mutate({ amount, currency: chain.currency });
      }}
      beside={
        own && (
          <Button variant="subtle" onClick={() => act.mutate(null)}>
            As the chain
          </Button>
        )
      }
    >
      <TextInput
        label={`Price in this store, ${chain.currency}`}
        description={`The chain's price is ${money(chain)}${bounds ? `; here ${bounds}` : ""}`}
        inputMode="decimal"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={error}
        data-autofocus
      />
    </FormModal>
  );
}
