//! What is wrong with devices, counted the same for a store and for all of them: cold chains that broke, faults, and who is away. Pure.

import type { Breach, Device } from "./data.ts";
import { alarmWord } from "./kinds.ts";

/** A fault that was told longer ago than this is history: its page has it. As the platform counts devices in trouble. */
export const FRESH_MS = 86_400_000;

export interface Alarms {
  /** Devices in use. */
  fleet: Device[];
  away: Device[];
  /** Devices that told of a fault not long ago, but for those whose cold chain broke: these are counted as that. */
  faulty: Device[];
  /** Cold chains that nobody has decided on. */
  broken: number;
}

const lastError = (device: Device) => device.last_error as { code?: string; detail?: string; at?: string } | null | undefined;

export function alarmsOf(
  devices: readonly Device[] | undefined,
  breaches: readonly Breach[] | undefined,
  isHere: (store: string) => boolean,
  now: number,
): Alarms {
  const fleet = (devices ?? []).filter((one) => one.status === "active" && isHere(one.store_id));
  const open = (breaches ?? []).filter((one) => !one.outcome && isHere(one.store_id));
  const broke = new Set(open.map((one) => one.device_id));
  return {
    fleet,
    away: fleet.filter((one) => !one.online),
    faulty: fleet.filter((one) => {
      const at = lastError(one)?.at;
      return at !== undefined && !broke.has(one.id) && now - Date.parse(at) < FRESH_MS;
    }),
    broken: open.length,
  };
}

/** The same in a few words, the worst first. */
export function alarmWords({ away, faulty, broken }: Alarms): string {
  const named = (devices: Device[]) => {
    const names = devices
      .slice(0, 2)
      .map((one) => one.name)
      .join(", ");
    return devices.length > 2 ? `${names} and ${devices.length - 2} more` : names;
  };
  const fault = faulty[0] && alarmWord(lastError(faulty[0])?.code ?? "fault").toLowerCase();
  const parts = [
    broken > 0 && (broken === 1 ? "1 cold chain broke" : `${broken} cold chains broke`),
    faulty.length > 0 && (faulty.length === 1 ? `${named(faulty)}: ${fault}` : `faults: ${named(faulty)}`),
    away.length > 0 && `${named(away)} offline`,
  ].filter(Boolean);
  return parts.join("; ") || "all are there";
}
