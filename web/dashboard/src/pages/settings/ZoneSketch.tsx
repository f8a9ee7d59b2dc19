//! A store's zones on an empty sheet, north up: drawn here, so that nobody else's map server learns of it.

import type { MouseEvent } from "react";
import { fromSheet, onSheet, type Position, reach, SHEET, type Zone } from "./zones.ts";

type Shape = Pick<Zone, "polygon" | "radius_m"> & { name: string };

interface ZoneSketchProps {
  store: Position;
  zones: readonly Shape[];
  /** The one that is being drawn or pointed at. */
  chosen?: string | undefined;
  /** A place that was pressed; the fields beside it are the way for the keyboard. */
  onPress?: ((place: Position) => void) | undefined;
}

export function ZoneSketch({ store, zones, chosen, onPress }: ZoneSketchProps) {
  const far = reach(store, zones);
  const scale = SHEET / (2 * far);
  const middle = SHEET / 2;
  const press = (event: MouseEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [((event.clientX - box.left) / box.width) * SHEET, ((event.clientY - box.top) / box.height) * SHEET];
    onPress?.(fromSheet(store, far, x, y));
  };
  return (
    // The fields beside it are the way for the keyboard.
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <svg
      viewBox={`0 0 ${SHEET} ${SHEET}`}
      role="img"
      aria-label={zones.length ? `Zones around the store: ${zones.map((zone) => zone.name).join(", ")}` : "The store, without zones"}
      style={{ width: "100%", maxWidth: 560, display: "block", margin: "0 auto", cursor: onPress ? "crosshair" : undefined }}
      onClick={onPress && press}
    >
      <rect width={SHEET} height={SHEET} rx="8" fill="color-mix(in srgb, var(--ink) 4%, transparent)" stroke="var(--line)" />
      {zones.map((zone) => {
        const look = {
          fill: "var(--accent)",
          fillOpacity: zone.name === chosen ? 0.28 : 0.1,
          stroke: "var(--accent)",
          strokeWidth: zone.name === chosen ? 2.4 : 1.2,
        };
        const corners = (zone.polygon ?? []).map((corner) => onSheet(store, far, corner));
        const label = corners[0] ?? { x: middle, y: middle - (zone.radius_m ?? 0) * scale };
        return (
          <g key={zone.name}>
            {zone.radius_m ? (
              <circle cx={middle} cy={middle} r={zone.radius_m * scale} {...look} />
            ) : (
              <polygon points={corners.map(({ x, y }) => `${x},${y}`).join(" ")} {...look} />
            )}
            {zone.name === chosen && corners.map(({ x, y }) => <circle key={`${x} ${y}`} cx={x} cy={y} r="3.5" fill="var(--accent)" />)}
            <text x={label.x} y={Math.max(12, label.y - 6)} fontSize="10" textAnchor="middle" fill="var(--ink)">
              {zone.name}
            </text>
          </g>
        );
      })}
      <circle cx={middle} cy={middle} r="5" fill="var(--ink)">
        <title>The store</title>
      </circle>
    </svg>
  );
}
