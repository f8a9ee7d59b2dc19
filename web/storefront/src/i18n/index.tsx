//! Languages: English comes with the page, others when they are chosen. Numbers, amounts and dates follow the same choice.

import { format } from "@kirana/api";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { kept, useKept } from "../logic/keep.ts";
import { en, type Key, type Words } from "./en.ts";

export type { Key };

export const LANGUAGES = { en: "English", hi: "हिन्दी", th: "ไทย", sv: "Svenska", ar: "العربية" } as const;
export type Language = keyof typeof LANGUAGES;
const RIGHT_TO_LEFT: readonly Language[] = ["ar"];

const load: Record<Exclude<Language, "en">, () => Promise<{ words: Words }>> = {
  hi: () => import("./hi.ts"),
  th: () => import("./th.ts"),
  sv: () => import("./sv.ts"),
  ar: () => import("./ar.ts"),
};

const isLanguage = (value: unknown): value is Language => typeof value === "string" && value in LANGUAGES;

/** The first of the device's languages that there is. */
export function preferred(wanted: readonly string[]): Language {
  return wanted.map((tag) => tag.toLowerCase().split("-")[0]).find(isLanguage) ?? "en";
}

export const language = kept<Language>("kirana.language", preferred(globalThis.navigator?.languages ?? []), isLanguage);

type Values = Record<string, string | number>;

/** Fills in a text: `{name}`, and `{n|one:…|other:…}` by the language's plural rules with `#` for the number. */
export function fill(text: string, values: Values, locale: string): string {
  return text.replace(/\{(\w+)((?:\|[^{}|]*)*)\}/g, (_, name: string, choices: string) => {
    const value = values[name];
    if (value === undefined) return "";
    if (!choices) return typeof value === "number" ? format.number(value, locale) : value;
    const options = new Map(
      choices
        .slice(1)
        .split("|")
        .map((choice) => [choice.slice(0, choice.indexOf(":")), choice.slice(choice.indexOf(":") + 1)]),
    );
    const number = Number(value);
    const chosen = options.get(`=${number}`) ?? options.get(new Intl.PluralRules(locale).select(number)) ?? options.get("other") ?? "";
    return chosen.replace("#", format.number(number, locale));
  });
}

export interface I18n {
  language: Language;
  /** For Intl. Arabic and Hindi with Latin digits, as prices are written in shops. */
  locale: string;
  t: (key: Key, values?: Values) => string;
  /** The words of a key that may not be there. */
  maybe: (key: string, values?: Values) => string | undefined;
  money: (money: format.Money, short?: boolean) => string;
  time: (at: string | number, timeZone?: string) => string;
  /** With its day where that is not today. */
  when: (at: string | number, timeZone?: string) => string;
  moment: (at: string | number, timeZone?: string) => string;
  /** Today, or the day of the week with its number. */
  day: (at: string | number, timeZone?: string) => string;
}

const Context = createContext<I18n | null>(null);

export function useI18n(): I18n {
  const i18n = useContext(Context);
  if (!i18n) throw new Error("there are words only within <Languages>");
  return i18n;
}

export function i18nOf(language: Language, words: Words): I18n {
  const locale = language === "ar" ? "ar-u-nu-latn" : language;
  const t = (key: Key, values: Values = {}) => fill(words[key], values, locale);
  const day = (at: string | number, timeZone?: string) => format.day(at, locale, timeZone);
  return {
    language,
    locale,
    t,
    maybe: (key, values) => (key in words ? t(key as Key, values) : undefined),
    money: (money, short) => format.money(money, locale, short),
    time: (at, timeZone) => format.time(at, locale, timeZone),
    when: (at, timeZone) => {
      const time = format.time(at, locale, timeZone);
      if (day(at, timeZone) === day(Date.now(), timeZone)) return time;
      const weekday = new Intl.DateTimeFormat(locale, { weekday: "short", ...(timeZone ? { timeZone } : {}) }).format(new Date(at));
      return `${weekday} ${time}`;
    },
    moment: (at, timeZone) => format.moment(at, locale, timeZone),
    day: (at, timeZone) => {
      if (day(at, timeZone) === day(Date.now(), timeZone)) return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(0, "day");
      const zone = timeZone ? { timeZone } : {};
      return new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", ...zone }).format(new Date(at));
    },
  };
}

export function Languages({ children }: { children: ReactNode }) {
  const wanted = useKept(language);
  const [loaded, setLoaded] = useState<{ language: Language; words: Words }>({ language: "en", words: en });
  const [missing, setMissing] = useState<Language>();
  useEffect(() => {
    let current = true;
    const words = wanted === "en" ? Promise.resolve({ words: en }) : load[wanted]();
    // Where they cannot be had, the words that are here go on.
    words.then(({ words }) => current && setLoaded({ language: wanted, words })).catch(() => current && setMissing(wanted));
    return () => {
      current = false;
    };
  }, [wanted]);
  useEffect(() => {
    document.documentElement.lang = loaded.language;
    document.documentElement.dir = RIGHT_TO_LEFT.includes(loaded.language) ? "rtl" : "ltr";
  }, [loaded]);
  const i18n = useMemo(() => i18nOf(loaded.language, loaded.words), [loaded]);
  // No flash of English for who has chosen another language.
  if (loaded.language !== wanted && loaded.language === "en" && missing !== wanted) return null;
  return <Context value={i18n}>{children}</Context>;
}
