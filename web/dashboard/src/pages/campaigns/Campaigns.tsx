//! Campaigns: the chain's, and a franchisee's own.

import { Button, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { format, http, money, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope, useStores } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { listed, usePages } from "../../table/pages.ts";
import { useAction } from "../../ui/action.tsx";
import { Empty, Mark, Page, When } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";

export type Campaign = Schemas["Campaign"];

export const CAMPAIGN: Record<Schemas["CampaignStatus"], { label: string; tone: "good" | "warm" | "quiet" | "calm" }> = {
  draft: { label: "Draft", tone: "quiet" },
  scheduled: { label: "Scheduled", tone: "calm" },
  active: { label: "Running", tone: "good" },
  paused: { label: "Paused", tone: "warm" },
  ended: { label: "Ended", tone: "quiet" },
};

export function Campaigns() {
  const scope = useScope();
  const user = useUser();
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  const query = usePages(["campaigns"], (cursor, signal) =>
    take(http.GET("/api/v1/campaigns", { params: { query: { limit: 100, cursor } }, signal })),
  );
  const columns: Column<Campaign>[] = [
    { key: "name", label: "Campaign", value: (one) => one.name, phone: "title" },
    {
      key: "status",
      label: "State",
      value: (one) => CAMPAIGN[one.status].label,
      render: (one) => <Mark tone={CAMPAIGN[one.status].tone}>{CAMPAIGN[one.status].label}</Mark>,
      phone: "side",
    },
    { key: "whose", label: "Whose", value: (one) => (one.franchisee_id ? "own" : "the chain's") },
    { key: "starts", label: "From", value: (one) => one.starts_at, render: (one) => <When at={one.starts_at} /> },
    {
      key: "ends",
      label: "Until",
      value: (one) => one.ends_at ?? null,
      render: (one) => (one.ends_at ? <When at={one.ends_at} /> : "no end"),
    },
    {
      key: "spent",
      label: "Given so far",
      value: (one) => one.spent.amount,
      text: (one) => money(one.spent),
      render: (one) => money(one.spent, true),
      right: true,
    },
    {
      key: "budget",
      label: "Budget",
      value: (one) => one.budget?.amount ?? null,
      render: (one) => (one.budget ? <Budget campaign={one} /> : "no limit"),
      right: true,
    },
  ];
  const filters: Filter<Campaign>[] = [
    {
      key: "status",
      label: "State",
      options: Object.entries(CAMPAIGN).map(([value, { label }]) => ({ value, label })),
      passes: (one, value) => one.status === value,
    },
  ];
  return (
    <Page title="Campaigns" actions={may(user, "POST /campaigns") && <Button onClick={() => setMaking(true)}>New campaign</Button>}>
      <DataTable
        id="campaigns"
        label="Campaigns"
        {...listed(query)}
        rowKey={(one) => one.id}
        columns={columns}
        filters={filters}
        sort="-starts"
        to={(one) => `/${scope}/campaigns/${one.id}`}
        empty={<Empty title="No campaigns yet">A campaign begins as a draft: look at what it would have cost before it runs.</Empty>}
      />
      {making && <CampaignModal close={() => setMaking(false)} open={(id) => void navigate({ to: `/${scope}/campaigns/${id}` })} />}
    </Page>
  );
}

function Budget({ campaign }: { campaign: Campaign }) {
  if (!campaign.budget) return null;
  const part = campaign.spent.amount / Math.max(1, campaign.budget.amount);
  return (
    <span className="num">
      {money(campaign.budget, true)} {part >= 0.8 && <Mark tone={part >= 1 ? "bad" : "warm"}>{`${Math.round(part * 100)}% used`}</Mark>}
    </span>
  );
}

interface CampaignModalProps {
  campaign?: Campaign;
  close: () => void;
  open?: (id: string) => void;
}

/** A moment as a form's field has it, in this device's time; and back. */
const field = (at?: string | null): string => {
  if (!at) return "";
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};
const moment = (text: string): string => new Date(text).toISOString();

export function CampaignModal({ campaign, close, open }: CampaignModalProps) {
  const { stores = [] } = useStores();
  const currency = campaign?.currency ?? stores[0]?.currency ?? "THB";
  const [name, setName] = useState(campaign?.name ?? "");
  const [starts, setStarts] = useState(field(campaign?.starts_at ?? new Date().toISOString()));
  const [ends, setEnds] = useState(field(campaign?.ends_at));
  const [budget, setBudget] = useState(campaign?.budget ? String(campaign.budget.amount / 10 ** format.minorDigits(currency)) : "");
  const amount = budget ? format.parseMoney(budget, currency) : undefined;
  const act = useAction(
    (details: Schemas["CampaignDetails"]) =>
      campaign
        ? take(
            http.PUT("/api/v1/campaigns/{id}", {
              params: { path: { id: campaign.id } },
              body: { campaign: details, status: campaign.status, version: campaign.version },
            }),
          )
        : take(http.POST("/api/v1/campaigns", { body: details })),
    {
      done: campaign ? "Kept" : "A draft is made: add offers to it",
      stale: [["campaigns"], ["campaign"]],
      quiet: true,
      onDone: (made) => {
        close();
        open?.(made.id);
      },
    },
  );
  const good = name.trim() && starts && (!ends || ends > starts) && (!budget || amount !== undefined);
  return (
    <FormModal
      title={campaign ? "Change the campaign" : "New campaign"}
      close={close}
      action={act}
      submit={campaign ? "Keep" : "Make a draft"}
      disabled={!good}
      onSubmit={() =>
        act.mutate({
          name: name.trim(),
          currency,
          starts_at: moment(starts),
          ...(ends ? { ends_at: moment(ends) } : {}),
          ...(amount !== undefined ? { budget: { amount, currency } } : {}),
        })
      }
    >
      <TextInput
        label="Name"
        description="Customers see it on their receipt"
        required
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput label="From" type="datetime-local" required value={starts} onChange={(event) => setStarts(event.currentTarget.value)} />
      <TextInput
        label="Until"
        description="Empty: until somebody ends it"
        type="datetime-local"
        value={ends}
        onChange={(event) => setEnds(event.currentTarget.value)}
        error={ends && ends <= starts ? "after it begins" : undefined}
      />
      <TextInput
        label={`Budget, ${currency}`}
        description="All its offers together give no more. Empty: no limit"
        inputMode="decimal"
        value={budget}
        onChange={(event) => setBudget(event.currentTarget.value)}
        error={budget && amount === undefined ? "An amount such as 5000" : undefined}
      />
    </FormModal>
  );
}
