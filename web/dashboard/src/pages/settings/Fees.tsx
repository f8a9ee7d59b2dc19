//! What a store asks besides the price of its goods, and where it is for taxes.

import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { format, http, money, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { useAction } from "../../ui/action.tsx";
import { Card, Facts, Loading } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { SettingsPage } from "./SettingsPage.tsx";

type Values = Schemas["Fees"];

export function Fees() {
  const store = useTheStore();
  const user = useUser();
  const query = useQuery({
    queryKey: ["fees", store.id],
    queryFn: () => take(http.GET("/api/v1/stores/{id}/fees", { params: { path: { id: store.id } } })),
  });
  const fees = query.data;
  return (
    <SettingsPage title="Fees" about="For orders priced from now on, within seconds.">
      {query.error ? (
        <ProblemView error={query.error} retry={() => void query.refetch()} />
      ) : !fees ? (
        <Loading lines={4} />
      ) : may(user, "PUT /stores/{id}/fees") ? (
        <FeesForm key={store.id} fees={fees} />
      ) : (
        <Card>
          <Facts
            of={[
              ["Delivery", fees.delivery ? money(fees.delivery) : "free"],
              ["Free from", fees.delivery_free_from ? money(fees.delivery_free_from) : null],
              [
                "Small orders",
                fees.small_order ? `${money(fees.small_order.amount)} below ${money(fees.small_order.below)}` : "nothing more",
              ],
              ["Place for taxes", fees.tax_place ?? store.country],
            ]}
          />
        </Card>
      )}
    </SettingsPage>
  );
}

function FeesForm({ fees }: { fees: Values }) {
  const store = useTheStore();
  const { currency } = store;
  const digits = 10 ** format.minorDigits(currency);
  const text = (value?: Schemas["Money"] | null) => (value ? String(value.amount / digits) : "");
  const [delivery, setDelivery] = useState(text(fees.delivery));
  const [free, setFree] = useState(text(fees.delivery_free_from));
  const [small, setSmall] = useState(text(fees.small_order?.amount));
  const [below, setBelow] = useState(text(fees.small_order?.below));
  const [place, setPlace] = useState(fees.tax_place ?? "");
  const [taxClass, setTaxClass] = useState(fees.delivery_tax_class ?? "");
  const act = useAction((body: Values) => take(http.PUT("/api/v1/stores/{id}/fees", { params: { path: { id: store.id } }, body })), {
    done: "Kept",
    stale: [["fees", store.id]],
    quiet: true,
  });
  const read = (value: string) => (value ? format.parseMoney(value, currency) : undefined);
  const fault = (value: string) => (value && read(value) === undefined ? "An amount such as 25 or 25.50" : undefined);
  const sum = (value: string) => {
    const amount = read(value);
    return amount === undefined ? undefined : { amount, currency };
  };
  const good = [delivery, free, small, below].every((value) => !fault(value)) && Boolean(small) === Boolean(below);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const [smallFee, smallBelow] = [sum(small), sum(below)];
        act.mutate({
          delivery: sum(delivery) ?? null,
          delivery_free_from: sum(free) ?? null,
          small_order: smallFee && smallBelow ? { amount: smallFee, below: smallBelow } : null,
          tax_place: place || null,
          delivery_tax_class: taxClass || null,
        });
      }}
    >
      <Card>
        <Stack>
          {act.error && <ProblemView error={act.error} compact />}
          <Group align="flex-start">
            <TextInput
              w={220}
              label={`Delivery, ${currency}`}
              placeholder="free"
              inputMode="decimal"
              value={delivery}
              onChange={(event) => setDelivery(event.currentTarget.value)}
              error={fault(delivery)}
            />
            <TextInput
              w={220}
              label={`Delivery is free from, ${currency}`}
              placeholder="never"
              inputMode="decimal"
              value={free}
              onChange={(event) => setFree(event.currentTarget.value)}
              error={fault(free)}
            />
          </Group>
          <Group align="flex-start">
            <TextInput
              w={220}
              label={`Fee for small orders, ${currency}`}
              placeholder="none"
              inputMode="decimal"
              value={small}
              onChange={(event) => setSmall(event.currentTarget.value)}
              error={fault(small)}
            />
            <TextInput
              w={220}
              label={`Small is below, ${currency}`}
              inputMode="decimal"
              value={below}
              onChange={(event) => setBelow(event.currentTarget.value)}
              error={fault(below) ?? (Boolean(small) !== Boolean(below) ? "Both or none" : undefined)}
            />
          </Group>
          <Group align="flex-start">
            <TextInput
              w={220}
              label="Place for taxes"
              placeholder={store.country}
              description="From wide to narrow: US-TX-Austin"
              value={place}
              onChange={(event) => setPlace(event.currentTarget.value)}
            />
            <TextInput
              w={220}
              label="Tax class of delivery"
              placeholder="standard"
              description="A class of that place"
              value={taxClass}
              onChange={(event) => setTaxClass(event.currentTarget.value)}
            />
          </Group>
          <Button type="submit" w="fit-content" loading={act.isPending} disabled={!good}>
            Keep
          </Button>
        </Stack>
      </Card>
    </form>
  );
}
