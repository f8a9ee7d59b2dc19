//! What a campaign would have cost: its offers, against orders that were really made.

import { Button, Checkbox, Group, Select, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { http, money, type Schemas, take } from "../../api/index.ts";
import { useScope, useStores } from "../../shell/stores.tsx";
import { useAction } from "../../ui/action.tsx";
import { Card, Facts } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import type { Campaign } from "./Campaigns.tsx";

const day = (back: number): string => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);

export function PreviewCard({ campaign, offers }: { campaign: Campaign; offers: Schemas["Offer"][] }) {
  const scope = useScope();
  const { stores = [] } = useStores();
  const [store, setStore] = useState<string | null>(scope === "all" ? (stores[0]?.id ?? null) : scope);
  const [from, setFrom] = useState(day(14));
  const [until, setUntil] = useState(day(0));
  const [coupons, setCoupons] = useState(true);
  const act = useAction(
    (body: Schemas["PreviewRequest"]) => take(http.POST("/api/v1/campaigns/{id}/preview", { params: { path: { id: campaign.id } }, body })),
    { quiet: true },
  );
  const found = act.data;
  const name = (id: string) => offers.find((offer) => offer.promotion.id === id)?.promotion.name ?? "An offer";
  const forSome = offers.some((offer) => !offer.withdrawn && (offer.promotion.conditions?.segments ?? []).length > 0);
  const share = found && found.list.amount > 0 ? (100 * found.discount.amount) / found.list.amount : 0;
  return (
    <Card title="What would it have cost?">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (store) act.mutate({ store_id: store, from: `${from}T00:00:00Z`, until: `${until}T23:59:59Z`, with_coupons: coupons });
        }}
      >
        <Group gap="sm" align="flex-end">
          <Select
            label="On the orders of"
            w={210}
            searchable
            data={stores.map((one) => ({ value: one.id, label: one.name }))}
            value={store}
            onChange={setStore}
          />
          <TextInput label="From" type="date" value={from} max={until} onChange={(event) => setFrom(event.currentTarget.value)} />
          <TextInput label="Until" type="date" value={until} min={from} onChange={(event) => setUntil(event.currentTarget.value)} />
          <Button type="submit" variant="default" loading={act.isPending} disabled={!store || !from || !until || offers.length === 0}>
            Look
          </Button>
        </Group>
        <Checkbox
          mt="sm"
          label="As if everybody had shown the coupons: the most it could have cost"
          checked={coupons}
          onChange={(event) => setCoupons(event.currentTarget.checked)}
        />
      </form>
      {act.error && <ProblemView error={act.error} />}
      {found && (
        <div style={{ marginTop: 16 }}>
          <Facts
            wide
            of={[
              ["Would have given", `${money(found.discount)} (${share.toFixed(1)}%)`],
              ["Orders with something off", `${found.discounted} of ${found.orders}`],
              ["They come to", money(found.list)],
              ["Could not be priced", found.not_priced > 0 ? found.not_priced : null],
            ]}
          />
          {found.offers.map((offer) => (
            <Group key={offer.offer_id} justify="space-between" pt={6}>
              <Text size="sm">{name(offer.offer_id)}</Text>
              <Text size="sm" className="num" c="dimmed">
                {money(offer.discount)} on {offer.orders} orders
              </Text>
            </Group>
          ))}
          <Text size="xs" c="dimmed" mt={8}>
            As if its offers alone had run. Limits, the budget and first orders do not count
            {forSome && "; offers for segments give nothing here, as nobody knows who was in them then"}
            {found.complete
              ? "."
              : `; there were more orders than are looked at, so this goes up to ${found.until.slice(0, 16).replace("T", " ")} UTC.`}
          </Text>
        </div>
      )}
    </Card>
  );
}
