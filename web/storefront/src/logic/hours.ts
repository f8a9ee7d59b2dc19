//! When a store is open, in its own time zone: spans of a week, some of them past midnight, and days on which it stays closed.

export interface Span {
  /** 1 is Monday, 7 is Sunday. */
  day: number;
  /** Such as `09:00`. */
  opens: string;
  /** At or before `opens`: the day after. */
  closes: string;
}

export interface Opening {
  time_zone: string;
  paused?: boolean;
  hours: { spans: Span[]; holidays?: string[] };
}

/** A span of time, in milliseconds since 1970. */
export interface Interval {
  from: number;
  to: number;
}

export type OpenState = { state: "open"; until: number } | { state: "closed"; opens?: number } | { state: "paused" };

const DAY = 86_400_000;

/** How far local time at a place is ahead of UTC at a moment. */
function offset(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) - Math.floor(at / 1000) * 1000;
}

/** The moment at which clocks at a place show this: `local` is that as if it were UTC. Twice, for nights on which clocks change. */
function instant(local: number, timeZone: string): number {
  const guess = local - offset(local, timeZone);
  return local - offset(guess, timeZone);
}

const minutes = (text: string) => {
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  return (hour * 60 + minute) * 60_000;
};

/** When a store is open in the days from yesterday on, the earliest first; spans that touch are one. */
export function openings(store: Opening, now: number, days = 8): Interval[] {
  const local = now + offset(now, store.time_zone);
  const today = Math.floor(local / DAY) * DAY;
  const found: Interval[] = [];
  for (let ahead = -1; ahead < days; ahead++) {
    const date = today + ahead * DAY;
    if (store.hours.holidays?.includes(new Date(date).toISOString().slice(0, 10))) continue;
    const weekday = new Date(date).getUTCDay() || 7;
    for (const span of store.hours.spans.filter((span) => span.day === weekday)) {
      const opens = minutes(span.opens);
      const closes = minutes(span.closes) > opens ? minutes(span.closes) : minutes(span.closes) + DAY;
      found.push({ from: instant(date + opens, store.time_zone), to: instant(date + closes, store.time_zone) });
    }
  }
  found.sort((a, b) => a.from - b.from);
  return found.reduce<Interval[]>((merged, next) => {
    const last = merged.at(-1);
    if (last && next.from <= last.to) last.to = Math.max(last.to, next.to);
    else merged.push({ ...next });
    return merged;
  }, []);
}

/** Is it open, until when; or when does it open? */
export function openState(store: Opening, now: number): OpenState {
  if (store.paused) return { state: "paused" };
  const spans = openings(store, now);
  const current = spans.find((span) => span.from <= now && now < span.to);
  if (current) return { state: "open", until: current.to };
  const next = spans.find((span) => span.from > now);
  return next ? { state: "closed", opens: next.from } : { state: "closed" };
}

/** A slot as the store tells of it, and whether it is open then. */
export interface Offered {
  at: number;
  /** Orders that it still takes; absent where it takes as many as come. */
  left?: number;
}

interface Told {
  soonest: string;
  slots: { begins: string; left?: number | null }[];
}

/** The slots that somebody can ask for: those in which the store is open, from when the kitchen could be ready. Full ones too: they are shown as that. */
export function offered(store: Opening, told: Told, now: number): Offered[] {
  const spans = openings(store, now, 3);
  const soonest = Date.parse(told.soonest);
  return told.slots.flatMap(({ begins, left }) => {
    const at = Date.parse(begins);
    const isOpen = spans.some((span) => span.from <= at && at < span.to);
    return isOpen && at >= soonest && at > now ? [{ at, ...(left == null ? {} : { left }) }] : [];
  });
}

/** The same by day, as clocks at the store have it. */
export function byDay(slots: readonly Offered[], timeZone: string): [string, Offered[]][] {
  // The one language whose numeric date is ISO 8601's.
  const day = new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  const days = new Map<string, Offered[]>();
  for (const slot of slots) days.set(day.format(slot.at), [...(days.get(day.format(slot.at)) ?? []), slot]);
  return [...days];
}

const STEP = 15 * 60_000;
/** What the kitchen needs at least. */
const LEAD = 15 * 60_000;

/** Times that can be asked for: quarters of an hour while it is open, from a lead time on, for two days. */
export function times(store: Opening, now: number): number[] {
  const first = now + LEAD;
  return openings(store, now, 2).flatMap(({ from, to }) => {
    const begin = Math.ceil(Math.max(from, first) / STEP) * STEP;
    const found = [];
    for (let at = begin; at < to; at += STEP) found.push(at);
    return found;
  });
}
