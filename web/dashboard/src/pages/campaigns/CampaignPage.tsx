//! One campaign: its offers, what they gave, what they would have given, and where it stands.

import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { format, http, LOCALE, money, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope } from "../../shell/stores.tsx";
import { confirm, useAction } from "../../ui/action.tsx";
import { Card, Empty, Facts, Loading, Mark, Page } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { CAMPAIGN, type Campaign, CampaignModal } from "./Campaigns.tsx";
import { OfferModal } from "./OfferModal.tsx";
import { benefitInWords, conditionsInWords, moves } from "./offer.ts";
import { PreviewCard } from "./PreviewCard.tsx";

export function CampaignPage() {
  const { campaign: id = "" } = useParams({ strict: false });
  const scope = useScope();
  const user = useUser();
  const [task, setTask] = useState<"offer" | "change" | null>(null);
  const path = { params: { path: { id } } };
  const query = useQuery({ queryKey: ["campaign", id], queryFn: () => take(http.GET("/api/v1/campaigns/{id}", path)) });
  const offers = useQuery({ queryKey: ["campaign", id, "offers"], queryFn: () => take(http.GET("/api/v1/campaigns/{id}/offers", path)) });
  const usage = useQuery({
    queryKey: ["campaign", id, "usage"],
    refetchInterval: 30_000,
    queryFn: () => take(http.GET("/api/v1/campaigns/{id}/usage", path)),
  });
  const stale = [["campaign", id], ["campaigns"]];
  const move = useAction(
    ({ campaign, to }: { campaign: Campaign; to: Schemas["CampaignStatus"] }) => {
      const { name, currency, starts_at, ends_at, budget } = campaign;
      const details = { name, currency, starts_at, ...(ends_at ? { ends_at } : {}), ...(budget ? { budget } : {}) };
      return take(http.PUT("/api/v1/campaigns/{id}", { ...path, body: { campaign: details, status: to, version: campaign.version } }));
    },
    { done: (now) => `It is ${CAMPAIGN[now.status].label.toLowerCase()} now`, stale },
  );
  const withdraw = useAction(
    (offer: string) => http.DELETE("/api/v1/campaigns/{id}/offers/{offer_id}", { params: { path: { id, offer_id: offer } } }),
    { done: "Withdrawn", stale },
  );
  if (query.error) {
    return (
      <Page title="Campaign">
        <ProblemView error={query.error} retry={() => void query.refetch()} />
        <Link to={`/${scope}/campaigns`}>All campaigns</Link>
      </Page>
    );
  }
  if (!query.data) {
    return (
      <Page title="Campaign">
        <Loading />
      </Page>
    );
  }
  const campaign = query.data;
  // The chain's campaigns are the chain's to change, a franchisee's are its owner's.
  const own = may(user, "PUT /campaigns/{id}") && (user?.roles.includes("admin") || campaign.franchisee_id === user?.franchisee_id);
  const at = (moment?: string | null) => (moment ? format.moment(moment, LOCALE) : null);
  const used = new Map(usage.data?.map((one) => [one.offer_id, one]));
  return (
    <Page
      title={campaign.name}
      mark={<Mark tone={CAMPAIGN[campaign.status].tone}>{CAMPAIGN[campaign.status].label}</Mark>}
      about={campaign.franchisee_id ? "In the franchisee's own stores" : "In every store of the chain"}
      actions={
        own && (
          <>
            {moves(campaign.status).map(({ to, label, danger }) => (
              <Button
                key={to}
                variant={danger ? "subtle" : to === "scheduled" ? "filled" : "default"}
                color={danger ? "chili" : undefined}
                loading={move.isPending}
                onClick={() =>
                  danger
                    ? confirm("End it for good?", "An ended campaign does not begin again.", label, () => move.mutate({ campaign, to }))
                    : move.mutate({ campaign, to })
                }
              >
                {label}
              </Button>
            ))}
            {campaign.status !== "ended" && (
              <Button variant="default" onClick={() => setTask("change")}>
                Change
              </Button>
            )}
          </>
        )
      }
    >
      <div className="two">
        <div className="grid">
          <Card
            title="Offers"
            aside={
              own &&
              campaign.status !== "ended" && (
                <Button size="compact-sm" variant="light" onClick={() => setTask("offer")}>
                  Add an offer
                </Button>
              )
            }
          >
            {offers.error ? (
              <ProblemView error={offers.error} retry={() => void offers.refetch()} compact />
            ) : !offers.data ? (
              <Loading lines={3} />
            ) : offers.data.length === 0 ? (
              <Empty title="No offers yet">A campaign without offers gives nothing.</Empty>
            ) : (
              <Stack gap={0}>
                {offers.data.map((offer) => (
                  <OfferRow
                    key={offer.promotion.id}
                    offer={offer}
                    usage={used.get(offer.promotion.id)}
                    currency={campaign.currency}
                    withdraw={
                      own && !offer.withdrawn
                        ? () =>
                            confirm(
                              "Withdraw this offer?",
                              "It is given no more, also where a quote has promised it. Another can be added.",
                              "Withdraw",
                              () => withdraw.mutate(offer.promotion.id),
                            )
                        : undefined
                    }
                  />
                ))}
              </Stack>
            )}
          </Card>
          <PreviewCard campaign={campaign} offers={offers.data ?? []} />
        </div>
        <Card title="About it">
          <Facts
            of={[
              ["From", at(campaign.starts_at)],
              ["Until", at(campaign.ends_at) ?? "no end"],
              ["Budget", campaign.budget ? money(campaign.budget) : "no limit"],
              ["Given so far", money(campaign.spent)],
              ["Orders", usage.data ? usage.data.reduce((sum, one) => sum + one.orders, 0).toLocaleString(LOCALE) : null],
            ]}
          />
        </Card>
      </div>
      {task === "change" && <CampaignModal campaign={campaign} close={() => setTask(null)} />}
      {task === "offer" && <OfferModal campaign={campaign} close={() => setTask(null)} />}
    </Page>
  );
}

