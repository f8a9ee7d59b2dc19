//! Royalties: a franchisee's terms, statements on periods that are over, payouts.

import { Intent, isProblem } from "@kirana/api";
import { Button, Group, NumberInput, SegmentedControl, Select, TagsInput, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { may } from "../../access/index.ts";
import { all, format, http, money, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useStores } from "../../shell/stores.tsx";
import { useAddress } from "../../table/state.ts";
import { useAction } from "../../ui/action.tsx";
import { Card, Empty, Facts, Loading, words } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { monthOf, monthPeriod, rate } from "./accounts.ts";
import { MoneyPage } from "./MoneyPage.tsx";

type Agreement = Schemas["RoyaltyAgreement"];

export function Royalties() {
  const user = useUser();
  const { stores = [] } = useStores();
  const [{ franchisee: picked }, change] = useAddress();
  const chain = may(user, "GET /franchisees");
  const franchisees = useQuery({
    queryKey: ["franchisees"],
    enabled: chain,
    queryFn: () => all((cursor) => take(http.GET("/api/v1/franchisees", { params: { query: { limit: 100, cursor } } }))),
  });
  const id = chain ? (picked ?? franchisees.data?.[0]?.id) : (user?.franchisee_id ?? undefined);
  const [task, setTask] = useState<"terms" | "statement" | "payout" | null>(null);
  const agreement = useQuery({
    queryKey: ["agreement", id],
    enabled: id !== undefined,
    retry: false,
    queryFn: () => take(http.GET("/api/v1/franchisees/{id}/royalty-agreement", { params: { path: { id: id ?? "" } } })),
  });
  const currency = stores.find((store) => store.franchisee_id === id)?.currency ?? "THB";
  const none = isProblem(agreement.error) && agreement.error.status === 404;
  return (
    <MoneyPage
      title="Royalties"
      actions={
        <>
          {chain && (
            <Select
              aria-label="Franchisee"
              data={(franchisees.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
              value={id ?? null}
              onChange={(value) => change({ franchisee: value ?? undefined })}
              allowDeselect={false}
            />
          )}
          {id && may(user, "PUT /franchisees/{id}/royalty-agreement") && (
            <Button variant="default" onClick={() => setTask("terms")}>
              {none ? "Set terms" : "Change terms"}
            </Button>
          )}
          {id && agreement.data && may(user, "POST /franchisees/{id}/payouts") && (
            <Button variant="default" onClick={() => setTask("payout")}>
              Pay out
            </Button>
          )}
          {id && agreement.data && may(user, "POST /franchisees/{id}/royalties") && (
            <Button onClick={() => setTask("statement")}>Make a statement</Button>
          )}
        </>
      }
    >
      <Card title="Terms">
        {id === undefined ? (
          <Empty title="No franchise" />
        ) : none ? (
          <Empty title="No terms yet">The chain sets what of a sale counts, the rate, and the marketing fee.</Empty>
        ) : agreement.error ? (
          <ProblemView error={agreement.error} retry={() => void agreement.refetch()} />
        ) : !agreement.data ? (
          <Loading lines={4} />
        ) : (
          <Terms agreement={agreement.data} />
        )}
      </Card>
      {task === "terms" && id && <TermsModal id={id} agreement={agreement.data} currency={currency} close={() => setTask(null)} />}
      {task === "statement" && id && <StatementModal id={id} close={() => setTask(null)} />}
      {task === "payout" && id && <PayoutModal id={id} currency={currency} close={() => setTask(null)} />}
    </MoneyPage>
  );
}

function royaltyInWords(royalty: Schemas["Royalty"]): string {
  if (royalty.type === "fixed") return `${money(royalty.amount)} each period`;
  if (royalty.type === "percentage") return rate(royalty.rate);
  const tiers = royalty.tiers.map((tier) => `from ${(tier.from / 100).toLocaleString()} ${rate(tier.rate)}`).join(", ");
  return royalty.type === "marginal" ? `${tiers}, each part at its own rate` : `${tiers}, all at the rate reached`;
}

function Terms({ agreement }: { agreement: Agreement }) {
  return (
    <Facts
      of={[
        ["Royalty", royaltyInWords(agreement.royalty)],
        ["Of", agreement.base === "net" ? "sales less discounts" : "sales before discounts"],
        ["Marketing fund", rate(agreement.marketing_rate)],
        ["At least", agreement.minimum ? money(agreement.minimum) : null],
        ["Fees count", agreement.fees_count ? "yes" : "no"],
        ["Categories left out", agreement.excluded_categories.join(", ") || null],
        ["Ways of paying left out", agreement.excluded_tenders.map(words).join(", ") || null],
        ["Taxes on it", agreement.taxes.map((tax) => `${tax.tax.tax} ${rate(tax.rate)}`).join(", ") || null],
      ]}
    />
  );
}

function TermsModal({ id, agreement, currency, close }: { id: string; agreement?: Agreement; currency: string; close: () => void }) {
  const first = agreement?.royalty;
  const [base, setBase] = useState<Schemas["RoyaltyBase"]>(agreement?.base ?? "net");
  const [percent, setPercent] = useState<number | string>(first?.type === "percentage" ? first.rate / 10_000 : 6);
  const [marketing, setMarketing] = useState<number | string>((agreement?.marketing_rate ?? 20_000) / 10_000);
  const [least, setLeast] = useState(agreement?.minimum ? String(agreement.minimum.amount / 10 ** format.minorDigits(currency)) : "");
  const [categories, setCategories] = useState(agreement?.excluded_categories ?? []);
  const [tenders, setTenders] = useState(agreement?.excluded_tenders ?? []);
  const amount = least ? format.parseMoney(least, currency) : undefined;
  const act = useAction(
    (body: Agreement) => take(http.PUT("/api/v1/franchisees/{id}/royalty-agreement", { params: { path: { id } }, body })),
    {
      done: "Kept: statements from now on are made by these terms",
      stale: [["agreement", id]],
      quiet: true,
      onDone: close,
    },
  );
  return (
    <FormModal
      title="Terms of the franchise"
      close={close}
      action={act}
      submit="Keep"
      disabled={Boolean(least) && amount === undefined}
      onSubmit={() =>
        act.mutate({
          base,
          currency,
          royalty: { type: "percentage", rate: Math.round(Number(percent) * 10_000) },
          marketing_rate: Math.round(Number(marketing) * 10_000),
          fees_count: agreement?.fees_count ?? false,
          excluded_categories: categories,
          excluded_tenders: tenders,
          taxes: agreement?.taxes ?? [],
          ...(amount !== undefined ? { minimum: { amount, currency } } : {}),
        })
      }
    >
      {first && first.type !== "percentage" && (
        <Text size="sm" style={{ color: "var(--warm-ink)" }}>
          Now: {royaltyInWords(first)}. Keeping this form puts one rate in its place.
        </Text>
      )}
      <SegmentedControl
        value={base}
        onChange={(value) => setBase(value as typeof base)}
        data={[
          { value: "net", label: "Of sales less discounts" },
          { value: "gross", label: "Before discounts" },
        ]}
      />
      <Group grow>
        <NumberInput label="Royalty" suffix=" %" min={0} max={100} decimalScale={4} value={percent} onChange={setPercent} />
        <NumberInput label="Marketing fund" suffix=" %" min={0} max={100} decimalScale={4} value={marketing} onChange={setMarketing} />
      </Group>
      <TextInput
        label={`At least each period, ${currency}`}
        value={least}
        onChange={(event) => setLeast(event.currentTarget.value)}
        error={least && amount === undefined ? "Such as 5000" : undefined}
      />
      <TagsInput label="Categories that do not count" value={categories} onChange={setCategories} />
      <TagsInput label="Ways of paying that do not count" placeholder="points" value={tenders} onChange={setTenders} />
    </FormModal>
  );
}

function StatementModal({ id, close }: { id: string; close: () => void }) {
  const { stores = [] } = useStores();
  const [month, setMonth] = useState(monthOf(new Date(Date.now() - 27 * 86_400_000)));
  const act = useAction(
    (name: string) =>
      take(http.POST("/api/v1/franchisees/{id}/royalties", { params: { path: { id } }, body: { period: monthPeriod(name) } })),
    {
      quiet: true,
      stale: [["trial-balance"]],
    },
  );
  const made = act.data?.statement;
  return (
    <FormModal
      title="Royalty statement"
      size="lg"
      close={close}
      action={act}
      submit="Compute and post"
      disabled={!month}
      onSubmit={() => act.mutate(month)}
      cancel={made ? "Close" : "Cancel"}
    >
      <TextInput
        label="Month"
        description="Posted once: the same month again shows what was posted"
        type="month"
        value={month}
        onChange={(event) => setMonth(event.currentTarget.value)}
      />
      {made && (
        <>
          <Facts
            of={[
              ["Sales", money(made.sales)],
              ...made.exclusions.map((one) => [`Left out: ${words(one.reason.name)}`, `−${money(one.amount)}`] as [string, string]),
              ["Base", money(made.base)],
              ...made.bands.map((band) => [`At ${rate(band.rate)}`, `${money(band.royalty)} of ${money(band.base)}`] as [string, string]),
              ["Royalty", money(made.royalty)],
              ["Up to the minimum", made.minimum_added.amount > 0 ? money(made.minimum_added) : null],
              ["Marketing fund", money(made.marketing)],
              ...made.taxes.map((tax) => [tax.tax.tax, money(tax.amount)] as [string, string]),
              ["In all", <strong key="t">{money(made.total)}</strong>],
            ]}
          />
          <Text size="sm" fw={600}>
            What its stores earned
          </Text>
          {act.data?.stores.map((one) => (
            <Group key={one.store_id} justify="space-between">
              <Text size="sm">{stores.find((store) => store.id === one.store_id)?.name ?? one.store_id}</Text>
              <Text size="sm" className="num">
                {money(one.amount)}
              </Text>
            </Group>
          ))}
        </>
      )}
    </FormModal>
  );
}

function PayoutModal({ id, currency, close }: { id: string; currency: string; close: () => void }) {
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
