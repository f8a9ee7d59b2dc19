//! Offers in words, and as a form holds them. Pure.

import { LOCALE, money, type Schemas } from "../../api/index.ts";
import { segmentInWords } from "../customers/segments.ts";

type Benefit = Schemas["Benefit"];
type Conditions = Schemas["Conditions"];

export const percent = (bp: number): string =>
  new Intl.NumberFormat(LOCALE, { style: "percent", maximumFractionDigits: 2 }).format(bp / 10_000);

/** What an offer gives, in one sentence. */
export function benefitInWords(benefit: Benefit): string {
  switch (benefit.kind) {
    case "percentage":
      return `${percent(benefit.percent_bp)} off${on(benefit.on)}`;
    case "amount_off":
      return `${money(benefit.amount, true)} off${on(benefit.on) || " the order"}`;
    case "amount_off_each":
      return `${money(benefit.amount, true)} off each${on(benefit.on) || " piece"}`;
    case "buy_get":
      return `Buy ${benefit.buy}, get ${benefit.get}${benefit.percent_bp === 10_000 ? " free" : ` at ${percent(benefit.percent_bp)} off`}${on(benefit.get_on)}`;
    case "bundle":
      return `${benefit.parts.reduce((sum, part) => sum + part.pieces, 0)} together for ${money(benefit.price, true)}`;
    case "bulk_tiers":
      return benefit.tiers
        .map((tier) => `from ${tier.from}${benefit.measure === "grams" ? " g" : ""} ${percent(tier.percent_bp)} off`)
        .join(", ");
  }
}

function on(selector?: Schemas["Selector"]): string {
  if (!selector) return "";
  const named = [...(selector.categories ?? []), ...(selector.variants ?? [])];
  const count = selector.products?.length ?? 0;
  if (count > 0) named.push(count === 1 ? "one product" : `${count} products`);
  return named.length > 0 ? ` ${named.join(", ")}` : "";
}

const SHORT: Record<Schemas["Day"], string> = {
  monday: "Mon",
  tuesday: "Tue",
  wednesday: "Wed",
  thursday: "Thu",
  friday: "Fri",
  saturday: "Sat",
  sunday: "Sun",
};
export const DAYS = Object.keys(SHORT) as Schemas["Day"][];

/** For which orders it is, condition by condition. */
export function conditionsInWords(conditions: Conditions | undefined): string[] {
  const said: string[] = [];
  if (!conditions) return said;
  if (conditions.coupon) said.push(`with coupon ${conditions.coupon}`);
  if (conditions.min_subtotal) said.push(`from ${money(conditions.min_subtotal, true)}`);
  if (conditions.first_order) said.push("first order only");
  for (const hours of conditions.hours ?? []) {
    const days = hours.days?.length ? `${hours.days.map((day) => SHORT[day]).join(", ")} ` : "";
    said.push(`${days}${hours.from.slice(0, 5)}–${hours.until.slice(0, 5)}`);
  }
  for (const dates of conditions.dates ?? []) said.push(`${dates.from.slice(0, 10)} until ${dates.until.slice(0, 10)}`);
  if (conditions.stores?.length) said.push(conditions.stores.length === 1 ? "in one store" : `in ${conditions.stores.length} stores`);
  if (conditions.segments?.length) said.push(`for ${conditions.segments.map(segmentInWords).join(" or ")}`);
  return said;
}

/** Where a campaign may be moved by hand, and how that is called. */
export function moves(status: Schemas["CampaignStatus"]): Array<{ to: Schemas["CampaignStatus"]; label: string; danger?: boolean }> {
  const end = { to: "ended", label: "End for good", danger: true } as const;
  if (status === "draft") return [end, { to: "scheduled", label: "Schedule" }];
  if (status === "scheduled") return [end, { to: "draft", label: "Back to draft" }];
  if (status === "active") return [end, { to: "paused", label: "Pause" }];
  if (status === "paused") return [end, { to: "scheduled", label: "Go on" }];
  return [];
}
