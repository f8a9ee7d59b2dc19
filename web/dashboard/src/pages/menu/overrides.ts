//! What a store sells otherwise than the chain's menu says: at another price, or not now. Pure.

export interface Price {
  amount: number;
  currency: string;
}

export interface Override {
  sku: string;
  price?: Price | null;
  /** Absent means that it is sold. */
  available?: boolean;
}

/** The list with one entry made otherwise. An entry that says nothing any more is left out: the API takes none such. */
export function withOverride(list: readonly Override[], sku: string, change: Partial<Override>): Override[] {
  const old = list.find((one) => one.sku === sku) ?? { sku };
  const made: Override = { ...old, ...change };
  const rest = list.filter((one) => one.sku !== sku);
  if (!made.price && made.available !== false) return rest;
  return [...rest, { sku, available: made.available !== false, ...(made.price ? { price: made.price } : {}) }];
}

export const isSold = (list: readonly Override[], sku: string): boolean => list.find((one) => one.sku === sku)?.available !== false;

export const ownPrice = (list: readonly Override[], sku: string): Price | undefined =>
  list.find((one) => one.sku === sku)?.price ?? undefined;
