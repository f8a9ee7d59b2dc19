import { Problem } from "@kirana/api";
import { expect, test } from "vitest";
import { follow, type ListPage } from "./follow.ts";

/** A list of so many, three to a page. */
const listOf = (most: number) => async (cursor: string | undefined) => {
  const from = Number(cursor ?? 0);
  const items = Array.from({ length: Math.min(3, most - from) }, (_, at) => from + at);
  return { items, next_cursor: from + 3 < most ? String(from + 3) : null };
};
const { signal } = new AbortController();

test("a list is read to its end, and says how far it is", async () => {
  const heard: number[] = [];
  expect(await follow(listOf(8), { signal, heard: (rows) => heard.push(rows) })).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(heard).toEqual([3, 6, 8]);
  expect(await follow(listOf(0), { signal })).toEqual([]);
});

test("who stops it gets no half of a file", async () => {
  const stop = new AbortController();
  let asked = 0;
  const page = async (cursor: string | undefined) => {
    asked += 1;
    if (asked === 2) stop.abort();
    return listOf(30)(cursor);
  };
  await expect(follow(page, { signal: stop.signal })).rejects.toThrow();
  expect(asked).toBe(2);
});

test("it waits where the platform wants to be asked less often, and gives up over anything else", async () => {
  const waits: number[] = [];
  let refusals = 2;
  const page = async (cursor: string | undefined): Promise<ListPage<number>> => {
    if (cursor === "3" && refusals > 0) {
      refusals -= 1;
      throw new Problem(429, "rate_limited", "Too many", "ask later", [], undefined, 7);
    }
    return listOf(5)(cursor);
  };
  const wait = async (ms: number) => void waits.push(ms);
  expect(await follow(page, { signal, wait })).toEqual([0, 1, 2, 3, 4]);
  expect(waits).toEqual([7000, 7000]);
  const broken = async () => {
    throw new Problem(500, "internal", "Broken", "it broke");
  };
  await expect(follow(broken, { signal, wait })).rejects.toThrow("it broke");
});

test("a list that leads in a circle ends", async () => {
  await expect(follow(async () => ({ items: [1], next_cursor: "same" }), { signal })).rejects.toThrow("led back");
});
