import { memory } from "@kirana/api";
import { expect, test } from "vitest";
import { Attempt } from "./attempt.ts";

test("what was sent and not answered is sent again as it was, also by a page that was loaded anew", () => {
  const keep = memory();
  const first = new Attempt("order", keep).of({ tea: 1 }, { tea: 1, quote: "q1" });
  const again = new Attempt("order", keep).of({ tea: 1 }, { tea: 1, quote: "q2" });
  expect(again).toMatchObject({ key: first.key, body: { tea: 1, quote: "q1" } });
});

test("another wish, and the same one after the first was answered, are new", () => {
  const attempt = new Attempt<{ quote: string }>("order", memory());
  const first = attempt.of({ tea: 1 }, { quote: "q1" });
  const other = attempt.of({ tea: 2 }, { quote: "q1" });
  expect(other.key).not.toBe(first.key);
  attempt.done();
  expect(attempt.of({ tea: 2 }, { quote: "q3" })).toMatchObject({ body: { quote: "q3" } });
});
