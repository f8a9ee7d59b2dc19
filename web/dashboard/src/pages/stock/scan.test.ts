import { expect, test } from "vitest";
import { gs1Date, readScan } from "./scan.ts";
import { daysUntil, quantity } from "./units.ts";

test("a plain code is a code", () => {
  expect(readScan(" fresh-milk\n")).toEqual({ code: "fresh-milk" });
  expect(readScan("8850123456789")).toEqual({ code: "8850123456789" });
});

test("GS1 strings give lot and date, printed or scanned", () => {
  const read = { code: "09501101530003", lot: "AB-1", expires: "2026-12-31" };
  expect(readScan("(01)09501101530003(17)261231(10)AB-1")).toEqual(read);
  expect(readScan("]C1010950110153000317261231" + "10AB-1")).toEqual(read);
  expect(readScan("0109501101530003" + "10AB-1\u001d17261231")).toEqual(read);
  expect(readScan("(17)270200(10)7")).toEqual({ code: "", lot: "7", expires: "2027-02-28" });
});

test("dates that are none are left out", () => {
  expect([gs1Date("261331"), gs1Date("260230"), gs1Date("28022"), gs1Date("280200")]).toEqual([
    undefined,
    undefined,
    undefined,
    "2028-02-29",
  ]);
});

test("quantities as people say them", () => {
  expect([quantity(8000, "g"), quantity(750, "ml"), quantity(1250, "ml"), quantity(1001, "g"), quantity(12, "piece")]).toEqual([
    "8 kg",
    "750 ml",
    "1.25 l",
    "1,001 g",
    "12",
  ]);
  expect(daysUntil("2026-11-26T00:00:00Z", Date.parse("2026-11-26T12:00:00Z"))).toBe(-1);
});
