//! Delivery zones as they are typed and drawn: corners from text, a sheet of paper around the store.

import { format, LOCALE, type Schemas } from "../../api/index.ts";

export type Zone = Schemas["DeliveryZone"];
export type Position = Schemas["Position"];

/** Metres in a degree of latitude. */
const DEGREE_M = 111_195;

/** The sheet is square, north up, the store in its middle. */
export const SHEET = 320;

/** One corner a line, latitude before longitude, as maps copy it: `13.7465, 100.5348`. The line of the first that is none. */
export function readCorners(text: string): { corners: Position[]; wrong?: string } {
  const corners: Position[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (!line.trim()) continue;
    const match = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(line);
    const [latitude, longitude] = [Number(match?.[1]), Number(match?.[2])];
    if (!match || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) {
      return { corners, wrong: `Line ${index + 1}: expected a latitude and a longitude, such as 13.7465, 100.5348` };
    }
    corners.push({ latitude, longitude });
  }
  return { corners };
}

export const writeCorners = (corners: readonly Position[]): string =>
  corners.map(({ latitude, longitude }) => `${latitude}, ${longitude}`).join("\n");

/** How far the sheet reaches from the store, in metres: a little more than what is drawn on it. */
export function reach(store: Position, zones: readonly Pick<Zone, "polygon" | "radius_m">[]): number {
  const far = zones.flatMap((zone) => [
    zone.radius_m ?? 0,
    ...(zone.polygon ?? []).map((corner) => {
      const { east, north } = metres(store, corner);
      return Math.max(Math.abs(east), Math.abs(north));
    }),
  ]);
  return Math.max(1000, ...far) * 1.15;
}

function metres(store: Position, place: Position): { east: number; north: number } {
  const narrow = Math.cos((store.latitude * Math.PI) / 180);
  return { east: (place.longitude - store.longitude) * narrow * DEGREE_M, north: (place.latitude - store.latitude) * DEGREE_M };
}

/** Where a place is on the sheet. */
export function onSheet(store: Position, reachM: number, place: Position): { x: number; y: number } {
  const { east, north } = metres(store, place);
  const scale = SHEET / (2 * reachM);
  return { x: SHEET / 2 + east * scale, y: SHEET / 2 - north * scale };
}

/** Which place a point of the sheet is: to five digits, a metre. */
export function fromSheet(store: Position, reachM: number, x: number, y: number): Position {
  const scale = (2 * reachM) / SHEET;
  const narrow = Math.cos((store.latitude * Math.PI) / 180);
  const digits = (degrees: number) => Math.round(degrees * 1e5) / 1e5;
  return {
    latitude: digits(store.latitude + ((SHEET / 2 - y) * scale) / DEGREE_M),
    longitude: digits(store.longitude + ((x - SHEET / 2) * scale) / (narrow * DEGREE_M)),
  };
}

/** `3 km around`, `5 corners`. */
export const shapeOf = (zone: Pick<Zone, "polygon" | "radius_m">): string =>
  zone.radius_m ? `${format.distance(zone.radius_m, LOCALE)} around` : `${zone.polygon?.length ?? 0} corners`;
