import { memory } from "@kirana/api";
import { expect, test } from "vitest";
import { Attempt } from "./attempt.ts";

test("what was sent and not answered is sent again as it was, also by a page that was loaded anew", () => {
  const keep = memory();
  const first = new Attempt("order", keep).of({ tea: 1 }, { tea: 1, quote: "q1" });
  const again = new Attempt("order", keep).of({ tea: 1 }, { tea: 1, quote: "q2" });
  expect(again).toMatchObject({ key: first.key, body: { tea: 1, quote: "q1" } });
});

test("what came to nothing since it was sent is sent anew; what comes to nothing at once is told", async () => {
  const attempt = new Attempt<{ card: string }>("pay", memory());
  const [keys, answers] = [[] as string[], ["open", "failed", "open"]];
  const pay = (card: string) =>
    attempt.send(
      { card },
      async ({ key }) => {
        keys.push(key);
        return answers.shift();
      },
      (answer) => answer === "failed",
    );
  expect(await pay("visa")).toBe("open");
  expect(attempt.has({ card: "visa" })).toBe(true);
  expect(await pay("visa")).toBe("open");
  expect(keys[1], "asked about first").toBe(keys[0]);
  expect(keys[2], "then paid anew").not.toBe(keys[0]);
  answers.push("failed");
  expect(await pay("amex")).toBe("failed");
  expect([keys.length, attempt.has({ card: "amex" })]).toEqual([4, false]);
});

test("another wish, and the same one after the first was answered, are new", () => {
  const attempt = new Attempt<{ quote: string }>("order", memory());
  const first = attempt.of({ tea: 1 }, { quote: "q1" });
  const other = attempt.of({ tea: 2 }, { quote: "q1" });
  expect(other.key).not.toBe(first.key);
  attempt.done();
  expect(attempt.of({ tea: 2 }, { quote: "q3" })).toMatchObject({ body: { quote: "q3" } });
});
