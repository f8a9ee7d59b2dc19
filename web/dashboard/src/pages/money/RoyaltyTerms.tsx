//! What a franchisee owes by agreement, in words, and the form in which the chain sets it.

import { Group, NumberInput, SegmentedControl, TagsInput, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { format, http, money, type Schemas, take } from "../../api/index.ts";
import { useAction } from "../../ui/action.tsx";
import { Facts, words } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { rate } from "./accounts.ts";
import { BASE, royaltyInWords, taxName } from "./royalty.ts";

type Agreement = Schemas["RoyaltyAgreement"];

export function Terms({ agreement }: { agreement: Agreement }) {
  return (
    <Facts
      of={[
        ["Royalty", royaltyInWords(agreement.royalty, agreement.currency)],
        ["Of", BASE[agreement.base]],
        ["Marketing fund", rate(agreement.marketing_rate)],
        ["At least", agreement.minimum ? money(agreement.minimum) : null],
        ["Fees count", agreement.fees_count ? "yes" : "no"],
        ["Categories left out", agreement.excluded_categories.join(", ") || null],
        ["Ways of paying left out", agreement.excluded_tenders.map(words).join(", ") || null],
        ["Taxes on it", agreement.taxes.map((tax) => `${taxName(tax.tax)} ${rate(tax.rate)}`).join(", ") || null],
      ]}
    />
  );
}

export function TermsModal({ id, agreement, currency, close }: { id: string; agreement?: Agreement; currency: string; close: () => void }) {
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
          Now: {royaltyInWords(first, currency)}. Keeping this form puts one rate in its place.
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
