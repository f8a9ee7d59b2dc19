//! A week of shifts, by person and day. Pure.

import type { Schemas } from "../../api/index.ts";
import { back, localDay } from "../today/figures.ts";

export type Shift = Schemas["Shift"];

/** The Monday of the week that a day is in. */
export function monday(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
  return back(day, weekday - 1);
}

/** The seven days from a day on. */
export const weekOf = (first: string): string[] => Array.from({ length: 7 }, (_, at) => back(first, -at));

/** The shifts that begin on a day, by the store's clock. */
export const onDay = (shifts: readonly Shift[], day: string, zone: string): Shift[] =>
  shifts.filter((shift) => localDay(Date.parse(shift.starts_at), zone) === day);

/** Hours of all of them, to the quarter. */
export function hours(shifts: readonly Shift[]): number {
  const ms = shifts.reduce((sum, shift) => sum + Date.parse(shift.ends_at) - Date.parse(shift.starts_at), 0);
  return Math.round((ms / 3_600_000) * 4) / 4;
}

/** The moment of a clock's time on a day, as milliseconds after that day began: `17:30`, or `02:00` of the next day where it ends before it begins. */
export function span(opens: string, closes: string): [number, number] | undefined {
  const minutes = (text: string) => {
    const found = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
    return found ? Number(found[1]) * 60 + Number(found[2]) : undefined;
  };
  const [from, until] = [minutes(opens), minutes(closes)];
  if (from === undefined || until === undefined || from === until) return undefined;
  return [from * 60_000, (until > from ? until : until + 24 * 60) * 60_000];
}
