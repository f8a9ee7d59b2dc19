//! The choices that go with a product, and their rules: said before they are broken, and kept by what can be pressed.

import type { Schemas } from "@kirana/api";

export type Group = Schemas["ModifierGroup"];
export type Variant = Schemas["MenuVariant"];

/** Skus that are chosen, by group. */
export type Choices = Readonly<Record<string, readonly string[]>>;

/** How a group is chosen from: exactly one, or several between two numbers. */
export function isSingle(group: Group): boolean {
  return group.max === 1 && group.min === 1;
}

/** The groups of a variant in the menu's order; one that the menu does not have is passed over. */
export function groupsOf(variant: Variant, groups: readonly Group[]): Group[] {
  return variant.modifier_groups.flatMap((id) => groups.find((group) => group.id === id) ?? []);
}

/** What is chosen after a press: of a single choice the other goes; of several none beyond the most that may be. */
export function pressed(choices: Choices, group: Group, sku: string): Choices {
  const chosen = choices[group.id] ?? [];
  if (isSingle(group)) return { ...choices, [group.id]: [sku] };
  if (chosen.includes(sku)) return { ...choices, [group.id]: chosen.filter((other) => other !== sku) };
  if (group.max === 1) return { ...choices, [group.id]: [sku] };
  return chosen.length < group.max ? { ...choices, [group.id]: [...chosen, sku] } : choices;
}

/** May this be pressed now? */
export function isOpen(choices: Choices, group: Group, sku: string): boolean {
  const chosen = choices[group.id] ?? [];
  return group.max <= 1 || chosen.includes(sku) || chosen.length < group.max;
}

/** The first group that still needs something. */
export function firstMissing(choices: Choices, groups: readonly Group[]): Group | undefined {
  return groups.find((group) => (choices[group.id] ?? []).length < group.min);
}

/** What is kept of the choices when another variant is looked at: what its groups have as well. */
export function kept(choices: Choices, groups: readonly Group[]): Choices {
  return Object.fromEntries(groups.flatMap((group) => (choices[group.id] ? [[group.id, choices[group.id] as readonly string[]]] : [])));
}

/** Is something for adults among what is chosen? Then so is what it is chosen with. */
export function forAdults(product: { age_restricted: boolean }, choices: Choices, groups: readonly Group[]): boolean {
  const chosen = groups.flatMap((group) => group.modifiers.filter((one) => choices[group.id]?.includes(one.sku)));
  return product.age_restricted || chosen.some((one) => one.age_restricted === true);
}

/** What one piece costs, in minor units. */
export function unitPrice(variant: Variant, choices: Choices, groups: readonly Group[]): number {
  const extras = groups.flatMap((group) => group.modifiers.filter((one) => choices[group.id]?.includes(one.sku)));
  return extras.reduce((sum, one) => sum + one.price.amount, variant.price.amount);
}
