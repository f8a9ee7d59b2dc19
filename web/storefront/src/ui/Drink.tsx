//! A drawing in the place of a photo: a cup whose drink, foam and pearls follow from what the product is called. The same product always
//! looks the same; what is no drink gets a plain plate with its first letter.

import { useId } from "react";

const COLOURS: readonly [RegExp, string, string][] = [
  [/matcha/, "#8fb15a", "#d8e2b4"],
  [/brown sugar/, "#b8763e", "#f3e2c8"],
  [/ovaltine|chocolate|cacao|cacoa|cocoa/, "#8a5637", "#d9b797"],
  [/coffee/, "#9a6a45", "#e2c8a8"],
  [/caramel|hazelnut/, "#c98d4e", "#efd4ab"],
  [/plum/, "#b4586b", "#e9b9b6"],
  [/passion/, "#eba63a", "#f8dc94"],
  [/honey/, "#e6b04a", "#f6dfa2"],
  [/aloe/, "#cfdc9a", "#edf2cf"],
  [/oolong/, "#c58b4b", "#ecd0a1"],
  [/jasmine|green/, "#c3c66a", "#e8e8b4"],
  [/latte|milk/, "#d8b48a", "#f0dfc6"],
  [/black tea|assam|tea/, "#b5653a", "#dd9a63"],
];

interface Look {
  from: string;
  to: string;
  pearls: boolean;
  jelly: boolean;
  foam: boolean;
  streaks: boolean;
}

/** How a product is drawn; undefined for what is no drink. */
export function lookOf(name: string, category: string): Look | undefined {
  const words = `${name} ${category}`.toLowerCase();
  const found = COLOURS.find(([pattern]) => pattern.test(name.toLowerCase())) ?? COLOURS.find(([pattern]) => pattern.test(words));
  if (!found) return undefined;
  return {
    from: found[2],
    to: found[1],
    pearls: /bubble|boba|pearl|brown sugar/.test(words),
    jelly: /jelly|aloe/.test(words),
    foam: /macchiato|cream|cheese/.test(words),
    streaks: /brown sugar/.test(words),
  };
}

const PEARLS = [
  [40, 98],
  [49, 101],
  [58, 102],
  [67, 101],
  [77, 98],
  [44, 90],
  [54, 92.5],
  [64, 92],
  [73, 90],
];
const JELLIES = [
  [40, 93, 12],
  [52, 96, -8],
  [63, 92, 20],
  [72, 96, -16],
  [46, 84, -20],
  [66, 83, 8],
];

export function Drink({ name, category, className = "art" }: { name: string; category: string; className?: string }) {
  const id = useId();
  const look = lookOf(name, category);
  if (!look) {
    return (
      <svg className={className} viewBox="0 0 116 120" aria-hidden="true">
        <circle cx="58" cy="60" r="38" className="art-plate" />
        <circle cx="58" cy="60" r="27" className="art-plate-inner" />
        <text x="58" y="70" textAnchor="middle" className="art-letter">
          {name.slice(0, 1).toUpperCase()}
        </text>
      </svg>
    );
  }
  const top = look.foam ? 40 : 36;
  return (
    <svg className={className} viewBox="0 0 116 120" aria-hidden="true">
      <defs>
        <linearGradient id={`${id}d`} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor={look.from} />
          <stop offset=".75" stopColor={look.to} />
        </linearGradient>
        <clipPath id={`${id}c`}>
          <path d="M31.500 28h53l-5.600 76a6 6 0 0 1-6 5.500H43.100a6 6 0 0 1-6-5.500z" />
        </clipPath>
      </defs>
      <path d="M62 30 71 7" className="art-straw" />
      <g clipPath={`url(#${id}c)`}>
        <rect x="28" y="24" width="60" height="90" className="art-glass" />
        <rect x="28" y={top} width="60" height="78" fill={`url(#${id}d)`} />
        {look.streaks && <path d="M35 44c4 14-2 22 3 36M81 40c-5 16 3 22-2 38M58 42c3 10-3 16 1 26" className="art-streak" />}
        {look.foam && <path d="M28 36c8-3 12 3 20 1s12-4 20-1 12 1 20-1v13c-9 5-14-2-22 1s-14 3-20 0-12 3-18-1z" className="art-foam" />}
        {!look.foam && (
          <g className="art-ice">
            <rect x="40" y="34" width="14" height="14" rx="3" transform="rotate(-12 47 41)" />
            <rect x="60" y="33" width="14" height="14" rx="3" transform="rotate(16 67 40)" />
          </g>
        )}
        {look.jelly && (
          <g className="art-jelly">
            {JELLIES.map(([x = 0, y = 0, turn]) => (
              <rect key={`${x} ${y}`} x={x} y={y} width="9" height="8" rx="2" transform={`rotate(${turn} ${x + 4} ${y + 4})`} />
            ))}
          </g>
        )}
        {look.pearls && (
          <g className="art-pearls">
            {PEARLS.map(([x, y]) => (
              <circle key={`${x} ${y}`} cx={x} cy={y} r="4.600" />
            ))}
          </g>
        )}
      </g>
      <path d="M31.500 28h53l-5.600 76a6 6 0 0 1-6 5.500H43.100a6 6 0 0 1-6-5.500z" className="art-cup" />
      <path d="M27 24.500a3 3 0 0 1 3-3h56a3 3 0 0 1 3 3V29H27z" className="art-lid" />
    </svg>
  );
}
