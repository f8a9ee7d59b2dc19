//! Where stores are to each other and to whoever looks: points on an empty sheet, drawn here, so that nobody else's map server learns
//! where somebody is.

import { format } from "@kirana/api";
import type { Place, Store } from "../data/stores.ts";
import { useI18n } from "../i18n/index.tsx";

const WIDTH = 320;
const HEIGHT = 200;
const MARGIN = 26;
/** In a degree of latitude. */
const KILOMETRES = 111.32;

export interface Sheet {
  points: { x: number; y: number }[];
  /** Pixels that are a kilometre. */
  kilometre: number;
}

/** Places on the sheet, north up; a degree of longitude is as long as it is at their latitude. */
export function project(places: readonly Place[], width = WIDTH, height = HEIGHT, margin = MARGIN): Sheet {
  if (!places.length) return { points: [], kilometre: 1 };
  const lats = places.map(({ lat }) => lat);
  const middle = (Math.min(...lats) + Math.max(...lats)) / 2;
  const flat = places.map(({ lat, lng }) => ({ x: lng * Math.cos((middle * Math.PI) / 180), y: -lat }));
  const [xs, ys] = [flat.map((one) => one.x), flat.map((one) => one.y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [wide, high] = [Math.max(...xs) - left, Math.max(...ys) - top];
  // Two stores in one house are no reason to divide by nothing: a kilometre and a half is shown at least.
  const least = 1.5 / KILOMETRES;
  const scale = Math.min((width - 2 * margin) / Math.max(wide, least), (height - 2 * margin) / Math.max(high, least));
  const [shiftX, shiftY] = [(width - wide * scale) / 2, (height - high * scale) / 2];
  return {
    points: flat.map(({ x, y }) => ({ x: (x - left) * scale + shiftX, y: (y - top) * scale + shiftY })),
    kilometre: scale / KILOMETRES,
  };
}

/** A round number of kilometres that is some way apart on the sheet. */
export function gridStep(kilometre: number): number {
  return [0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((step) => step * kilometre >= 44) ?? 2000;
}

const lines = (length: number, step: number) => Array.from({ length: Math.ceil(length / step) }, (_, index) => (index + 0.5) * step);

export function StoreMap({
  stores,
  place,
  chosen,
  onChoose,
}: {
  stores: readonly Store[];
  place: Place | undefined;
  chosen: string | undefined;
  onChoose: (id: string) => void;
}) {
  const { t, locale } = useI18n();
  const at = stores.map(({ position }) => ({ lat: position.latitude, lng: position.longitude }));
  const { points, kilometre } = project(place ? [...at, place] : at);
  const you = place ? points.at(-1) : undefined;
  const step = gridStep(kilometre);
  const grid = step * kilometre;
  return (
    <svg className="map" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("stores.map")}>
      <g className="map-line">
        {lines(WIDTH, grid).map((x) => (
          <path key={`x${x}`} d={`M${x} 0V${HEIGHT}`} />
        ))}
        {lines(HEIGHT, grid).map((y) => (
          <path key={`y${y}`} d={`M0 ${y}H${WIDTH}`} />
        ))}
      </g>
      <path className="map-scale" d={`M12 ${HEIGHT - 12}h${grid}m0 -4v8m${-grid} 0v-8`} />
      <text className="map-words" x={14 + grid + 4} y={HEIGHT - 8}>
        {format.distance(step * 1000, locale)}
      </text>
      {you && <circle cx={you.x} cy={you.y} r="16" className="map-you-ring" />}
      {you && (
        <circle cx={you.x} cy={you.y} r="5" className="map-you">
          <title>{t("stores.you")}</title>
        </circle>
      )}
      {stores.map((store, index) => {
        const { x = 0, y = 0 } = points[index] ?? {};
        return (
          // The list beside it is the way for the keyboard; this one is for the eye and the finger.
          // biome-ignore lint/a11y/noStaticElementInteractions: see above
          <g key={store.id} className={store.id === chosen ? "map-pin chosen" : "map-pin"} onClick={() => onChoose(store.id)}>
            <circle cx={x} cy={y} r="14" className="map-touch" />
            <circle cx={x} cy={y} r="6" />
            <title>{store.name}</title>
          </g>
        );
      })}
    </svg>
  );
}
