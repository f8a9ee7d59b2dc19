//! A modifier group while it is typed: what it says so far, what is wrong with it, and what the API is sent. Pure.

import { format, type Schemas } from "../../api/index.ts";

type Group = Schemas["ModifierGroup"];
type GroupRequest = Schemas["GroupRequest"];

export interface TypedOption {
  /** Tells it from the others while it has no sku. */
  key: string;
  /** Of one that is there: recipes and stores' own prices hang on it, so it stays whatever the option is called. */
  sku?: string;
  name: string;
  price: string;
  adults: boolean;
  preselected: boolean;
}

export interface TypedGroup {
  name: string;
  min: number | string;
  max: number | string;
  options: TypedOption[];
  variants: string[];
}

/** How many options a group takes, and how many can be chosen of it. */
export const MOST = 100;

let options = 0;
export function newOption(): TypedOption {
  options += 1;
  return { key: `new-${options}`, name: "", price: "0", adults: false, preselected: false };
}

/** `15`, `15.50`: as somebody would type it. */
function typedPrice({ amount, currency }: Schemas["Money"]): string {
  const digits = format.minorDigits(currency);
  const unit = 10 ** digits;
  return (amount / unit).toFixed(amount % unit === 0 ? 0 : digits);
}

export function typedOf(group: Group, variants: string[]): TypedGroup {
  return {
    name: group.name,
    min: group.min,
    max: group.max,
    variants,
    options: group.modifiers.map((one) => ({
      key: one.sku,
      sku: one.sku,
      name: one.name,
      price: typedPrice(one.price),
      adults: one.age_restricted ?? false,
      preselected: one.preselected ?? false,
    })),
  };
}

export const emptyGroup = (): TypedGroup => ({ name: "", min: 0, max: 1, options: [newOption()], variants: [] });

const isWhole = (value: number | string): value is number => typeof value === "number" && Number.isInteger(value);

/** What is wrong so far, by the field it is said at; fields that are empty still are waited for, not blamed. */
export function faultsOf(typed: TypedGroup, currency: string): Record<string, string> {
  const faults: Record<string, string> = {};
  const { min, max } = typed;
  if (isWhole(min) && isWhole(max) && max < Math.max(min, 1)) faults.max = `${Math.max(min, 1)} or more`;
  const names = typed.options.map(({ name }) => name.trim().toLowerCase());
  for (const [at, { key, name, price }] of typed.options.entries()) {
    if (names[at] && names.indexOf(names[at]) !== at) faults[`${key}.name`] = `${name.trim()} is there already`;
    if (price.trim() && format.parseMoney(price, currency) === undefined) faults[`${key}.price`] = "Such as 15 or 15.50";
  }
  const preselected = typed.options.filter((one) => one.preselected).length;
  if (isWhole(max) && preselected > max) faults.options = `${preselected} are chosen beforehand, and ${max} can be chosen at most`;
  return faults;
}

/** What is sent; nothing while something is missing or wrong. */
export function requestOf(typed: TypedGroup, currency: string): GroupRequest | undefined {
  const { name, min, max, variants } = typed;
  const made = typed.options.map((one) => ({ ...one, name: one.name.trim(), amount: format.parseMoney(one.price, currency) }));
  const whole = name.trim() && isWhole(min) && isWhole(max) && made.length > 0 && made.every((one) => one.name && one.amount !== undefined);
  if (!whole || Object.keys(faultsOf(typed, currency)).length > 0) return undefined;
  return {
    name: name.trim(),
    min,
    max,
    variants,
    options: made.map(({ sku, name, amount, adults, preselected }) => ({
      ...(sku ? { sku } : {}),
      name,
      price: { amount: amount ?? 0, currency },
      age_restricted: adults,
      preselected,
    })),
  };
}

/**
 * Which variants can have a group. Nobody says which menu a product is on, so that those in its money are offered, and the API refuses
 * others; a sku that several menus have is one choice, and one that is known by its sku alone stays.
 */
export function variantsFor(
  products: Array<Schemas["MenuProduct"]>,
  currency: string,
  have: string[],
): Array<{ value: string; label: string }> {
  const known = new Map<string, string>();
  for (const product of products)
    for (const { sku, name, price } of product.variants)
      if (price.currency === currency && !known.has(sku)) known.set(sku, `${product.name}, ${name}`);
  for (const sku of have) if (!known.has(sku)) known.set(sku, sku);
  return [...known].map(([value, label]) => ({ value, label }));
}

/** An option goes one place up or down; at the end of the list it stays. */
export function moved<T>(list: readonly T[], at: number, by: 1 | -1): T[] {
  const to = at + by;
  const [one, other] = [list[at], list[to]];
  if (one === undefined || other === undefined) return [...list];
  const next = [...list];
  next[at] = other;
  next[to] = one;
  return next;
}

/** How many are chosen, in words. */
export function rule(min: number, max: number): string {
  if (min === max) return `exactly ${min}`;
  if (min === 0) return `up to ${max}`;
  return `${min} to ${max}`;
}
