import { expect, test } from "vitest";
import { follow } from "./follow.ts";
import { sifted } from "./sift.ts";

const { signal } = new AbortController();

/** Numbers from zero, ten to a page; and how often they were asked for. */
function numbers(most: number) {
  const asked = { times: 0 };
  const page = async (cursor: string | undefined) => {
    asked.times += 1;
    const from = Number(cursor ?? 0);
    const items = Array.from({ length: Math.min(10, most - from) }, (_, at) => from + at);
    return { items, next_cursor: from + 10 < most ? String(from + 10) : null };
  };
  return { asked, page };
}

test("it looks on until enough fits, and goes on from there", async () => {
  const { asked, page } = numbers(1000);
  const even = sifted(page, (one) => one % 2 === 0, { enough: 12 });
  const first = await even(undefined, signal);
  expect([first.items.length, first.next_cursor, first.last, asked.times]).toEqual([15, "30", 29, 3]);
  const second = await even(first.next_cursor ?? undefined, signal);
  expect(second.items[0]).toBe(30);
});

test("what is rare is not looked for without end, and how far it was looked is said", async () => {
  const { asked, page } = numbers(1000);
  const rare = sifted(page, (one) => one === 777, { most: 4 });
  expect(await rare(undefined, signal)).toEqual({ items: [], next_cursor: "40", last: 39 });
  expect(asked.times).toBe(4);
  // A file reads on to the end.
  expect(await follow(rare, { signal })).toEqual([777]);
});

test("the end of a list is its end", async () => {
  const { page } = numbers(25);
  expect(await sifted(page, () => false)(undefined, signal)).toEqual({ items: [], next_cursor: null, last: 24 });
  expect(await sifted(numbers(0).page, () => true)(undefined, signal)).toEqual({ items: [], next_cursor: null, last: undefined });
});
