//! A list read to its end, cursor by cursor: for a file that has all of it, and not only what is loaded.

import { isProblem } from "@kirana/api";

export interface ListPage<R> {
  items: R[];
  next_cursor?: string | null;
  /** The last that was looked at, where only some of what was read is among the items. */
  last?: R;
}

export type PageOf<R> = (cursor: string | undefined, signal: AbortSignal) => Promise<ListPage<R>>;

interface FollowOptions {
  signal: AbortSignal;
  /** How many rows have been read, after each page. */
  heard?: (rows: number) => void;
  /** How long to wait before the platform is asked again, where it wants to be asked less often. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** All rows of a list. Who stops it gets none: half a file looks like a whole one. */
export async function follow<R>(page: PageOf<R>, { signal, heard, wait = pause }: FollowOptions): Promise<R[]> {
  const rows: R[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (;;) {
    const { items, next_cursor } = await patient(() => page(cursor, signal), signal, wait);
    signal.throwIfAborted();
    rows.push(...items);
    heard?.(rows.length);
    if (!next_cursor) return rows;
    // A list that leads to where it was would be followed for ever.
    if (seen.has(next_cursor)) throw new Error("The list led back to where it had been");
    seen.add(next_cursor);
    cursor = next_cursor;
  }
}

/** Asks; and again after a while where that was too often. Anything else that goes wrong ends it. */
async function patient<T>(
  ask: () => Promise<T>,
  signal: AbortSignal,
  wait: (ms: number, signal: AbortSignal) => Promise<void>,
): Promise<T> {
  for (let turn = 0; ; turn += 1) {
    signal.throwIfAborted();
    try {
      return await ask();
    } catch (error) {
      if (!isProblem(error) || error.status !== 429 || turn >= 4) throw error;
      await wait(1000 * Math.min(error.retryAfter ?? 10, 60), signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, stopped) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      stopped(signal.reason);
    });
  });
}
