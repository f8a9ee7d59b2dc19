//! A code that is on no good: said kindly, with the way to put it on one.

import { Alert, Button, Group, Select, Text } from "@mantine/core";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { useUser } from "../../auth/session.ts";
import { useAction } from "../../ui/action.tsx";
import { Loading } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { barcodesKey, putBarcodes, useBarcodes } from "./barcodes.ts";
import type { Level } from "./data.tsx";
import { codeOf, printed } from "./gtin.ts";

/** What was scanned, and why nothing came of it. */
export interface Unknown {
  text: string;
  /** In the API's words, where it is no barcode at all. */
  why?: string;
}

interface UnknownCodeProps {
  store: string;
  items: Level[];
  unknown: Unknown;
  /** It is on a good now: what was scanned is looked up again. */
  given: (text: string) => void;
}

export function UnknownCode({ store, items, unknown, given }: UnknownCodeProps) {
  const user = useUser();
  const [giving, setGiving] = useState(false);
  const code = unknown.why ? undefined : codeOf(unknown.text);
  const leads = may(user, "PUT /inventory/{store_id}/{sku}/barcodes");
  return (
    <Alert color="mango" variant="light" role="alert" data-unknown={code}>
      <Group justify="space-between" gap="sm">
        <Text size="sm" style={{ flex: 1, minWidth: 220 }}>
          {unknown.why ? (
            <>
              “{unknown.text}” is no barcode. {unknown.why}.
            </>
          ) : code ? (
            <>
              No good of this store has the barcode {code} yet.{" "}
              {leads ? "Say once which it is on." : "Choose the good by its name; who leads the store can give it the code."}
            </>
          ) : (
            <>No item of this store has the code “{unknown.text}”. Check it, or choose the item by its name.</>
          )}
        </Text>
        {code && leads && (
          <Button size="xs" onClick={() => setGiving(true)}>
            Give this code to a good
          </Button>
        )}
      </Group>
      {giving && code && (
        <GiveCode
          store={store}
          items={items}
          code={code}
          close={() => setGiving(false)}
          done={() => {
            setGiving(false);
            given(unknown.text);
          }}
        />
      )}
    </Alert>
  );
}

interface GiveCodeProps {
  store: string;
  items: Level[];
  code: string;
  close: () => void;
  done: () => void;
}

/** Adds a barcode to those that a good has. */
function GiveCode({ store, items, code, close, done }: GiveCodeProps) {
  const [sku, setSku] = useState<string | null>(null);
  const known = useBarcodes(store);
  const name = items.find((item) => item.sku === sku)?.name;
  const has = known.data?.filter((one) => one.sku === sku).map((one) => printed(one.gtin)) ?? [];
  const act = useAction((to: string) => putBarcodes(store, to, [...has, code]), {
    done: () => `${name} has the barcode ${code} now`,
    stale: [barcodesKey(store)],
    quiet: true,
    onDone: done,
  });
  return (
    <FormModal
      title={`Which good has ${code}?`}
      close={close}
      action={{ error: act.error ?? known.error, isPending: act.isPending }}
      submit="Give it the code"
      disabled={!sku || !known.data}
      onSubmit={() => {
        if (sku) act.mutate(sku);
      }}
    >
      <Select
        label="Good"
        searchable
        required
        placeholder="Type a name"
        data={items.map((item) => ({ value: item.sku, label: item.name }))}
        value={sku}
        onChange={setSku}
        openOnFocus={false}
        nothingFoundMessage="No such good"
        allowDeselect={false}
        data-autofocus
      />
      {known.isPending ? (
        <Loading lines={1} />
      ) : (
        <Text size="xs" c="dimmed">
          {has.length > 0
            ? `It has ${has.join(", ")} already, and keeps ${has.length === 1 ? "it" : "them"}.`
            : "From then on a scan finds it, in this store."}
        </Text>
      )}
    </FormModal>
  );
}
