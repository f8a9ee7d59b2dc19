import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { alarmWord, isOver, KINDS, type Kind, line, ordersOf, outcome, reading, scale } from "./kinds.ts";

test("each kind is offered only what the hub takes from people", () => {
  const rules = readFileSync(new URL("../../../../../crates/devices/src/kind.rs", import.meta.url), "utf8");
  for (const kind of Object.keys(KINDS) as Kind[]) {
    for (const order of ordersOf(kind)) expect(rules, `${kind}: ${order.name}`).toContain(`"${order.name}"`);
    expect(rules).toContain(`=> "${kind}"`);
  }
  expect(ordersOf("vm20").map((one) => one.name)).toContain("unlock");
  expect(ordersOf("printer").map((one) => one.name)).toEqual(["identify", "send_logs", "restart"]);
});

test("a reading has its unit, a door is open or shut", () => {
  expect(reading("temperature", 4.2499)).toBe("4.2 °C");
  expect(reading("door", 1)).toBe("open");
  expect(reading("door", 0)).toBe("shut");
  expect(reading("uptime", 3 * 86_400)).toBe("3 d");
  expect(reading("odd", 3)).toBe("3");
});

test("an alarm that nobody named is still readable", () => {
  expect(alarmWord("too_warm")).toBe("Too warm");
  expect(alarmWord("motor_stuck")).toBe("Motor stuck");
});

test("a command is over when nothing more will come of it", () => {
  expect(["queued", "sent", "accepted"].some(isOver)).toBe(false);
  expect(["done", "failed", "rejected", "timed_out", "expired"].every(isOver)).toBe(true);
  expect(outcome("timed_out").word).toBe("No answer");
});

test("a line stays in its box, and a flat one lies in the middle of its scale", () => {
  expect(line([0, 5, 10], 100, 50, 0, 10)).toBe("0.0,50.0 50.0,25.0 100.0,0.0");
  const flat = scale([4, 4, 4]);
  expect(flat.least).toBeLessThan(4);
  expect(flat.most).toBeGreaterThan(4);
  expect(scale([])).toEqual({ least: 0, most: 1 });
});
