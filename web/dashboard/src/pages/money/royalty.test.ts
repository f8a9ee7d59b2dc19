import { expect, test } from "vitest";
import type { Schemas } from "../../api/index.ts";
import { csv } from "../../table/logic.ts";
import { sheetAmount } from "./accounts.ts";
import { against, BILL_SHEET, billOf, daysOf, leftOut, royaltyInWords } from "./royalty.ts";

const thb = (amount: number) => ({ amount, currency: "THB" });
const made: Schemas["RoyaltyStatement"] = {
  sales: thb(1_070_000),
  exclusions: [
    { reason: { type: "kind", name: "tax" }, amount: thb(70_000) },
    { reason: { type: "tender", name: "points" }, amount: thb(12_345) },
  ],
  carried_in: thb(-7655),
  base: thb(980_000),
  carried_out: thb(0),
  bands: [{ rate: 60_000, base: thb(980_000), royalty: thb(58_800) }],
  minimum_added: thb(1200),
  royalty: thb(60_000),
  marketing: thb(19_600),
  taxes: [{ tax: { place: "TH", tax: "vat" }, amount: thb(5572) }],
  total: thb(85_172),
};
const sum = (lines: { amount: { amount: number }; sum?: string }[]) =>
  lines.filter((line) => !line.sum).reduce((all, line) => all + line.amount.amount, 0);

test("both parts of a bill add up to their last line", () => {
  const { basis, owed } = billOf(made);
  expect(sum(basis)).toBe(basis.at(-1)?.amount.amount);
  expect(sum(owed)).toBe(owed.at(-1)?.amount.amount);
  expect(owed.at(-1)).toMatchObject({ label: "To pay", sum: "total" });
  expect(basis.map((line) => line.label)).toContain("Does not count: paid with points");
});

test("what was taken back beyond what was sold is carried on, and the base is zero", () => {
  const short = { ...made, sales: thb(500), exclusions: [], carried_in: thb(-900), carried_out: thb(-400), base: thb(0) };
  const { basis } = billOf(short);
  expect(sum(basis)).toBe(0);
});

test("a fixed royalty has a line without a rate", () => {
  const { owed } = billOf({ ...made, bands: [], royalty: thb(60_000), minimum_added: thb(0) });
  expect(owed[0]).toEqual({ key: "fixed", label: "Royalty, the same each period", amount: thb(60_000) });
});

test("a spreadsheet gets exact amounts, minus signs too", () => {
  const { basis, owed } = billOf(made);
  const lines = csv([...basis, ...owed], BILL_SHEET).split("\r\n");
  expect(lines[0]).toBe("Line,Of,Rate,Amount,Currency");
  expect(lines[2]).toBe("Does not count: tax,,,-700,THB");
  expect(lines[6]).toBe("Royalty,9800,6%,588,THB");
  expect([sheetAmount(thb(5)), sheetAmount(thb(-12_345)), sheetAmount({ amount: 1200, currency: "JPY" })]).toEqual([0.05, -123.45, 1200]);
});

test("terms and reasons in words", () => {
  const tiers = [
    { from: 0, rate: 60_000 },
    { from: 10_000_000, rate: 50_000 },
  ];
  expect(royaltyInWords({ type: "marginal", tiers }, "THB")).toMatch(/from .0 6%, from .100,000 5%, each part at its own rate/);
  expect(leftOut({ type: "category", name: "tobacco" })).toBe("category tobacco");
});

test("a period is its first and last day, by the chain's clock or the place's", () => {
  const month = daysOf({ from: "2026-11-01T00:00:00Z", until: "2026-12-01T00:00:00Z" }, "Asia/Bangkok");
  expect(month).toMatch(/\b1\b.*\b30\b/);
  expect(daysOf({ from: "2026-10-31T17:00:00Z", until: "2026-11-30T17:00:00Z" }, "Asia/Bangkok")).toBe(month);
});

test("a figure beside the one before", () => {
  expect([against(thb(112), thb(100)), against(thb(50), thb(100)), against(thb(100), thb(100))]).toEqual(["+12%", "−50%", "the same"]);
  expect([against(thb(1), thb(0)), against(thb(1), undefined)]).toEqual([undefined, undefined]);
});
