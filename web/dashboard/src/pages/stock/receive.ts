//! Lines of goods that come in: what a scan makes of them. Pure.

import type { Level } from "./data.tsx";
import type { Unit } from "./units.ts";

export interface Line {
  key: string;
  sku: string;
  name: string;
  unit: Unit;
  quantity: number | string;
  cost: string;
  lot: string;
  expires: string;
  fault?: string;
}

/** What a label says beside its code. */
interface Label {
  lot?: string;
  /** The last day on which it is good. */
  expires?: string;
}

/** The same good of the same lot and date: where a label says nothing of them, any will do. */
const same = (line: Line, sku: string, { lot, expires }: Label) =>
  line.sku === sku && (!lot || line.lot === lot) && (!expires || line.expires === expires);

/** Lines after a good was scanned: pieces count up, others wait for their quantity, in the line that `focus` names. */
export function withGood(lines: Line[], item: Level, label: Label, key: string): { lines: Line[]; focus?: string } {
  const known = lines.find((line) => same(line, item.sku, label));
  if (known && item.unit !== "piece") return { lines, focus: known.key };
  if (known) return { lines: changed(lines, known.key, { quantity: Number(known.quantity || 0) + 1 }) };
  const line: Line = {
    key,
    sku: item.sku,
    name: item.name,
    unit: item.unit as Unit,
    quantity: item.unit === "piece" ? 1 : "",
    cost: "",
    lot: label.lot ?? "",
    expires: label.expires ?? "",
  };
  return { lines: [line, ...lines] };
}

/** A label with lot and date only belongs to what was scanned before it. */
export function withLabel(lines: Line[], { lot, expires }: Label): Line[] {
  const [last] = lines;
  return last ? changed(lines, last.key, { ...(lot ? { lot } : {}), ...(expires ? { expires } : {}) }) : lines;
}

/** A line that was changed has no fault until it is sent again. */
export const changed = (lines: Line[], key: string, more: Partial<Line>): Line[] =>
  lines.map((line) => (line.key === key ? { ...line, fault: undefined, ...more } : line));
