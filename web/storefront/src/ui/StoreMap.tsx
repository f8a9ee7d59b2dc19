//! Where stores are to each other and to whoever looks: points on an empty sheet, drawn here, so that nobody else's map server learns
//! where somebody is.

import type { Place, Store } from "../data/stores.ts";
import { useI18n } from "../i18n/index.tsx";

const WIDTH = 320;
const HEIGHT = 200;
const MARGIN = 26;

/** Places on the sheet, north up; a degree of longitude is as long as it is at their latitude. */
export function project(points: readonly Place[], width = WIDTH, height = HEIGHT, margin = MARGIN): { x: number; y: number }[] {
  if (!points.length) return [];
  const middle = (Math.min(...points.map((one) => one.lat)) + Math.max(...points.map((one) => one.lat))) / 2;
  const flat = points.map(({ lat, lng }) => ({ x: lng * Math.cos((middle * Math.PI) / 180), y: -lat }));
  const [xs, ys] = [flat.map((one) => one.x), flat.map((one) => one.y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [wide, high] = [Math.max(...xs) - left, Math.max(...ys) - top];
  // Two stores in one house are no reason to divide by nothing.
  const scale = Math.min((width - 2 * margin) / Math.max(wide, 1e-4), (height - 2 * margin) / Math.max(high, 1e-4));
  const [shiftX, shiftY] = [(width - wide * scale) / 2, (height - high * scale) / 2];
  return flat.map(({ x, y }) => ({ x: (x - left) * scale + shiftX, y: (y - top) * scale + shiftY }));
}

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
  const { t } = useI18n();
  const at = stores.map(({ position }) => ({ lat: position.latitude, lng: position.longitude }));
  const points = project(place ? [...at, place] : at);
  const you = place ? points.at(-1) : undefined;
  return (
    <svg className="map" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t("stores.map")}>
      <path
        d={`M0 ${HEIGHT * 0.64}C60 ${HEIGHT * 0.52} 90 ${HEIGHT * 0.8} 160 ${HEIGHT * 0.7}S260 ${HEIGHT * 0.42} ${WIDTH} ${HEIGHT * 0.55}`}
        className="map-line"
      />
      <path d={`M${WIDTH * 0.3} 0C${WIDTH * 0.38} 60 ${WIDTH * 0.22} 120 ${WIDTH * 0.34} ${HEIGHT}`} className="map-line thin" />
      <path d={`M${WIDTH * 0.72} 0C${WIDTH * 0.66} 70 ${WIDTH * 0.8} 110 ${WIDTH * 0.7} ${HEIGHT}`} className="map-line thin" />
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
