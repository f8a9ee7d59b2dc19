import { expect, test } from "vitest";
import { alarmsOf, alarmWords } from "./alarms.ts";
import type { Breach, Device } from "./data.ts";

const NOW = Date.parse("2026-11-26T10:00:00Z");
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();
const device = (id: string, more: Record<string, unknown> = {}) =>
  ({ id, name: id, store_id: "s1", status: "active", online: true, ...more }) as unknown as Device;
const breach = (device_id: string, more: Record<string, unknown> = {}) =>
  ({ id: device_id, device_id, store_id: "s1", ...more }) as unknown as Breach;
const fault = (code: string, minutes: number) => ({ last_error: { code, at: ago(minutes) } });
const here = (store: string) => store === "s1";

test("cold chains that broke and faults count, not only who is away; another store's do not", () => {
  const devices = [
    device("Fridge", fault("cold_chain_breach", 5)),
    device("Freezer", fault("door_open", 20)),
    device("Printer", { online: false }),
    device("Old scale", fault("jam", 25 * 60)),
    device("Revoked", { status: "revoked", online: false, ...fault("jam", 1) }),
    device("Elsewhere", { store_id: "s2", online: false, ...fault("jam", 1) }),
  ];
  const found = alarmsOf(devices, [breach("Fridge"), breach("x", { store_id: "s2" }), breach("y", { outcome: "spoilt" })], here, NOW);
  expect([found.fleet.length, found.broken]).toEqual([4, 1]);
  expect(found.faulty.map((one) => one.name)).toEqual(["Freezer"]);
  expect(found.away.map((one) => one.name)).toEqual(["Printer"]);
  expect(alarmWords(found)).toBe("1 cold chain broke; Freezer: door open; Printer offline");
});

test("nothing wrong is said as that, and many are not all named", () => {
  expect(alarmWords(alarmsOf([device("Fridge")], [], here, NOW))).toBe("all are there");
  const away = ["A", "B", "C", "D"].map((id) => device(id, { online: false }));
  expect(alarmWords(alarmsOf(away, undefined, here, NOW))).toBe("A, B and 2 more offline");
});
