import { expect, test } from "vitest";
import { codeOf, gtinFault, isLabel, printed } from "./gtin.ts";

test("a barcode is told by its digits, the last of which proves the others", () => {
  for (const good of ["96385074", "036000291452", "4006381333931", "18850123456784", "4006381 333931"])
    expect(gtinFault(good)).toBeUndefined();
  expect(gtinFault("4006381333932")).toMatch(/a digit is wrong/);
  expect(gtinFault("12345")).toMatch(/5 digits/);
  expect(gtinFault("lid")).toMatch(/digits only/);
});

test("zeros that the platform puts in front are not printed", () => {
  expect(["04006381333931", "00000096385074", "00036000291452", "18850123456784"].map(printed)).toEqual([
    "4006381333931",
    "96385074",
    "036000291452",
    "18850123456784",
  ]);
});

test("what bars say is no item's own code", () => {
  expect(["4006381333931", "(01)04006381333931(17)261231", "]C10104006381333931", "0104006381333931", "123456789"].map(isLabel)).toEqual(
    Array(5).fill(true),
  );
  expect(["fresh-milk", "12", "Fresh milk", ""].map(isLabel)).toEqual(Array(4).fill(false));
});

test("the code of a label can be given to a good if it is one", () => {
  expect(codeOf("(01)04006381333931(17)261231(10)AB-1")).toBe("4006381333931");
  expect(codeOf("4006381333931")).toBe("4006381333931");
  expect(codeOf("4006381333932")).toBeUndefined();
  expect(codeOf("(17)261231")).toBeUndefined();
});
