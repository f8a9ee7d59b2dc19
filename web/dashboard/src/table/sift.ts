//! A list that the API does not filter, filtered on its way: whoever looks for something is not shown an empty part of it first. Pure.

import type { ListPage, PageOf } from "./follow.ts";

interface SiftOptions {
  /** So many that fit are a part of the list. */
  enough?: number;
  /** So often the platform is asked for one part at most: who looks for what is rare sees how far it is, and goes on if they want to. */
  most?: number;
}

/** The parts of a list that fit. Each says in `last` how far it was looked through. */
export function sifted<R>(page: PageOf<R>, fits: (row: R) => boolean, { enough = 50, most = 10 }: SiftOptions = {}): PageOf<R> {
  return async (cursor, signal) => {
    const found: ListPage<R> = { items: [], next_cursor: cursor };
    for (let turn = 0; turn < most; turn += 1) {
      const { items, next_cursor } = await page(found.next_cursor ?? undefined, signal);
      found.items.push(...items.filter(fits));
      found.last = items.at(-1) ?? found.last;
      found.next_cursor = next_cursor;
      if (!next_cursor || found.items.length >= enough) break;
    }
    return found;
  };
}
