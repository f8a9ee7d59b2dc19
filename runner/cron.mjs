// Whether the minute of a cron trigger has come: minute, hour, day of the month, month, day of the week, in UTC.

const names = { SUN: 1, MON: 2, TUE: 3, WED: 4, THU: 5, FRI: 6, SAT: 7 };

/** Cloudflare counts the days of the week from Sunday = 1. */
export function isDue(cron, date) {
  const now = [date.getUTCMinutes(), date.getUTCHours(), date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCDay() + 1];
  return cron.split(/\s+/).every((field, at) => field.split(",").some((part) => covers(part, now[at], at < 2 ? 0 : 1)));
}

function covers(part, value, first) {
  const [range, step] = part.split("/");
  const [from, to] = range === "*" ? [first, Infinity] : range.split("-").map((end) => names[end] ?? Number(end));
  const last = to ?? (step ? Infinity : from);
  return value >= from && value <= last && (value - from) % Number(step ?? 1) === 0;
}
