//! What is said of the lines: of the orders', and of the one that a page follows for itself. Pure.

import type { LiveState } from "@kirana/api";

export type Line = LiveState | "polling" | "offline";

/** A line that a page follows beside the orders'. */
export interface PageLine {
  /** What it tells of: `devices`. */
  of: string;
  line: Line;
  /** What the sign says of it, where that is not what it says of the orders'. */
  says: Partial<Record<Line, string>>;
}

export interface Sign {
  line: Line;
  tone: "good" | "warm" | "bad" | "quiet";
  word: string;
  more: string;
}

const SAYS: Record<Line, Omit<Sign, "line">> = {
  live: { tone: "good", word: "Live", more: "Changes of orders appear here as they happen" },
  connecting: { tone: "warm", word: "Connecting", more: "The live line is being opened" },
  waiting: { tone: "bad", word: "Live line down", more: "A new one is being opened; what you see may be old" },
  ended: { tone: "bad", word: "Not live", more: "The live line was refused: sign in again" },
  polling: { tone: "quiet", word: "Refreshes now and then", more: "One store at a time is live; the roll-up is asked for twice a minute" },
  offline: { tone: "bad", word: "Offline", more: "This device has no connection" },
};

const isDown = (line: Line): boolean => line === "waiting" || line === "ended";

const anew = (orders: Line): string =>
  orders === "ended" ? "The line of orders was refused: sign in again" : "A new line of orders is being opened";

/** The one sign of all lines: it is about what the page shows, and names the line that is down where the other is not. */
export function signOf(orders: Line, page?: PageLine): Sign {
  // Without a connection no line is up, whatever it says of itself until it notices.
  if (orders === "offline" || !page) return { line: orders, ...SAYS[orders] };
  const { of, line, says } = page;
  const usual = SAYS[line];
  const sign = { line, ...usual, more: says[line] ?? usual.more };
  if (isDown(line)) return isDown(orders) ? sign : { ...sign, word: `Line of ${of} down` };
  if (isDown(orders)) return { ...sign, tone: "warm", word: "Line of orders down", more: `${sign.more}. ${anew(orders)}` };
  return sign;
}

/** What is said above a page while what it shows may be old; nothing otherwise. */
export function warningOf(orders: Line, page?: PageLine): string | undefined {
  if (orders === "offline") return "This device is offline. What you see may be old.";
  if (page) return page.line === "waiting" ? `The live line of ${page.of} is down. ${page.says.waiting ?? SAYS.waiting.more}.` : undefined;
  return orders === "waiting" ? "The live line is down; a new one is being opened. What you see may be old." : undefined;
}
