//! What a store sells otherwise than the chain's menu says: at another price, not now, or not at all. Pure.

export interface Price {
  amount: number;
  currency: string;
}

export interface Override {
  sku: string;
  price?: Price | null;
  /** Absent means that it is sold. */
  available?: boolean;
  /** No part of what this store offers. */
  hidden?: boolean;
}

/** The list with one entry made otherwise. An entry that says nothing any more is left out: the API takes none such. */
export function withOverride(list: readonly Override[], sku: string, change: Partial<Override>): Override[] {
  const old = list.find((one) => one.sku === sku) ?? { sku };
  const made: Override = { ...old, ...change };
  const rest = list.filter((one) => one.sku !== sku);
  if (!made.price && made.available !== false && !made.hidden) return rest;
  return [
    ...rest,
    { sku, available: made.available !== false, hidden: made.hidden === true, ...(made.price ? { price: made.price } : {}) },
  ];
}

/** How a thing of the chain's menu stands in a store. */
export type Standing = "sold" | "out" | "hidden";

export const standing = (one: { available: boolean; hidden: boolean }): Standing =>
  one.hidden ? "hidden" : one.available ? "sold" : "out";

/** What an entry says for a thing to stand so. */
export const toStand = (wanted: Standing): Partial<Override> =>
  wanted === "sold"
    ? { available: true, hidden: false }
    : wanted === "out"
      ? { available: false, hidden: false }
      : { hidden: true, available: true };

/** Is a price within what the chain lets it be? What is wrong with it, in words. */
export function outside(amount: number, least: Price | null | undefined, most: Price | null | undefined): "low" | "high" | undefined {
  if (least && amount < least.amount) return "low";
  if (most && amount > most.amount) return "high";
  return undefined;
}
