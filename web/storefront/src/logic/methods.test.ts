import { expect, test } from "vitest";
import { ANOTHER, brandOf, chosenOf, expiryOf, isExpired, type Method, nameOf } from "./methods.ts";

const card = (id: string, expires_year: number, expires_month: number, brand = "visa"): Method => ({
  id,
  gateway: "stripe",
  brand,
  last4: "4242",
  expires_year,
  expires_month,
});

test("a card is called by its brand and its last digits, and says when it ends as the card does", () => {
  expect([nameOf(card("a", 2030, 4)), expiryOf(card("a", 2030, 4))]).toEqual(["Visa •••• 4242", "04/30"]);
  const brands = ["amex", "mastercard", "unionpay", "some_new_one"].map((brand) => brandOf(card("a", 2030, 4, brand)));
  expect(brands).toEqual(["American Express", "Mastercard", "UnionPay", "Some new one"]);
});

test("a kept card is good to the end of its month", () => {
  const last = new Date(2026, 10, 30, 23, 59).getTime();
  expect([isExpired(card("a", 2026, 11), last), isExpired(card("a", 2026, 10), last)]).toEqual([false, true]);
  expect(isExpired(card("a", 2026, 11), last + 120_000)).toBe(true);
  expect(isExpired(card("a", 2027, 1), last)).toBe(false);
});

test("the newest good card is chosen until another is; one that is gone or expired never is", () => {
  const now = new Date(2026, 10, 28).getTime();
  const methods = [card("old", 2026, 1), card("new", 2030, 4), card("other", 2031, 1)];
  expect(chosenOf(methods, undefined, now)).toBe("new");
  expect(chosenOf(methods, "other", now)).toBe("other");
  expect(chosenOf(methods, ANOTHER, now)).toBe(ANOTHER);
  expect(chosenOf(methods, "removed", now)).toBe("new");
  expect(chosenOf(methods, "old", now)).toBe("new");
  expect(chosenOf([card("old", 2026, 1)], undefined, now)).toBe(ANOTHER);
  expect(chosenOf([], undefined, now)).toBe(ANOTHER);
});
