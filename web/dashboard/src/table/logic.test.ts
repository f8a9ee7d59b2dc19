import { expect, test } from "vitest";
import { type Column, csv, filtered, nextSort, sortBy, wordsFor, wordsOf } from "./logic.ts";

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
