//! What a table does with its rows: filter, sort, export. Pure.

import type { ReactNode } from "react";

export type Cell = string | number | null | undefined;

export interface Column<R> {
  key: string;
  label: string;
  /** What is sorted, searched and exported. Amounts in minor units are exported as `text` writes them. */
  value: (row: R) => Cell;
  /** How it looks, where that is not its value. */
  render?: (row: R) => ReactNode;
  /** What a spreadsheet gets, where that is not its value. */
  text?: (row: R) => Cell;
  right?: boolean;
  /** Not shown until somebody chooses it. */
  extra?: boolean;
  /** Where it stands on a phone's card; `none` leaves it out. */
  phone?: "title" | "side" | "none";
}

export interface Filter<R> {
  key: string;
  label: string;
  options: Array<{ value: string; label: string }>;
  /** Does a row pass? Absent where the server has filtered already. */
  passes?: (row: R, value: string) => boolean;
}

/** `-placed` is by `placed`, the largest first. */
export function sortBy<R>(rows: readonly R[], columns: ReadonlyArray<Column<R>>, sort: string | undefined): R[] {
  const key = sort?.replace(/^-/, "");
  const column = columns.find((one) => one.key === key);
  if (!column) return [...rows];
  const way = sort?.startsWith("-") ? -1 : 1;
  return rows
    .map((row, at) => ({ row, at, value: column.value(row) }))
    .sort((a, b) => {
      // What has no value comes last, whichever way one sorts.
      const [noneA, noneB] = [a.value === null || a.value === undefined, b.value === null || b.value === undefined];
      if (noneA || noneB) return noneA && noneB ? a.at - b.at : noneA ? 1 : -1;
      return way * compare(a.value as string | number, b.value as string | number) || a.at - b.at;
    })
    .map(({ row }) => row);
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true, sensitivity: "base" });
}

/** Which way a press on a column's head turns: up, down, not at all. */
export function nextSort(sort: string | undefined, key: string): string | undefined {
  if (sort === key) return `-${key}`;
  return sort === `-${key}` ? undefined : key;
}

/** Each word of `q` is somewhere in the row. */
export function found<R>(row: R, columns: ReadonlyArray<Column<R>>, q: string): boolean {
  const text = columns
    .flatMap((column) => [column.value(row), column.text?.(row)])
    .join(" ")
    .toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function filtered<R>(
  rows: readonly R[],
  columns: ReadonlyArray<Column<R>>,
  filters: ReadonlyArray<Filter<R>>,
  state: Record<string, string | undefined>,
): R[] {
  const on = filters.filter((filter) => filter.passes && state[filter.key]);
  const q = state.q?.trim();
  return rows.filter((row) => on.every((filter) => filter.passes?.(row, state[filter.key] as string)) && (!q || found(row, columns, q)));
}

interface Looked<R> {
  sort: string | undefined;
  columns: ReadonlyArray<Column<R>>;
  filters: ReadonlyArray<Filter<R>>;
  search: Record<string, string | undefined>;
  note?: string;
}

/** What is said while not all of a list is loaded, and the table and not the API sorts it or looks through it. */
export function amongLoaded<R>(loaded: number, { sort, columns, filters, search, note }: Looked<R>): string | undefined {
  const sorts = columns.some((column) => column.key === sort?.replace(/^-/, ""));
  const searches = Boolean(search.q?.trim());
  const looks = filters.some((filter) => filter.passes && search[filter.key]) || (searches && !note);
  const does = [sorts && "sorted", looks && "looked through"].filter(Boolean).join(" and ");
  const said = does && `Only the ${loaded} rows that are loaded are ${does}. An export has all that match.`;
  return [searches && note, said].filter(Boolean).join(" ") || undefined;
}

/** RFC 4180. A cell that a spreadsheet would compute gets an apostrophe: what customers type is no formula. */
export function csv<R>(rows: readonly R[], columns: ReadonlyArray<Column<R>>): string {
  const cell = (value: Cell): string => {
    let text = value === null || value === undefined ? "" : String(value);
    if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const line = (cells: Cell[]) => cells.map(cell).join(",");
  const lines = rows.map((row) => line(columns.map((column) => (column.text ?? column.value)(row))));
  return `${[line(columns.map((column) => column.label)), ...lines].join("\r\n")}\r\n`;
}

type Words = Record<string, string | undefined>;

/** What an address says to one table. Where a page has several, the words of all but its main one begin with the table's name. */
export function wordsFor(search: Words, prefix: string | undefined): Words {
  if (prefix === undefined) return search;
  const start = `${prefix}.`;
  return Object.fromEntries(
    Object.entries(search).flatMap(([key, value]) => (key.startsWith(start) ? [[key.slice(start.length), value]] : [])),
  );
}

/** The same the other way: what a table says, as the address has it. */
export function wordsOf(change: Words, prefix: string | undefined): Words {
  return prefix === undefined ? change : Object.fromEntries(Object.entries(change).map(([key, value]) => [`${prefix}.${key}`, value]));
}
