import { expect, test } from "vitest";
import { type Line, signOf, warningOf } from "./sign.ts";

const devices = (line: Line) => ({ of: "devices", line, says: { live: "Devices appear here", waiting: "The list is asked for" } });

test("the sign is about what the page shows", () => {
  expect(signOf("live")).toMatchObject({ line: "live", word: "Live", more: "Changes of orders appear here as they happen" });
  expect(signOf("live", devices("live"))).toMatchObject({ line: "live", word: "Live", more: "Devices appear here" });
  expect(signOf("live", devices("connecting")).line).toBe("connecting");
  expect(signOf("polling", devices("live"))).toMatchObject({ tone: "good", word: "Live" });
});

test("it names the line that is down where the other is not", () => {
  expect(signOf("live", devices("waiting"))).toMatchObject({ tone: "bad", word: "Line of devices down", more: "The list is asked for" });
  const orders = signOf("waiting", devices("live"));
  expect(orders).toMatchObject({ line: "live", tone: "warm", word: "Line of orders down" });
  expect(orders.more).toBe("Devices appear here. A new line of orders is being opened");
  expect(signOf("waiting", devices("waiting"))).toMatchObject({ tone: "bad", word: "Live line down" });
  expect(signOf("offline", devices("live"))).toMatchObject({ line: "offline", word: "Offline" });
});

test("a page is warned of what it shows, and of nothing else", () => {
  expect(warningOf("live")).toBeUndefined();
  expect(warningOf("waiting")).toContain("The live line is down");
  expect(warningOf("waiting", devices("live"))).toBeUndefined();
  expect(warningOf("live", devices("waiting"))).toBe("The live line of devices is down. The list is asked for.");
  expect(warningOf("offline", devices("live"))).toContain("This device is offline.");
});
