//! Roll-outs: what is sent to many devices, a part of them at a time. Pure.

import type { Schemas } from "../../api/index.ts";

export type Rollout = Schemas["Rollout"];
export type NewRollout = Schemas["NewRollout"];

/** `10, 50, 100` as parts of all devices, or what is wrong with it. */
export function readStages(text: string): { stages: number[]; wrong?: string } {
  const stages = text.split(/[\s,;%]+/).flatMap((part) => (part ? [Number(part)] : []));
  const whole = stages.every((part) => Number.isInteger(part) && part > 0 && part <= 100);
  const grows = stages.every((part, at) => at === 0 || part > (stages[at - 1] ?? 0));
  const good = whole && grows && stages.length >= 1 && stages.length <= 10 && stages.at(-1) === 100;
  return good ? { stages } : { stages, wrong: "Growing parts in per cent, the last of them 100, such as 10, 50, 100" };
}

/** A configuration as it was typed: an object in JSON, or what is wrong with it. */
export function readConfiguration(text: string): { value?: Record<string, unknown>; wrong?: string } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { value: value as Record<string, unknown> };
  } catch {
    // Below.
  }
  return { wrong: 'An object in JSON, such as {"interval": 60}' };
}

/** What it brings, for people. */
export function whatOf({ plan }: Rollout): string {
  if (plan.firmware) return `Firmware ${plan.firmware}`;
  if (plan.command) return `Command ${plan.command.name.replaceAll("_", " ")}`;
  return "Configuration";
}

/** How many it is for, and how many of them are through, in per cent. */
export function progress({ waiting, sent, done, failed }: Pick<Rollout, "waiting" | "sent" | "done" | "failed">): {
  all: number;
  percent: number;
} {
  const all = waiting + sent + done + failed;
  return { all, percent: all === 0 ? 0 : Math.floor(((done + failed) * 100) / all) };
}
