import { expect, test } from "vitest";
import { backWith, wasLoadedToPay } from "./stripe.ts";

test("who came here within the app has the policy of the address that was loaded", () => {
  expect(wasLoadedToPay([{ name: "https://shop.example/pay/0199f6a1" }])).toBe(true);
  expect(wasLoadedToPay([{ name: "https://shop.example/cart" }])).toBe(false);
  expect(wasLoadedToPay([{ name: "https://shop.example/payments" }])).toBe(false);
  // A browser that does not tell is tried as it is.
  expect(wasLoadedToPay([])).toBe(true);
});

test("Stripe says with what it sends somebody back", () => {
  expect(backWith("?payment_intent=pi_1&payment_intent_client_secret=s&redirect_status=succeeded")).toBe("pi_1");
  expect(backWith("")).toBeUndefined();
});
