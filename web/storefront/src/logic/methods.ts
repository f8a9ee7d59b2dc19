//! The cards that somebody keeps: what each is called, and which are still good.

import type { Schemas } from "@kirana/api";

export type Method = Schemas["PaymentMethod"];

/** As the brands write themselves, in every language; `visa` and others need only a capital. */
const BRANDS: Readonly<Record<string, string>> = {
  amex: "American Express",
  cartes_bancaires: "Cartes Bancaires",
  diners: "Diners Club",
  eftpos_au: "eftpos",
  jcb: "JCB",
  unionpay: "UnionPay",
};

export const brandOf = ({ brand }: Method): string => BRANDS[brand] ?? brand.charAt(0).toUpperCase() + brand.slice(1).replaceAll("_", " ");

/** Such as `Visa •••• 4242`. */
export const nameOf = (method: Method): string => `${brandOf(method)} •••• ${method.last4}`;

/** `MM/YY`, as it stands on the card. */
export const expiryOf = ({ expires_month, expires_year }: Method): string =>
  `${String(expires_month).padStart(2, "0")}/${String(expires_year % 100).padStart(2, "0")}`;

/** A card is good to the end of its month. */
export function isExpired({ expires_month, expires_year }: Method, now: number): boolean {
  const today = new Date(now);
  return expires_year * 12 + expires_month < today.getFullYear() * 12 + today.getMonth() + 1;
}

/** In place of a method's id: a card that is typed now. */
export const ANOTHER = "another";

/** What is paid with: what was chosen, while it is there and good; else the first that is, the newest. */
export function chosenOf(methods: readonly Method[], wanted: string | undefined, now: number): string {
  const good = methods.filter((method) => !isExpired(method, now));
  if (wanted === ANOTHER) return ANOTHER;
  return (good.find(({ id }) => id === wanted) ?? good[0])?.id ?? ANOTHER;
}
