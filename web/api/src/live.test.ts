import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Api } from "./client.ts";
import { applied, backOff, follow, type LiveMessage, type LiveState, type Order } from "./live.ts";
import { Problem } from "./problem.ts";

const order = (id: string, version: number) => ({ id, version }) as Order;

class Line {
  static all: Line[] = [];
  readyState = 1;
  sent: string[] = [];
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(readonly url: string) {
    Line.all.push(this);
  }
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.readyState = 3;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  Line.all = [];
});
afterEach(() => vi.useRealTimers());

function following(ticket: () => Promise<{ data: { ticket: string } }>) {
  const states: LiveState[] = [];
  const messages: LiveMessage[] = [];
  const api = { http: { POST: ticket }, sessions: { baseUrl: "https://shop.example" } } as unknown as Api;
  const stop = follow(api, {
    path: "/api/v1/orders/o/track",
    message: (message) => messages.push(message),
    state: (state) => states.push(state),
    socket: (url) => new Line(url) as unknown as WebSocket,
  });
  return { states, messages, stop };
}

test("a broken line is opened again with a new ticket", async () => {
  let n = 0;
  const { states, messages, stop } = following(async () => ({ data: { ticket: `t${++n}` } }));
  await vi.advanceTimersByTimeAsync(0);
  expect(Line.all[0]?.url).toBe("wss://shop.example/api/v1/orders/o/track?ticket=t1");
  Line.all[0]?.onmessage?.({ data: JSON.stringify({ type: "snapshot", orders: [] }) });
  Line.all[0]?.onclose?.();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(Line.all[1]?.url).toContain("ticket=t2");
  Line.all[1]?.onmessage?.({ data: JSON.stringify({ type: "snapshot", orders: [] }) });
  expect(states).toEqual(["connecting", "live", "waiting", "live"]);
  expect(messages).toHaveLength(2);
  stop();
});

test("a line that does not open is given up without being asked", async () => {
  const { states, stop } = following(async () => ({ data: { ticket: "t" } }));
  await vi.advanceTimersByTimeAsync(0);
  const [first] = Line.all;
  if (!first) throw new Error("a line is opened");
  first.readyState = WebSocket.CONNECTING;
  await vi.advanceTimersByTimeAsync(20_000);
  expect([first.sent, states.at(-1)]).toEqual([[], "waiting"]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(Line.all).toHaveLength(2);
  stop();
});

test("a line that says nothing is asked, and given up", async () => {
  const { states, stop } = following(async () => ({ data: { ticket: "t" } }));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(Line.all[0]?.sent).toEqual(["ping"]);
  Line.all[0]?.onmessage?.({ data: "pong" });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(Line.all[0]?.sent).toEqual(["ping", "ping"]);
  await vi.advanceTimersByTimeAsync(8_000);
  expect(states.at(-1)).toBe("waiting");
  stop();
});

test("who may not follow is not let in by trying", async () => {
  const { states } = following(async () => Promise.reject(new Problem(403, "forbidden", "Forbidden", "no")));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(states).toEqual(["connecting", "ended"]);
});

test("pauses grow, are random, and end growing", () => {
  expect(backOff(1, () => 0)).toBe(125);
  expect(backOff(1, () => 1)).toBe(500);
  expect(backOff(30, () => 1)).toBe(20_000);
});

test("a late copy of an order is left out", () => {
  const known = [order("a", 3)];
  expect(applied(known, { type: "changed", event: "OrderReady", order: order("a", 2) })).toEqual([order("a", 3)]);
  expect(applied(known, { type: "changed", event: "OrderReady", order: order("a", 4) })).toEqual([order("a", 4)]);
  expect(applied(known, { type: "snapshot", orders: [order("a", 1), order("b", 1)] })).toEqual([order("a", 3), order("b", 1)]);
});
