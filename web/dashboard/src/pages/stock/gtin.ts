//! GTINs, the numbers under bars (GS1): told from other codes, checked by their last digit, written as short as they are printed. Pure.

import { readScan } from "./scan.ts";

const LENGTHS = [8, 12, 13, 14];

/** What is wrong with a number that somebody types; nothing where it is a GTIN. */
export function gtinFault(text: string): string | undefined {
  const typed = text.replaceAll(/[\s-]/g, "");
  if (!/^\d+$/.test(typed)) return `“${text}”: a barcode is digits only`;
  if (!LENGTHS.includes(typed.length)) return `“${text}” has ${typed.length} digits: a barcode has 8, 12, 13 or 14`;
  if (checkDigit(typed.slice(0, -1)) !== Number(typed.at(-1))) return `“${text}”: a digit is wrong, the last one does not fit the others`;
  return undefined;
}

/** The last digit of a GTIN by all others: from the right they count three and one in turn. */
function checkDigit(digits: string): number {
  const sum = [...digits].reverse().reduce((all, digit, at) => all + Number(digit) * (at % 2 === 0 ? 3 : 1), 0);
  return (10 - (sum % 10)) % 10;
}

/** As it is printed: the platform writes all with 14 digits, and zeros in front say nothing. */
export function printed(gtin: string): string {
  const bare = gtin.replace(/^0+/, "");
  return bare.padStart(LENGTHS.find((length) => length >= bare.length) ?? bare.length, "0");
}

/** Is this what a scanner reads off bars, rather than a name or an item's own code? The platform reads it then. */
export function isLabel(text: string): boolean {
  const typed = text.trim();
  return /^\d{7,}$/.test(typed) || /^(\]|\()/.test(typed) || /^\d{14}$/.test(readScan(typed).code);
}

/** The barcode of a label that is on no good yet; nothing where the label has none that would do. */
export function codeOf(text: string): string | undefined {
  const { code } = readScan(text);
  return gtinFault(code) === undefined ? printed(code) : undefined;
}
