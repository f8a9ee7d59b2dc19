//! How amounts, weights, distances and times are written in somebody's language.

export interface Money {
  /** Minor units, such as satang or cents. */
  amount: number;
  currency: string;
}

const formats = new Map<string, Intl.NumberFormat>();

function currencyFormat(locale: string, currency: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
    formats.set(key, format);
  }
  return format;
}

/** How many minor units a currency has, as a power of ten: 2 for THB, 0 for JPY. */
export function minorDigits(currency: string): number {
  return currencyFormat("en", currency).resolvedOptions().maximumFractionDigits ?? 2;
}

/** `฿45.00`. `short` leaves out decimals that are zero, as menus do. No float: the text is made of the digits. */
export function money({ amount, currency }: Money, locale: string, short = false): string {
  const digits = minorDigits(currency);
  const whole = short && amount % 10 ** digits === 0;
  const text = String(Math.abs(amount)).padStart(digits + 1, "0");
  const decimal = digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text;
  // Intl takes an exact decimal as text (ES2023); its types do not know that everywhere yet.
  const exact = `${amount < 0 ? "-" : ""}${decimal}` as unknown as number;
  if (!whole) return currencyFormat(locale, currency).format(exact);
  const key = `${locale} ${currency} whole`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol", maximumFractionDigits: 0 });
    formats.set(key, format);
  }
  return format.format(exact);
}

/** Minor units of what somebody typed, such as `12.5` or `12,50`; undefined for what is no amount. */
export function parseMoney(text: string, currency: string): number | undefined {
  const digits = minorDigits(currency);
  const match = /^\s*(\d{1,12})(?:[.,](\d*))?\s*$/.exec(text);
  if (!match) return undefined;
  const [, whole = "0", part = ""] = match;
  if (part.length > digits) return undefined;
  return Number(whole + part.padEnd(digits, "0"));
}

/** `750 g`, `1.25 kg`. */
export function weight(grams: number, locale: string): string {
  const unit = grams < 1000 ? "gram" : "kilogram";
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 2 }).format(unit === "gram" ? grams : grams / 1000);
}

/** `350 m`, `1.2 km`. */
export function distance(metres: number, locale: string): string {
  const near = metres < 1000;
  const value = near ? Math.max(10, Math.round(metres / 10) * 10) : metres / 1000;
  const digits = metres < 10_000 ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: "unit", unit: near ? "meter" : "kilometer", maximumFractionDigits: digits }).format(value);
}

/** A time of day at a place: `14:05`. */
export function time(at: string | number | Date, locale: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit", ...(timeZone ? { timeZone } : {}) }).format(new Date(at));
}

/** A day: `26 Nov 2026`. */
export function day(at: string | number | Date, locale: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", ...(timeZone ? { timeZone } : {}) }).format(
    new Date(at),
  );
}

/** A moment: `26 Nov 2026, 14:05`. */
export function moment(at: string | number | Date, locale: string, timeZone?: string): string {
  const options: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "short", ...(timeZone ? { timeZone } : {}) };
  return new Intl.DateTimeFormat(locale, options).format(new Date(at));
}

/** A number with its digits grouped. */
export function number(value: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** A share in hundredths of a per cent: 700 is `7%`. */
export function basisPoints(bp: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 2 }).format(bp / 10_000);
}

/** How long from now, or how long ago: `in 5 minutes`. */
export function relative(at: string | number | Date, locale: string, now = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const [unit, size] = (
    [
      ["day", 86_400],
      ["hour", 3600],
      ["minute", 60],
    ] as const
  ).find(([, size]) => Math.abs(seconds) >= size) ?? ["minute", 60];
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}
