import { expect, test } from "vitest";
import { inWords } from "./proof.ts";

const count = (n: number) => `${n}`;

test("a proof says what was added up, and whether it is the same", () => {
  expect(inWords({ entries: 312, batches: 1, differences: [] }, count)).toEqual({
    title: "The books are what the journal says",
    detail: "312 entries were added up, and 1 batch compared. Quantity and worth of each are the same.",
  });
  const off = inWords({ entries: 1, batches: 4, differences: ["batch 3 has 5, the journal 4"] }, count);
  expect(off.title).toBe("1 batch is not what the journal says");
  expect(off.detail).toMatch(/^1 entry was added up, and 4 batches compared/);
});
