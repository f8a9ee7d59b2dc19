//! Live sockets: opened with a ticket, and again after each break, with a growing and random pause. The first message after each opening
//! is a snapshot, so that nothing is missed; a message that is older than what is known is left out by the order's version.

import type { Api, Schemas } from "./client.ts";
import { take } from "./client.ts";
import { isProblem } from "./problem.ts";

export type Order = Schemas["Order"];

/** What is told of a device; `online` and `code` are absent where they are as they were. */
export interface DeviceNews {
  device_id: string;
  name: string;
  online?: boolean | null;
  code?: string | null;
  detail?: string | null;
  at: string;
}

export type LiveMessage =
  | { type: "snapshot"; orders: Order[] }
  | { type: "changed"; event: string; order: Order }
  | { type: "device"; event: string; device: DeviceNews };

/** `connecting` for the first time, `live`, `waiting` for a new line, or `ended`: this caller may not follow it (any more). */
export type LiveState = "connecting" | "live" | "waiting" | "ended";

/** A line that says nothing for so long is asked whether it is alive, and given up when it does not answer. */
const QUIET_MS = 20_000;
const ANSWER_MS = 8_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20_000;

/** The pause before try `n` (from 1): full jitter, never so short that it hammers. */
export function backOff(n: number, random: () => number = Math.random): number {
  const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(n - 1, 10));
  return most / 4 + random() * most * 0.75;
}

export interface Follow {
  /** Path of the socket, such as `/api/v1/orders/<id>/track`. */
  path: string;
  message: (message: LiveMessage) => void;
  state?: (state: LiveState) => void;
  socket?: (url: string) => WebSocket;
}

/** Follows something until what it returns is called. */
export function follow(api: Api, { path, message, state = () => {}, socket = (url) => new WebSocket(url) }: Follow): () => void {
  let line: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  let tried = 0;

  const later = (ms: number, work: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(work, ms);
  };
  const listen = () => later(QUIET_MS, ask);
  const ask = () => {
    // A line that has not opened by then cannot be asked: another may.
    if (line?.readyState === WebSocket.CONNECTING) return lost();
    line?.send("ping");
    later(ANSWER_MS, () => lost());
  };
  const lost = () => {
    if (stopped) return;
    drop();
    state("waiting");
    tried += 1;
    later(backOff(tried), open);
  };
  const drop = () => {
    const old = line;
    line = undefined;
    if (!old) return;
    old.onmessage = old.onclose = old.onerror = null;
    old.close();
  };
  const end = () => {
    stop();
    state("ended");
  };
  async function open() {
    clearTimeout(timer);
    try {
      const { ticket } = await take(api.http.POST("/api/v1/socket-tickets"));
      if (stopped) return;
      const url = new URL(path, api.sessions.baseUrl || globalThis.location.href);
      url.protocol = url.protocol.replace("http", "ws");
      url.searchParams.set("ticket", ticket);
      line = socket(url.href);
    } catch (error) {
      // Who is not signed in any more, or may not, will not be let in by trying.
      if (isProblem(error) && [401, 403, 404].includes(error.status)) end();
      else lost();
      return;
    }
    line.onmessage = ({ data }) => {
      listen();
      if (data === "pong") return;
      tried = 0;
      state("live");
      message(JSON.parse(String(data)) as LiveMessage);
    };
    line.onclose = line.onerror = () => lost();
    listen();
  }
  // A phone that wakes up or finds its network again does not wait for the pause to end.
  const wake = () => {
    if (stopped || globalThis.document?.hidden) return;
    if (!line) {
      tried = 0;
      void open();
    } else if (line.readyState === WebSocket.OPEN) ask();
  };
  globalThis.addEventListener?.("online", wake);
  globalThis.document?.addEventListener("visibilitychange", wake);
  function stop() {
    stopped = true;
    clearTimeout(timer);
    drop();
    globalThis.removeEventListener?.("online", wake);
    globalThis.document?.removeEventListener("visibilitychange", wake);
  }

  state("connecting");
  void open();
  return stop;
}

/** The orders known so far, after a message: a snapshot is all there is, except where a change has overtaken it. */
export function applied(known: readonly Order[], message: LiveMessage): Order[] {
  const newer = (order: Order) => {
    const old = known.find((other) => other.id === order.id);
    return old && old.version > order.version ? old : order;
  };
  if (message.type === "snapshot") return message.orders.map(newer);
  if (message.type !== "changed") return [...known];
  const order = newer(message.order);
  return known.some((other) => other.id === order.id) ? known.map((other) => (other.id === order.id ? order : other)) : [...known, order];
}
