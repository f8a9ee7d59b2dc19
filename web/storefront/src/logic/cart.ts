//! What somebody is about to order: kept on the device, so that it is there without a line and before anybody signs in.
//! Prices here are only shown until the store's own quote has come.

import type { Schemas } from "@kirana/api";
import { kept } from "./keep.ts";

export type Fulfilment = Schemas["Fulfilment"];

/** One line, with the words to show it by while nothing can be asked. */
export interface CartLine {
  variantSku: string;
  productId: string;
  name: string;
  detail: string;
  quantity: number;
  grams?: number;
  modifiers: { sku: string; name: string }[];
  /** Minor units of one piece, or of the weight asked for, as the menu said when it was put in. */
  price: number;
  ageRestricted: boolean;
}

export interface Cart {
  storeId: string | null;
  storeName: string;
  currency: string;
  lines: CartLine[];
  coupons: string[];
  fulfilment: Fulfilment;
  /** When it is wanted, RFC 3339; null for as soon as possible. */
  at: string | null;
  /** Minor units. */
  tip: number;
  note: string;
  table: string;
  /** Where it is brought. */
  address: string;
  /** Where on the map that is, as far as anybody has said. */
  place?: Schemas["Position"] | null;
}

export const EMPTY: Cart = {
  storeId: null,
  storeName: "",
  currency: "THB",
  lines: [],
  coupons: [],
  fulfilment: "pickup",
  at: null,
  tip: 0,
  note: "",
  table: "",
  address: "",
};

const isCart = (value: unknown): value is Cart => {
  const cart = value as Cart;
  return (
    typeof cart === "object" && cart !== null && Array.isArray(cart.lines) && Array.isArray(cart.coupons) && typeof cart.tip === "number"
  );
};

export const cart = kept<Cart>("kirana.cart", EMPTY, isCart);

/** Do two lines ask for the same? */
export function same(a: CartLine, b: CartLine): boolean {
  const skus = (line: CartLine) =>
    line.modifiers
      .map(({ sku }) => sku)
      .sort()
      .join();
  return a.variantSku === b.variantSku && a.grams === b.grams && a.grams === undefined && skus(a) === skus(b);
}

/** With one more line: of a line that asks for the same, more. A cart is of one store. */
export function added(now: Cart, store: { id: string; name: string; currency: string }, line: CartLine): Cart {
  const base = now.storeId === store.id ? now : { ...EMPTY, storeId: store.id, storeName: store.name, currency: store.currency };
  const known = base.lines.findIndex((other) => same(other, line));
  const lines =
    known < 0
      ? [...base.lines, line]
      : base.lines.map((other, index) =>
          index === known ? { ...other, quantity: Math.min(1000, other.quantity + line.quantity) } : other,
        );
  return { ...base, lines };
}

/** With another number of pieces of a line; none takes it out. */
export function counted(now: Cart, index: number, quantity: number): Cart {
  const lines = now.lines.flatMap((line, at) => (at === index ? (quantity > 0 ? [{ ...line, quantity }] : []) : [line]));
  return lines.length ? { ...now, lines } : { ...now, lines, coupons: [], tip: 0, at: null };
}

export const pieces = (now: Cart): number => now.lines.reduce((sum, line) => sum + line.quantity, 0);

/** What the menu says it comes to, before offers, fees and tip. */
export const estimate = (now: Cart): number => now.lines.reduce((sum, line) => sum + line.price * line.quantity, 0);

/** The lines as the API wants them. */
export function requested(lines: readonly CartLine[]): Schemas["LineRequest"][] {
  return lines.map((line) => ({
    variant_sku: line.variantSku,
    quantity: line.quantity,
    ...(line.grams === undefined ? {} : { grams: line.grams }),
    modifiers: line.modifiers.map(({ sku }) => ({ sku })),
  }));
}

/** What of an earlier order can be had again by today's menu, and what cannot. */
export function again(lines: readonly Schemas["OrderLine"][], menu: Schemas["Menu"]): { lines: CartLine[]; missing: string[] } {
  const missing: string[] = [];
  const found = lines.flatMap((line): CartLine[] => {
    const product = menu.products.find((one) => one.variants.some((variant) => variant.sku === line.variant_sku));
    const variant = product?.variants.find((one) => one.sku === line.variant_sku);
    const groups = menu.modifier_groups.filter((group) => variant?.modifier_groups.includes(group.id));
    const modifiers = line.modifiers.map(({ sku }) => groups.flatMap((group) => group.modifiers).find((one) => one.sku === sku));
    if (!product || !variant || line.quantity < 1 || modifiers.some((one) => !one)) {
      if (line.quantity > 0) missing.push(line.name);
      return [];
    }
    const extras = modifiers.flatMap((one) => one ?? []);
    const piece = extras.reduce((sum, one) => sum + one.price.amount, variant.price.amount);
    const grams = line.weight?.estimated_grams;
    return [
      {
        variantSku: variant.sku,
        productId: product.id,
        name: product.name,
        detail: product.variants.length > 1 ? variant.name : "",
        quantity: line.quantity,
        ...(grams === undefined ? {} : { grams }),
        modifiers: extras.map(({ sku, name }) => ({ sku, name })),
        price: grams === undefined ? piece : Math.round((piece * grams) / 1000),
        ageRestricted: product.age_restricted || extras.some((one) => one.age_restricted === true),
      },
    ];
  });
  return { lines: found, missing };
}
