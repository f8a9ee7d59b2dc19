import type { Order } from "@kirana/api";
import { expect, test } from "vitest";
import { clock, column, linesFor, replaced, stepped, tally, toneOf } from "./board.ts";

const AT = Date.parse("2026-11-26T10:00:00Z");
const order = (id: string, minutesAgo: number, more: Partial<Order> = {}): Order =>
  ({
    id,
    status: "confirmed",
    placed_at: new Date(AT - minutesAgo * 60_000).toISOString(),
    timeline: [{ to: "confirmed", at: new Date(AT - minutesAgo * 60_000).toISOString() }],
    lines: [
      { name: "Tea", quantity: 2 },
      { name: "Toast", quantity: 1, cancelled: 1 },
    ],
    ...more,
  }) as unknown as Order;

test("age colours a ticket, and a promised time counts more than age", () => {
  expect([1, 6, 11].map((minutes) => toneOf(order("a", minutes), AT))).toEqual(["calm", "soon", "late"]);
  const later = { pickup_at: new Date(AT + 30 * 60_000).toISOString() };
  expect(toneOf(order("a", 50, later), AT)).toBe("calm");
  expect(toneOf(order("a", 50, later), AT + 27 * 60_000)).toBe("soon");
  expect(toneOf(order("a", 50, { status: "ready" }), AT)).toBe("calm");
});

test("the longest waiting is first, what is wanted later stands back", () => {
  const later = order("later", 30, { pickup_at: new Date(AT + 60 * 60_000).toISOString() });
  expect(column([order("new", 1), later, order("old", 9)], ["confirmed"]).map((one) => one.id)).toEqual(["old", "new", "later"]);
});

test("a station sees its lines, until it has bumped them", () => {
  const bar = order("a", 1, {
    tickets: [
      { station: "bar", lines: [0] },
      { station: "grill", lines: [1], bumped_at: "2026-11-26T10:00:00Z" },
    ],
  } as Partial<Order>);
  expect(linesFor(bar, "bar").map((line) => line.name)).toEqual(["Tea"]);
  expect(column([bar], ["confirmed"], "grill")).toEqual([]);
  expect(column([bar], ["confirmed"], "bar")).toHaveLength(1);
});

test("what was taken off is not made", () => {
  expect(tally([order("a", 1), order("b", 2)])).toEqual([["Tea", 4]]);
});

test("clocks", () => {
  expect([clock(0), clock(187_000), clock(3_760_000), clock(-5)]).toEqual(["0:00", "3:07", "1:02:40", "0:00"]);
});

test("a step is guessed: begun, ready once every station has bumped it, and back by a recall", () => {
  expect(stepped(order("a", 1), "bump").status).toBe("preparing");
  const making = order("a", 1, {
    status: "preparing",
    tickets: [
      { station: "bar", lines: [0] },
      { station: "grill", lines: [1] },
    ],
  } as Partial<Order>);
  const half = stepped(making, "bump", "bar");
  expect(half.status).toBe("preparing");
  expect(column([half], ["preparing"], "bar")).toEqual([]);
  expect(column([half], ["preparing"], "grill")).toHaveLength(1);
  expect(stepped(half, "bump", "grill").status).toBe("ready");
  expect(stepped(making, "bump").status).toBe("ready");
  expect(stepped({ ...making, status: "ready" }, "recall").status).toBe("preparing");
  expect(stepped(making, "recall").status).toBe("confirmed");
});

test("a guess and its taking back leave alone what has come meanwhile", () => {
  const [before, other] = [order("a", 1, { version: 3 }), order("b", 1, { version: 1 })];
  const guessed = replaced([before, other], stepped(before, "bump"));
  expect(guessed.map((one) => one.status)).toEqual(["preparing", "confirmed"]);
  expect(replaced(guessed, before)).toEqual([before, other]);
  const cancelled = order("a", 1, { version: 4, status: "cancelled" });
  expect(replaced([cancelled, other], before)).toEqual([cancelled, other]);
});
