import { expect, test } from "vitest";
import { amongLoaded, type Column, csv, filtered, nextSort, sortBy, wordsFor, wordsOf } from "./logic.ts";

interface Row {
  name: string;
  paid: number | null;
}
const rows: Row[] = [
  { name: "Mali 10", paid: 200 },
  { name: "Mali 9", paid: null },
  { name: "arthit", paid: 50 },
];
const columns: Column<Row>[] = [
  { key: "name", label: "Name", value: (row) => row.name },
  { key: "paid", label: "Paid", value: (row) => row.paid },
];
const names = (found: Row[]) => found.map((row) => row.name);

test("numbers in names count as numbers, and what is nothing comes last both ways", () => {
  expect(names(sortBy(rows, columns, "name"))).toEqual(["arthit", "Mali 9", "Mali 10"]);
  expect(names(sortBy(rows, columns, "paid"))).toEqual(["arthit", "Mali 10", "Mali 9"]);
  expect(names(sortBy(rows, columns, "-paid"))).toEqual(["Mali 10", "arthit", "Mali 9"]);
  expect(names(sortBy(rows, columns, "unknown"))).toEqual(names(rows));
});

test("a column's head turns up, down, off", () => {
  expect([undefined, "paid", "-paid", "name"].map((sort) => nextSort(sort, "paid"))).toEqual(["paid", "-paid", undefined, "paid"]);
});

test("every word must be found, and every filter passed", () => {
  const filters = [
    { key: "paid", label: "Paid", options: [], passes: (row: Row, value: string) => (row.paid !== null) === (value === "yes") },
  ];
  expect(names(filtered(rows, columns, filters, { q: "MALI 1" }))).toEqual(["Mali 10"]);
  expect(names(filtered(rows, columns, filters, { paid: "no" }))).toEqual(["Mali 9"]);
  expect(names(filtered(rows, columns, filters, { paid: "yes", q: "mali" }))).toEqual(["Mali 10"]);
});

test("what the table does with a part of a list is said, and what the API does with all of it is not", () => {
  const mine = { key: "paid", label: "Paid", options: [], passes: () => true };
  const theirs = { key: "state", label: "State", options: [] };
  const said = (search: Record<string, string>, more: { sort?: string; note?: string } = {}) =>
    amongLoaded(50, { sort: undefined, columns, filters: [mine, theirs], search, ...more });
  expect(said({})).toBeUndefined();
  expect(said({ state: "open", q: " " })).toBeUndefined();
  expect(said({}, { sort: "unknown" })).toBeUndefined();
  expect(said({}, { sort: "-paid" })).toBe("Only the 50 rows that are loaded are sorted. An export has all that match.");
  expect(said({ paid: "yes" })).toMatch(/are looked through\./);
  expect(said({ q: "mali" }, { sort: "name" })).toMatch(/are sorted and looked through\./);
  expect(said({ q: "mali" }, { note: "Names are looked for everywhere." })).toBe("Names are looked for everywhere.");
  expect(said({ q: "mali" }, { note: "Names are looked for everywhere.", sort: "name" })).toMatch(/everywhere\. Only the 50 rows/);
});

test("an export is quoted, and what a customer typed is no formula", () => {
  const typed = [{ name: '=HYPERLINK("x")', paid: -5 }];
  expect(csv(typed, columns)).toBe('Name,Paid\r\n"\'=HYPERLINK(""x"")",-5\r\n');
});

test("two tables on a page do not hear each other's words; links to the main one are as they were", () => {
  const search = { q: "bangkae", sort: "-week", day: "2026-11-26", "franchisees.sort": "stores" };
  expect(wordsFor(search, undefined)).toMatchObject({ q: "bangkae", sort: "-week" });
  expect(wordsFor(search, "franchisees")).toEqual({ sort: "stores" });
  expect(wordsOf({ sort: "-stores", q: undefined }, "franchisees")).toEqual({ "franchisees.sort": "-stores", "franchisees.q": undefined });
  expect(wordsOf({ sort: "name" }, undefined)).toEqual({ sort: "name" });
});
