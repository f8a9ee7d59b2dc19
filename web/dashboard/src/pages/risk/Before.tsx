//! The record of why: what the rules said of payments, what somebody decided, who, and with which reason.

import { Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { format, http, LOCALE, money, type Schemas, take } from "../../api/index.ts";
import { useStores } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { listed, rowsOf, usePages } from "../../table/pages.ts";
import { useAddress } from "../../table/state.ts";
import { Empty, Facts, Id, Mark, shortId, When, words } from "../../ui/bits.tsx";
import { Drawer } from "../../ui/Window.tsx";
import { amountColumn } from "../money/columns.tsx";
import { usePicked } from "../money/StorePicker.tsx";
import { REVIEWS, useNamesOf, useOrderOf } from "./data.ts";
import { Findings } from "./Findings.tsx";
import { type Assessment, fired, stateOf, VERDICT } from "./risk.ts";

type Review = Exclude<Schemas["PaymentReview"], "open">;
const DECISIONS: Record<Review, string> = { approved: "Approved", rejected: "Rejected" };

/** What was asked for, or for nothing, what the record is about: the payments that a person was to look at. */
function useWanted(): { verdict?: Schemas["Verdict"]; review?: Review } {
  const [{ verdict, review }] = useAddress();
  const decision = review && review in DECISIONS ? (review as Review) : undefined;
  const asked = verdict && verdict in VERDICT ? (verdict as Schemas["Verdict"]) : undefined;
  return { verdict: asked ?? (decision ? undefined : "review"), review: decision };
}

export function Before({ waiting }: { waiting: ReadonlySet<string> | undefined }) {
  const { stores = [] } = useStores();
  const { store, ready } = usePicked();
  const wanted = useWanted();
  const [opened, setOpened] = useState<Assessment | null>(null);
  const query = usePages(
    [...REVIEWS, "record", store ?? "all", wanted.verdict, wanted.review],
    (cursor, signal) =>
      take(http.GET("/api/v1/payments/assessments", { params: { query: { store_id: store, ...wanted, limit: 50, cursor } }, signal })),
    { enabled: ready, refetchInterval: 60_000 },
  );
  const rows = rowsOf(query);
  const nameOf = useNamesOf(rows ?? []);
  const place = (id: string) => stores.find((one) => one.id === id)?.name ?? "another store";
  const columns: Column<Assessment>[] = [
    { key: "at", label: "When", value: (one) => one.at, render: (one) => <When at={one.at} />, phone: "title" },
    {
      key: "state",
      label: "State",
      value: (one) => stateOf(one, waiting).word,
      render: (one) => <State one={one} waiting={waiting} />,
      phone: "side",
    },
    amountColumn("amount", "Amount", (one) => one.amount),
    {
      key: "rules",
      label: "Rules that fired",
      value: (one) =>
        fired(one)
          .map(({ rule }) => words(rule))
          .join(", ") || null,
    },
    {
      key: "by",
      label: "Decided by",
      value: (one) => (one.reviewed_by ? (nameOf(one.reviewed_by) ?? one.reviewed_by) : null),
      // A row is a button on a phone: nothing within it can be pressed.
      render: (one) => (one.reviewed_by ? (nameOf(one.reviewed_by) ?? `…${shortId(one.reviewed_by)}`) : <span aria-hidden>—</span>),
    },
    { key: "note", label: "Why", value: (one) => one.note ?? null },
    {
      key: "order",
      label: "Order",
      value: (one) => one.order_id,
      render: (one) => (
        <Link className="quiet-link" to={`/${one.store_id}/orders/${one.order_id}`}>
          …{shortId(one.order_id)}
        </Link>
      ),
      phone: "none",
    },
    { key: "gateway", label: "Gateway", value: (one) => words(one.gateway), extra: true },
    { key: "store", label: "Store", value: (one) => place(one.store_id), extra: true },
    { key: "version", label: "Rules' version", value: (one) => one.rules_version, right: true, extra: true },
  ];
  const filters: Filter<Assessment>[] = [
    {
      key: "verdict",
      label: "To review",
      options: Object.entries(VERDICT).map(([value, { word }]) => ({ value, label: word })),
    },
    { key: "review", label: "Decision", options: Object.entries(DECISIONS).map(([value, label]) => ({ value, label })) },
  ];
  return (
    <>
      <DataTable
        id="assessments"
        label="What the rules said"
        {...listed(query)}
        rows={ready ? rows : stores.length === 0 ? [] : undefined}
        rowKey={(one) => one.payment_id}
        columns={columns}
        filters={filters}
        onOpen={setOpened}
        empty={<Empty title="Nothing was to be reviewed yet">Payments that no rule minds go on, and leave no trace here.</Empty>}
      />
      {opened && <Opened one={opened} waiting={waiting} name={nameOf} place={place(opened.store_id)} close={() => setOpened(null)} />}
    </>
  );
}

function State({ one, waiting }: { one: Assessment; waiting: ReadonlySet<string> | undefined }) {
  const { word, tone } = stateOf(one, waiting);
  return <Mark tone={tone}>{word}</Mark>;
}

interface OpenedProps {
  one: Assessment;
  waiting: ReadonlySet<string> | undefined;
  name: (id: string) => string | undefined;
  place: string;
  close: () => void;
}

function Opened({ one, waiting, name, place, close }: OpenedProps) {
  const order = useOrderOf(one.order_id);
  return (
    <Drawer opened onClose={close} position="right" size="md" title={`${money(one.amount)} by ${words(one.gateway)}`}>
      <Stack>
        <Facts
          of={[
            ["State", <State key="s" one={one} waiting={waiting} />],
            ["Customer", order.data?.customer.name ?? "…"],
            [
              "Order",
              <Link key="o" className="quiet-link" to={`/${one.store_id}/orders/${one.order_id}`}>
                {order.data?.pickup_number ?? `…${shortId(one.order_id)}`}
              </Link>,
            ],
            ["Store", place],
            ["When", format.moment(one.at, LOCALE)],
            ["Decided by", one.reviewed_by ? (name(one.reviewed_by) ?? <Id key="w" of={one.reviewed_by} />) : null],
            ["Decided", one.reviewed_at ? format.moment(one.reviewed_at, LOCALE) : null],
            ["Why", one.note],
            ["Rules' version", one.rules_version === 0 ? "those of a chain that set none" : one.rules_version],
            ["Payment", <Id key="p" of={one.payment_id} />],
          ]}
        />
        <div>
          <Text size="sm" fw={600} mb={6}>
            What the rules said
          </Text>
          <Findings of={one} />
        </div>
      </Stack>
    </Drawer>
  );
}