interface OfferRowProps {
  offer: Schemas["Offer"];
  usage?: Schemas["OfferUsage"];
  currency: string;
  withdraw?: () => void;
}

function OfferRow({ offer, usage, currency, withdraw }: OfferRowProps) {
  const conditions = conditionsInWords(offer.promotion.conditions);
  const limits = [
    offer.total_limit && `${offer.used} of ${offer.total_limit} used`,
    offer.customer_limit && `${offer.customer_limit} for each customer`,
  ].filter(Boolean);
  return (
    <Group
      justify="space-between"
      wrap="nowrap"
      py="sm"
      align="flex-start"
      style={{ borderTop: "1px solid color-mix(in srgb, var(--line) 60%, transparent)" }}
    >
      <div style={{ minWidth: 0, opacity: offer.withdrawn ? 0.7 : 1 }}>
        <Group gap={8}>
          <Text size="sm" fw={600}>
            {offer.promotion.name}
          </Text>
          {offer.withdrawn && <Mark tone="quiet">Withdrawn</Mark>}
        </Group>
        <Text size="sm">{benefitInWords(offer.promotion.benefit)}</Text>
        <Text size="xs" c="dimmed">
          {[...conditions, ...limits].join(" · ") || "for every order"}
        </Text>
      </div>
      <div style={{ textAlign: "right", flex: "none" }}>
        <Text size="sm" className="num">
          {money({ amount: usage?.amount ?? 0, currency })}
        </Text>
        <Text size="xs" c="dimmed">
          {usage?.orders ?? 0} orders, {usage?.customers ?? 0} customers
        </Text>
        {withdraw && (
          <Button size="compact-xs" variant="subtle" color="chili" onClick={withdraw} mt={2}>
            Withdraw
          </Button>
        )}
      </div>
    </Group>
  );
}
