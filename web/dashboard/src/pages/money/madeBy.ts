//! By which terms a royalty statement was made, as far as its own lines say it: the terms of today may be others. Pure.

import { type Money, money, type Schemas } from "../../api/index.ts";
import { rate } from "./accounts.ts";
import { leftOut, taxName } from "./royalty.ts";

type Agreement = Schemas["RoyaltyAgreement"];
type Statement = Schemas["RoyaltyStatement"];

/** Under this a rate cannot be told from what came of it: the rounding of one minor unit is too much of it. */
const ENOUGH = 20_000;

/** The rate of a part, in hundredths of a per cent as terms are; nothing where it cannot be told. */
function rateOf(part: Money, whole: number): number | undefined {
  return whole < ENOUGH ? undefined : Math.round((part.amount * 10_000) / whole) * 100;
}

/** The terms in words; what cannot be read off the lines is left out. */
export function readOff(made: Statement): Array<[string, string | null]> {
  const fixed = made.bands.length === 0;
  const reckoned = made.royalty.amount + made.marketing.amount;
  const marketing = rateOf(made.marketing, made.base.amount);
  const taxes = made.taxes.map(({ tax, amount }) => {
    const known = rateOf(amount, reckoned);
    return `${taxName(tax)}${known === undefined ? "" : ` ${rate(known)}`}`;
  });
  return [
    ["Royalty", fixed ? "the same each period" : made.bands.map((band) => `${rate(band.rate)} of ${money(band.base)}`).join(", ")],
    ["Marketing fund", marketing === undefined ? null : rate(marketing)],
    ["At least", made.minimum_added.amount > 0 ? money(made.royalty) : null],
    ["Left out", made.exclusions.map((one) => leftOut(one.reason)).join(", ") || null],
    ["Taxes on it", taxes.join(", ") || null],
  ];
}

const near = (amount: number, wanted: number) => Math.abs(amount - wanted) <= 1;

/** Could these terms have made this statement? What its lines do not show, such as a category that sold nothing, they cannot tell. */
export function agrees(made: Statement, terms: Agreement): boolean {
  const { royalty } = terms;
  const before = made.royalty.amount - made.minimum_added.amount;
  if (royalty.type === "fixed" ? made.bands.length > 0 || before !== royalty.amount.amount : made.bands.length === 0 && before !== 0)
    return false;
  const rates = royalty.type === "percentage" ? [royalty.rate] : royalty.type === "fixed" ? [] : royalty.tiers.map((tier) => tier.rate);
  if (!made.bands.every((band) => rates.includes(band.rate))) return false;
  if (!near(made.marketing.amount, (made.base.amount * terms.marketing_rate) / 1_000_000)) return false;
  const least = terms.minimum?.amount ?? 0;
  if (made.minimum_added.amount > 0 ? made.royalty.amount !== least : made.royalty.amount < least) return false;
  const reckoned = made.royalty.amount + made.marketing.amount;
  const taxed = (share: Schemas["TaxShare"]) =>
    terms.taxes.some((one) => taxName(one.tax) === taxName(share.tax) && near(share.amount.amount, (reckoned * one.rate) / 1_000_000));
  if (made.taxes.length !== terms.taxes.length || !made.taxes.every(taxed)) return false;
  return made.exclusions.every(({ reason }) => {
    if (reason.type === "tender") return terms.excluded_tenders.includes(reason.name);
    if (reason.type === "category") return terms.excluded_categories.includes(reason.name);
    return reason.name !== "fee" || !terms.fees_count;
  });
}
