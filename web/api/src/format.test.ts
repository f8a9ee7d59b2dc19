import { expect, test } from "vitest";
import { basisPoints, distance, minorDigits, money, parseMoney, weight } from "./format.ts";

const plain = (text: string) => text.replace(/[\u00a0\u202f\u200e\u200f]/g, " ");

test("amounts are written by currency and language, without a float", () => {
  expect(money({ amount: 4500, currency: "THB" }, "en")).toBe("฿45.00");
  expect(money({ amount: 4500, currency: "THB" }, "en", true)).toBe("฿45");
  expect(money({ amount: 4550, currency: "THB" }, "en", true)).toBe("฿45.50");
  expect(money({ amount: 1200, currency: "JPY" }, "en")).toBe("¥1,200");
  expect(plain(money({ amount: 1234567, currency: "SEK" }, "sv"))).toBe("12 345,67 kr");
  expect(money({ amount: 10_000_000, currency: "INR" }, "hi")).toBe("₹1,00,000.00");
  expect(money({ amount: -5, currency: "USD" }, "en")).toBe("-$0.05");
  expect(money({ amount: 900719925474099, currency: "USD" }, "en")).toBe("$9,007,199,254,740.99");
});

test("amounts are read as they are typed", () => {
  expect(parseMoney("12.5", "THB")).toBe(1250);
  expect(parseMoney("12,50", "SEK")).toBe(1250);
  expect(parseMoney("12", "JPY")).toBe(12);
  expect(parseMoney("12.5", "JPY")).toBeUndefined();
  expect(parseMoney("a lot", "THB")).toBeUndefined();
});

test("minor units, weights, distances and rates", () => {
  expect([minorDigits("THB"), minorDigits("JPY"), minorDigits("KWD")]).toEqual([2, 0, 3]);
  expect([weight(750, "en"), weight(1250, "en")]).toEqual(["750 g", "1.25 kg"]);
  expect([distance(4, "en"), distance(344, "en"), distance(1234, "en"), distance(23_456, "en")]).toEqual([
    "10 m",
    "340 m",
    "1.2 km",
    "23 km",
  ]);
  expect(basisPoints(700, "en")).toBe("7%");
});
