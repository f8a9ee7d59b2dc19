//! Accounts of the ledger in words, and their amounts for spreadsheets. Pure.

import { format, type Money } from "../../api/index.ts";

/** `sales:<store>` is `Sales, Siam`: the kind in words, and whose. */
export function accountName(account: string, names: ReadonlyMap<string, string>): string {
  const [kind = account, ...rest] = account.split(":");
  const whose = rest.map((part) => names.get(part) ?? (/^[0-9a-f-]{36}$/.test(part) ? `…${part.slice(-6)}` : part)).join(", ");
  const words = kind.replaceAll("-", " ").replaceAll("_", " ");
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${whose ? `, ${whose}` : ""}`;
}

/** The month of a moment, as periods are named: `2026-11`. */
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

/** The last month that is over at a moment. */
export const monthBefore = (at: Date): string => monthOf(new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 0)));

/** A month as a period: its first moment, and the first of the next. */
export function monthPeriod(name: string): { name: string; from: string; until: string } {
  const [year = 1970, month = 1] = name.split("-").map(Number);
  const at = (offset: number) => new Date(Date.UTC(year, month - 1 + offset, 1)).toISOString().replace(".000Z", "Z");
  return { name, from: at(0), until: at(1) };
}

/** Millionths as people write a rate: 60000 is `6%`. */
export const rate = (millionths: number): string => `${Number((millionths / 10_000).toFixed(4))}%`;

/** An amount as a spreadsheet reads it: `1234.5`, made of the digits. */
export function sheetAmount({ amount, currency }: Money): number {
  const digits = format.minorDigits(currency);
  const text = String(Math.abs(amount)).padStart(digits + 1, "0");
  const whole = digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text;
  return Number(amount < 0 ? `-${whole}` : whole);
}
