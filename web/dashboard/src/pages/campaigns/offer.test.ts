import { expect, test } from "vitest";
import { benefitInWords, conditionsInWords, moves } from "./offer.ts";

const baht = (amount: number) => ({ amount, currency: "THB" });
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ").replace("THB ", "฿");

test("offers in words", () => {
  expect(benefitInWords({ kind: "percentage", percent_bp: 2000, on: { categories: ["Milk Tea"] } })).toBe("20% off Milk Tea");
  expect(plain(benefitInWords({ kind: "amount_off", amount: baht(1500) }))).toBe("฿15 off the order");
  expect(benefitInWords({ kind: "buy_get", buy: 2, get: 1, percent_bp: 10_000 })).toBe("Buy 2, get 1 free");
  expect(
    benefitInWords({
      kind: "bulk_tiers",
      measure: "pieces",
      tiers: [
        { from: 6, percent_bp: 500 },
        { from: 12, percent_bp: 1000 },
      ],
    }),
  ).toBe("from 6 5% off, from 12 10% off");
});

test("conditions in words", () => {
  expect(
    conditionsInWords({ coupon: "TEA", first_order: true, hours: [{ days: ["monday", "friday"], from: "14:00:00", until: "16:00:00" }] }),
  ).toEqual(["with coupon TEA", "first order only", "Mon, Fri 14:00–16:00"]);
  expect(conditionsInWords({ segments: ["students", "tier:blossom"] })).toEqual(["for students or tier Blossom"]);
  expect(conditionsInWords(undefined)).toEqual([]);
});

test("what ended stays ended", () => {
  expect(moves("ended")).toEqual([]);
  expect(moves("paused").map((move) => move.to)).toEqual(["ended", "scheduled"]);
});
