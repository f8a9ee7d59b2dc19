//! What a proof of the journal found, in words. Pure.

import type { Schemas } from "../../api/index.ts";

type Found = Schemas["JournalProof"];

export function inWords({ entries, batches, differences }: Found, count: (n: number) => string): { title: string; detail: string } {
  const read = `${entries === 1 ? "1 entry was" : `${count(entries)} entries were`} added up, and ${batches === 1 ? "1 batch" : `${count(batches)} batches`} compared.`;
  if (differences.length === 0)
    return { title: "The books are what the journal says", detail: `${read} Quantity and worth of each are the same.` };
  const off = differences.length === 1 ? "1 batch is" : `${count(differences.length)} batches are`;
  return { title: `${off} not what the journal says`, detail: `${read} Tell the chain: nothing but the journal may change stock.` };
}
