//! What a scanner types: a stock item's code, or a GS1 element string with lot and dates.

export interface Scan {
  /** What is left as a code: an item's sku, or a GTIN. */
  code: string;
  lot?: string;
  /** Best before or use by: `2026-12-31`. */
  expires?: string;
}

/** Application identifiers of a fixed length: all others run to a separator (FNC1, typed as ASCII 29). */
const FIXED: Record<string, number> = { "00": 18, "01": 14, "02": 14, "11": 6, "13": 6, "15": 6, "17": 6 };
const SEPARATOR = "\u001d";
const READ = ["00", "01", "02", "10", "11", "13", "15", "17", "21", "37"];

export function readScan(text: string): Scan {
  const typed = text.trim();
  const pairs = typed.startsWith("(") ? bracketed(typed) : elements(typed.replace(/^\][A-Za-z]\d/, ""));
  if (!pairs) return { code: typed };
  const scan: Scan = { code: pairs.get("01") ?? pairs.get("02") ?? "" };
  const [lot, date] = [pairs.get("10"), pairs.get("17") ?? pairs.get("15")];
  if (lot) scan.lot = lot;
  const expires = date && gs1Date(date);
  if (expires) scan.expires = expires;
  return scan;
}

/** `(01)09501101530003(17)261231(10)AB-1`, as it is printed below the bars. */
function bracketed(text: string): Map<string, string> | undefined {
  const found = [...text.matchAll(/\((\d{2,4})\)([^(]*)/g)];
  return found.length > 0 ? new Map(found.map(([, ai = "", value = ""]) => [ai, value.trim()])) : undefined;
}

/** As scanners send it. Only what begins with an item's or a logistic unit's number is taken for one: skus are plain words. */
function elements(text: string): Map<string, string> | undefined {
  if (!/^(01|02)\d{14}/.test(text)) return undefined;
  const pairs = new Map<string, string>();
  let rest = text;
  while (rest.length > 2) {
    const ai = rest.slice(0, 2);
    if (!READ.includes(ai)) return undefined;
    const fixed = FIXED[ai];
    const stop = rest.indexOf(SEPARATOR);
    const end = fixed ? 2 + fixed : stop < 0 ? rest.length : stop;
    pairs.set(ai, rest.slice(2, end));
    rest = rest.slice(end);
    if (rest.startsWith(SEPARATOR)) rest = rest.slice(1);
  }
  return pairs;
}

/** `YYMMDD`; day 00 is the last of the month. Years are those nearest to now. */
export function gs1Date(text: string, century = 2000): string | undefined {
  const match = /^(\d\d)(\d\d)(\d\d)$/.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [century + Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day > 31) return undefined;
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (day > last) return undefined;
  return `${year}-${String(month).padStart(2, "0")}-${String(day || last).padStart(2, "0")}`;
}
