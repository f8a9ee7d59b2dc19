//! How many payments wait for a person, beside the way to them. Nothing where none does, or where it would take many calls to know.

import { useQueue } from "./data.ts";

/** Short as it is asked for on every page. */
const EVERY = 60_000;

export function WaitingCount() {
  const { data } = useQueue({ every: EVERY, cheap: true });
  if (!data || data.length === 0) return null;
  return (
    <>
      <span className="count" aria-hidden="true">
        {data.length > 99 ? "99+" : data.length}
      </span>
      <span className="skip">{` ${data.length} to review`}</span>
    </>
  );
}
