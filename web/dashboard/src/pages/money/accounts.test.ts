import { expect, test } from "vitest";
import { accountName, monthBefore, monthOf, monthPeriod, rate } from "./accounts.ts";

test("accounts in words", () => {
  const names = new Map([["01a219af-6923-7886-b1d7-2bdc47c9640b", "Siam"]]);
  expect(accountName("store-cash:01a219af-6923-7886-b1d7-2bdc47c9640b", names)).toBe("Store cash, Siam");
  expect(accountName("gateway:stripe", names)).toBe("Gateway, stripe");
  expect(accountName("sales:01a219af-6923-7886-b1d7-2bdc47c9640c", names)).toBe("Sales, …c9640c");
});

test("a month is a period, over the year's end too", () => {
  expect(monthPeriod("2026-12")).toEqual({ name: "2026-12", from: "2026-12-01T00:00:00Z", until: "2027-01-01T00:00:00Z" });
  expect(monthOf(new Date("2026-02-28T23:59:59Z"))).toBe("2026-02");
  expect([rate(60_000), rate(3750), rate(75_250)]).toEqual(["6%", "0.375%", "7.525%"]);
});

test("the month that is over is never the one that runs", () => {
  expect(monthBefore(new Date("2026-11-28T07:00:00Z"))).toBe("2026-10");
  expect(monthBefore(new Date("2026-03-31T23:59:59Z"))).toBe("2026-02");
  expect(monthBefore(new Date("2026-01-01T00:00:00Z"))).toBe("2025-12");
});
