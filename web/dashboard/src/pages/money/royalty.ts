//! Royalties as a bill reads: terms in words, a statement line by line, the days of a period. Pure.

import { LOCALE, type Money, money, type Schemas } from "../../api/index.ts";
import type { Column } from "../../table/logic.ts";
import { rate, sheetAmount } from "./accounts.ts";

type Agreement = Schemas["RoyaltyAgreement"];
type Statement = Schemas["RoyaltyStatement"];
type Period = Schemas["Period"];

/** How the royalty follows from the base. */
export function royaltyInWords(royalty: Agreement["royalty"], currency: string): string {
  if (royalty.type === "fixed") return `${money(royalty.amount)} each period`;
  if (royalty.type === "percentage") return rate(royalty.rate);
  const tiers = royalty.tiers.map((tier) => `from ${money({ amount: tier.from, currency }, true)} ${rate(tier.rate)}`).join(", ");
  return royalty.type === "marginal" ? `${tiers}, each part at its own rate` : `${tiers}, all at the rate reached`;
}

/** What of a sale counts. */
export const BASE: Record<Schemas["RoyaltyBase"], string> = { net: "sales less discounts", gross: "sales before discounts" };

const KINDS: Record<Schemas["SoldKind"], string> = {
  goods: "goods",
  fee: "delivery and other fees",
  tip: "tips",
  tax: "tax",
  gift_balance: "gift balance that was sold",
};

/** Why some sales do not count: by what was sold, its category, or what it was paid with. */
export function leftOut({ type, name }: Schemas["ExclusionReason"]): string {
  if (type === "kind") return KINDS[name as Schemas["SoldKind"]] ?? name;
  return type === "tender" ? `paid with ${name.replaceAll("_", " ")}` : `category ${name}`;
}

export interface BillLine {
  key: string;
  label: string;
  /** What the rate is of. */
  of?: Money;
  rate?: string;
  amount: Money;
  /** A sum closes what stands above it; the total closes the bill. */
  sum?: "part" | "total";
}

export interface Bill {
  /** How the base comes about. */
  basis: BillLine[];
  /** What is owed for it. */
  owed: BillLine[];
}

const minus = ({ amount, currency }: Money): Money => ({ amount: -amount, currency });

/** A statement as a bill: each part adds up to its last line. Nothing is computed here but signs: the platform's figures stand. */
export function billOf(made: Statement): Bill {
  const basis: BillLine[] = [
    { key: "sales", label: "Sales", amount: made.sales },
    ...made.exclusions.map((one) => ({
      key: `out ${one.reason.type} ${one.reason.name}`,
      label: `Does not count: ${leftOut(one.reason)}`,
      amount: minus(one.amount),
    })),
  ];
  if (made.carried_in.amount !== 0) basis.push({ key: "in", label: "Short from the period before", amount: made.carried_in });
  if (made.carried_out.amount !== 0) basis.push({ key: "out", label: "Short, for the period after", amount: minus(made.carried_out) });
  basis.push({ key: "base", label: "What counts", amount: made.base, sum: "part" });
  const owed: BillLine[] = made.bands.map((band) => ({
    key: `band ${band.rate} ${band.base.amount}`,
    label: "Royalty",
    of: band.base,
    rate: rate(band.rate),
    amount: band.royalty,
  }));
  // A fixed royalty has no bands: it is what is not added by the minimum.
  if (owed.length === 0) {
    const amount = made.royalty.amount - made.minimum_added.amount;
    owed.push({ key: "fixed", label: "Royalty, the same each period", amount: { amount, currency: made.royalty.currency } });
  }
  if (made.minimum_added.amount !== 0) owed.push({ key: "minimum", label: "Up to the minimum", amount: made.minimum_added });
  owed.push({ key: "marketing", label: "Marketing fund", of: made.base, amount: made.marketing });
  for (const { tax, amount } of made.taxes) owed.push({ key: `tax ${tax.place} ${tax.tax}`, label: taxName(tax), amount });
  owed.push({ key: "total", label: "To pay", amount: made.total, sum: "total" });
  return { basis, owed };
}

/** `VAT (TH)`: short names of taxes are abbreviations. */
export const taxName = ({ place, tax }: Schemas["TaxName"]): string => `${tax.length <= 4 ? tax.toUpperCase() : tax} (${place})`;

/** The bill as a spreadsheet has it. */
export const BILL_SHEET: Column<BillLine>[] = [
  { key: "label", label: "Line", value: (line) => line.label },
  { key: "of", label: "Of", value: (line) => line.of && sheetAmount(line.of) },
  { key: "rate", label: "Rate", value: (line) => line.rate },
  { key: "amount", label: "Amount", value: (line) => sheetAmount(line.amount) },
  { key: "currency", label: "Currency", value: (line) => line.amount.currency },
];

/** The first and the last day of a period: by UTC where it begins and ends with a day there, as the chain's months do, or by the place's clock. */
export function daysOf({ from, until }: Pick<Period, "from" | "until">, zone?: string): string {
  const utc = [from, until].every((at) => Date.parse(at) % 86_400_000 === 0);
  const options = { day: "numeric", month: "short", year: "numeric", timeZone: utc ? "UTC" : zone } as const;
  return new Intl.DateTimeFormat(LOCALE, options).formatRange(Date.parse(from), Date.parse(until) - 1);
}

/** How a figure compares with the one before: `+12.5%`; nothing where there was none. */
export function against(now: Money, before: Money | undefined): string | undefined {
  if (!before || before.amount === 0 || before.currency !== now.currency) return undefined;
  const tenths = Math.round(((now.amount - before.amount) * 1000) / Math.abs(before.amount));
  const text = `${(Math.abs(tenths) / 10).toFixed(1).replace(/\.0$/, "")}%`;
  return tenths === 0 ? "the same" : `${tenths > 0 ? "+" : "−"}${text}`;
}
