//! An order's whole story in one line: its changes, and the steps between them, as they came. Pure.

import type { Schemas } from "../../api/index.ts";

export type Step = Schemas["StepReport"];
export type Entry = Schemas["TimelineEntry"];

export type Told = { entry: Entry; before?: Entry; step?: undefined } | { step: Step };

/** When a step came to how it stands. What is waited for has no such moment: it is last. */
const moment = (step: Step): string | null | undefined => (step.state === "done" ? step.done_at : step.undone_at);

/** Changes and steps by their time; of the same moment the change first. What is only ahead is not told yet. */
export function told(timeline: readonly Entry[], steps: readonly Step[]): Told[] {
  const rows: Array<{ at: number; told: Told }> = [
    ...timeline.map((entry, index) => ({ at: Date.parse(entry.at), told: { entry, before: timeline[index - 1] } })),
    ...steps
      .filter((step) => step.state !== "ahead")
      .map((step) => ({ at: Date.parse(moment(step) ?? "") || Number.POSITIVE_INFINITY, told: { step } })),
  ];
  // The sort is stable: two without a moment stay in the order of their steps.
  return rows.sort((a, b) => (a.at === b.at ? 0 : a.at - b.at)).map((row) => row.told);
}
