//! What a kind of device is called, measures and takes, as `docs/devices.md` has it. Pure.

import type { Schemas } from "../../api/index.ts";

export type Kind = Schemas["DeviceKind"];

export const KINDS: Record<Kind, string> = {
  fridge: "Fridge",
  tv: "Menu board",
  rfid: "RFID reader",
  vm: "Vending machine",
  vm20: "Vending machine, 2nd generation",
  kds: "Kitchen display",
  printer: "Printer",
  scale: "Scale",
};

/** A command that a person may give, and how it is asked for. */
export interface Order {
  name: string;
  label: string;
  /** What is asked first: it stops work, or cannot be taken back. */
  ask?: string;
  /** An argument that it needs. */
  arg?: { key: string; label: string };
}

const ALL: Order[] = [
  { name: "identify", label: "Make it blink" },
  { name: "send_logs", label: "Fetch its logs" },
  { name: "restart", label: "Restart", ask: "It is away for about a minute." },
];

const OWN: Partial<Record<Kind, Order[]>> = {
  fridge: [{ name: "defrost", label: "Defrost", ask: "It warms up for some minutes: what is in it should bear that." }],
  tv: [
    { name: "show", label: "Show a playlist", arg: { key: "playlist", label: "Playlist" } },
    { name: "screenshot", label: "Take a screenshot" },
  ],
  rfid: [{ name: "scan", label: "Read the shelf now" }],
  vm: [
    { name: "unlock", label: "Unlock the door", ask: "Whoever stands before it can open it." },
    { name: "test_motor", label: "Test a motor", arg: { key: "slot", label: "Column, such as A1" } },
  ],
  kds: [{ name: "show", label: "Show a station", arg: { key: "station", label: "Station" } }],
  scale: [{ name: "tare", label: "Set to zero" }],
};

/** What a person may tell a device of this kind. Sales are begun by machines and the kitchen prints by itself: those are not here. */
export const ordersOf = (kind: Kind): Order[] => [...(OWN[kind === "vm20" ? "vm" : kind] ?? []), ...ALL];

const UNITS: Record<string, string> = {
  temperature: "°C",
  humidity: "%",
  battery: "%",
  signal: "dBm",
  brightness: "%",
  power: "dBm",
  paper: "%",
  grams: "g",
};

/** `4.2 °C`; a door is open or shut, an uptime is a time. */
export function reading(metric: string, value: number): string {
  if (metric === "door") return value >= 0.5 ? "open" : "shut";
  if (metric === "uptime") return value < 86_400 ? `${Math.round(value / 3600)} h` : `${Math.floor(value / 86_400)} d`;
  const unit = UNITS[metric];
  return `${Number(value.toFixed(1))}${unit ? ` ${unit}` : ""}`;
}

const ALARMS: Record<string, string> = {
  too_warm: "Too warm",
  cold_chain_breach: "Cold chain broken",
  door_open: "Door open",
  flapping: "Comes and goes",
};

export const alarmWord = (code: string): string => ALARMS[code] ?? code.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());

/** What became of a command, and how that looks. */
export function outcome(state: string): { tone: "good" | "warm" | "bad" | "calm" | "quiet"; word: string } {
  switch (state) {
    case "done":
      return { tone: "good", word: "Done" };
    case "failed":
    case "rejected":
      return { tone: "bad", word: state === "failed" ? "Failed" : "Refused" };
    case "timed_out":
      return { tone: "bad", word: "No answer" };
    case "expired":
      return { tone: "quiet", word: "Too late" };
    case "queued":
      return { tone: "warm", word: "Waits for it" };
    default:
      return { tone: "calm", word: state === "accepted" ? "At it" : "Sent" };
  }
}

/** Is this over? What is not is asked after again soon. */
export const isOver = (state: string): boolean => !["queued", "sent", "accepted"].includes(state);

/** The corners of a line through points in a box, the first at the left. */
export function line(values: number[], width: number, height: number, least: number, most: number): string {
  const range = most - least || 1;
  const step = width / Math.max(1, values.length - 1);
  return values.map((value, at) => `${(at * step).toFixed(1)},${(height - ((value - least) / range) * height).toFixed(1)}`).join(" ");
}

/** A scale that holds all values with some air, and never is flat. */
export function scale(values: number[]): { least: number; most: number } {
  if (values.length === 0) return { least: 0, most: 1 };
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = Math.max((high - low) * 0.15, Math.abs(high) * 0.02, 0.5);
  return { least: Math.floor((low - air) * 10) / 10, most: Math.ceil((high + air) * 10) / 10 };
}
