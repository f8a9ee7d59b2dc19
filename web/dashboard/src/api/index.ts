//! The one client of this app, and what pages ask with it.

import { createApi, format, type Schemas, take } from "@kirana/api";

export const api = createApi({ keep: globalThis.localStorage, key: "kirana.dashboard.session" });
export const { http, sessions } = api;
export { format, type Schemas, take };

/** English, with the reader's own regional conventions where the browser names some. */
export const LOCALE = globalThis.navigator?.language?.startsWith("en") ? globalThis.navigator.language : "en-GB";

export type Money = Schemas["Money"];
export const money = (value: Money, short = false): string => format.money(value, LOCALE, short);

/** All pages of a list that is short by nature: stores, suppliers. Never for what grows. */
export async function all<T>(page: (cursor?: string) => Promise<{ items: T[]; next_cursor?: string | null }>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const answer = await page(cursor);
    items.push(...answer.items);
    cursor = answer.next_cursor ?? undefined;
  } while (cursor && items.length < 2000);
  return items;
}
