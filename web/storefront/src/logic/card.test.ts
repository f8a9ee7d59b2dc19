import { expect, test } from "vitest";
import { expiry, grouped, isGood, testCard } from "./card.ts";

test("numbers are grouped as they are typed", () => {
  expect(grouped("42424242424")).toBe("4242 4242 424");
  expect([expiry("1"), expiry("123"), expiry("12/30")]).toEqual(["1", "12/3", "12/30"]);
});

test("only test numbers are taken", () => {
  expect(testCard("4242424242424242")?.token).toBe("tok_success");
  expect(testCard("5555 5555 5555 4444")).toBeUndefined();
});

test("a card is good to the end of its month", () => {
  const now = new Date(2026, 10, 26);
  expect([isGood("11/26", now), isGood("10/26", now), isGood("13/30", now), isGood("1/3", now)]).toEqual([true, false, false, false]);
});
