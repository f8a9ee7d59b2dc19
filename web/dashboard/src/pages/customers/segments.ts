//! Segments of customers by their names: tags that the chain gives by hand, and tiers of loyalty. Pure.

import type { Schemas } from "../../api/index.ts";

export type Segment = Schemas["CustomerSegment"];

/** What the name of a segment begins with that loyalty knows. */
const TIER = "tier:";

/** Can this be the name of a tag? */
export const isTag = (name: string): boolean => /^[a-z][a-z0-9-]{0,39}$/.test(name);

/** A name as somebody types it, as near to a tag as it comes: `Press 2026` is `press-2026`. */
export const tagOf = (typed: string): string => typed.toLowerCase().replace(/\s+/g, "-");

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `tier Blossom` of `tier:blossom`; a tag is its own word. */
export const segmentInWords = (name: string): string => (name.startsWith(TIER) ? `tier ${capital(name.slice(TIER.length))}` : name);

interface Group {
  group: string;
  items: Array<{ value: string; label: string }>;
}

/** What an offer can be for: the tiers, and the tags as far as one may know them. */
export function segmentChoices(
  tiers: ReadonlyArray<Pick<Schemas["LoyaltyTier"], "name">>,
  segments: ReadonlyArray<Pick<Segment, "name">>,
): Group[] {
  const groups = [
    { group: "Tiers of loyalty", items: tiers.map(({ name }) => ({ value: `${TIER}${name}`, label: capital(name) })) },
    { group: "Segments", items: segments.map(({ name }) => ({ value: name, label: name })) },
  ];
  return groups.filter(({ items }) => items.length > 0);
}
