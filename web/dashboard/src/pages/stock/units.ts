//! Quantities of stock: as a place keeps them (pieces, grams, millilitres), and as people say them.

import { LOCALE, type Schemas } from "../../api/index.ts";

export type Unit = Schemas["Unit"];

/** `8 kg`, `750 ml`, `12`: whole numbers in the item's own unit, larger ones in the larger unit where nothing is lost. */
export function quantity(amount: number, unit: string): string {
  const format = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 2 });
  if (unit === "piece") return format.format(amount);
  const [small, large] = unit === "g" ? ["g", "kg"] : ["ml", "l"];
  if (Math.abs(amount) >= 1000 && amount % 10 === 0) return `${format.format(amount / 1000)} ${large}`;
  return `${format.format(amount)} ${small}`;
}

/** What a unit is called in a form. */
export const UNIT: Record<Unit, string> = { piece: "pieces", g: "grams", ml: "millilitres" };

/** Whole days until a moment, at this place; below zero when it has passed. */
export const daysUntil = (at: string, now: number): number => Math.floor((Date.parse(at) - now) / 86_400_000);
