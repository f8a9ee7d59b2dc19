import { expect, test } from "vitest";
import { changed, type Line, withGood, withLabel } from "./receive.ts";

const good = (sku: string, unit: string) => ({ sku, name: sku, unit }) as Parameters<typeof withGood>[1];
const scan = (lines: Line[], item: ReturnType<typeof good>, label = {}) => withGood(lines, item, label, `${lines.length}`).lines;

test("pieces count up; another lot is another line", () => {
  const lid = good("lid", "piece");
  let lines = scan(scan([], lid), lid);
  expect(lines.map((line) => line.quantity)).toEqual([2]);
  lines = scan(lines, lid, { lot: "B" });
  expect(lines.map((line) => [line.quantity, line.lot])).toEqual([
    [1, "B"],
    [2, ""],
  ]);
  expect(scan(lines, lid, { lot: "B" })[0]?.quantity).toBe(2);
});

test("what is weighed waits for its quantity, and a second scan goes there", () => {
  const milk = good("milk", "ml");
  const lines = scan([], milk, { expires: "2026-12-31" });
  expect(lines[0]).toMatchObject({ quantity: "", expires: "2026-12-31" });
  expect(withGood(lines, milk, {}, "x")).toEqual({ lines, focus: "0" });
});

test("a label without a code is of what was scanned last, and mends nothing else", () => {
  const lines = scan(scan([], good("a", "piece")), good("b", "piece"));
  expect(withLabel(lines, { lot: "L" }).map((line) => [line.sku, line.lot])).toEqual([
    ["b", "L"],
    ["a", ""],
  ]);
  expect(withLabel([], { lot: "L" })).toEqual([]);
  expect(changed(changed(lines, "0", { fault: "no" }), "0", { cost: "1" })[1]?.fault).toBeUndefined();
});
