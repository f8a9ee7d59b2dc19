//! The barcodes of a good: what a scanner finds it by.

import { Button, Group, TagsInput, Text } from "@mantine/core";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { useUser } from "../../auth/session.ts";
import { useAction } from "../../ui/action.tsx";
import { Card, Loading, Mark } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { barcodesKey, putBarcodes, useBarcodes } from "./barcodes.ts";
import type { Level } from "./data.tsx";
import { gtinFault, printed } from "./gtin.ts";

interface BarcodesProps {
  store: string;
  level: Level;
}

export function BarcodesCard({ store, level }: BarcodesProps) {
  const user = useUser();
  const [changing, setChanging] = useState(false);
  const query = useBarcodes(store);
  const has = query.data?.filter((one) => one.sku === level.sku).map((one) => printed(one.gtin));
  return (
    <Card
      title="Barcodes"
      aside={
        has &&
        may(user, "PUT /inventory/{store_id}/{sku}/barcodes") && (
          <Button size="xs" variant="subtle" onClick={() => setChanging(true)}>
            {has.length > 0 ? "Change barcodes" : "Set barcodes"}
          </Button>
        )
      }
    >
      {query.error ? (
        <ProblemView error={query.error} retry={() => void query.refetch()} />
      ) : !has ? (
        <Loading lines={1} />
      ) : has.length === 0 ? (
        <Text size="sm" c="dimmed">
          None: a scanner finds it by its code, {level.sku}.
        </Text>
      ) : (
        <Group gap="xs">
          {has.map((code) => (
            <Mark key={code} tone="quiet">
              {code}
            </Mark>
          ))}
        </Group>
      )}
      {changing && has && <SetBarcodes store={store} level={level} has={has} close={() => setChanging(false)} />}
    </Card>
  );
}

function SetBarcodes({ store, level, has, close }: BarcodesProps & { has: string[]; close: () => void }) {
  const [codes, setCodes] = useState(has);
  const fault = codes.map(gtinFault).find(Boolean);
  const act = useAction((wanted: string[]) => putBarcodes(store, level.sku, wanted), {
    done: (now) =>
      now.length === 0
        ? `${level.name} has no barcode now`
        : `${level.name} is found by ${now.length === 1 ? "its barcode" : `${now.length} barcodes`}`,
    stale: [barcodesKey(store)],
    quiet: true,
    onDone: close,
  });
  return (
    <FormModal
      title={`Barcodes of ${level.name}`}
      close={close}
      action={act}
      submit="Keep"
      disabled={fault !== undefined}
      onSubmit={() => act.mutate(codes)}
    >
      <TagsInput
        label="Barcodes"
        description="Scan or type each, then Enter. A carton and a box of cartons have different ones."
        value={codes}
        onChange={setCodes}
        maxTags={20}
        error={fault}
        data-autofocus
      />
    </FormModal>
  );
}
