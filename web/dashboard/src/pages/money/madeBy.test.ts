import { expect, test } from "vitest";
import type { Schemas } from "../../api/index.ts";
import { agrees, readOff } from "./madeBy.ts";

const thb = (amount: number) => ({ amount, currency: "THB" });
const made: Schemas["RoyaltyStatement"] = {
  sales: thb(1_070_000),
  exclusions: [
    { reason: { type: "kind", name: "tax" }, amount: thb(70_000) },
    { reason: { type: "tender", name: "points" }, amount: thb(20_000) },
  ],
  carried_in: thb(0),
  base: thb(980_000),
  carried_out: thb(0),
  bands: [{ rate: 60_000, base: thb(980_000), royalty: thb(58_800) }],
  minimum_added: thb(0),
  royalty: thb(58_800),
  marketing: thb(19_600),
  taxes: [{ tax: { place: "TH", tax: "vat" }, amount: thb(5488) }],
  total: thb(83_888),
};
const terms: Schemas["RoyaltyAgreement"] = {
  base: "net",
  currency: "THB",
  royalty: { type: "percentage", rate: 60_000 },
  marketing_rate: 20_000,
  fees_count: false,
  excluded_categories: ["tobacco"],
  excluded_tenders: ["points"],
  taxes: [{ tax: { place: "TH", tax: "vat" }, rate: 70_000 }],
};

test("the terms are read off the lines", () => {
  const told = new Map(readOff(made));
  expect(told.get("Royalty")).toMatch(/^6% of \D*9,800\.00$/);
  expect(told.get("Marketing fund")).toBe("2%");
  expect(told.get("At least")).toBeNull();
  expect(told.get("Left out")).toBe("tax, paid with points");
  expect(told.get("Taxes on it")).toBe("VAT (TH) 7%");
  const small = new Map(readOff({ ...made, base: thb(90), marketing: thb(2), bands: [], royalty: thb(500), minimum_added: thb(500) }));
  expect([small.get("Royalty"), small.get("Marketing fund")], "two satang of ninety are no rate").toEqual(["the same each period", null]);
  expect(small.get("At least")).toMatch(/5\.00$/);
});

test("today's terms are told from those that a statement was made by", () => {
  expect(agrees(made, terms)).toBe(true);
  expect(agrees(made, { ...terms, royalty: { type: "percentage", rate: 50_000 } })).toBe(false);
  expect(agrees(made, { ...terms, royalty: { type: "fixed", amount: thb(58_800) } })).toBe(false);
  expect(agrees(made, { ...terms, marketing_rate: 15_000 })).toBe(false);
  expect(agrees(made, { ...terms, minimum: thb(60_000) })).toBe(false);
  expect(agrees(made, { ...terms, minimum: thb(50_000) })).toBe(true);
  expect(agrees(made, { ...terms, taxes: [] })).toBe(false);
  expect(agrees(made, { ...terms, excluded_tenders: [] })).toBe(false);
});

test("tiers, a fixed royalty and a minimum that was added", () => {
  const tiers = [
    { from: 0, rate: 60_000 },
    { from: 10_000_000, rate: 50_000 },
  ];
  expect(agrees(made, { ...terms, royalty: { type: "marginal", tiers } })).toBe(true);
  const fixed = { ...made, bands: [], taxes: [] };
  expect(agrees(fixed, { ...terms, taxes: [], royalty: { type: "fixed", amount: thb(58_800) } })).toBe(true);
  const least = { ...made, minimum_added: thb(1200), royalty: thb(60_000), taxes: [] };
  expect(agrees(least, { ...terms, taxes: [], minimum: thb(60_000) })).toBe(true);
});
