//! A QR code, drawn: sharp at any size, and no picture from anywhere.

import { create } from "qrcode";

const MARGIN = 3;

/** `label` says what it is for: whoever cannot see it needs the text beside it. */
export function QrCode({ text, label, size = 220 }: { text: string; label: string; size?: number }) {
  const { modules } = create(text, { errorCorrectionLevel: "M" });
  const whole = modules.size + 2 * MARGIN;
  const dots: string[] = [];
  modules.data.forEach((dark, at) => {
    if (dark) dots.push(`M${(at % modules.size) + MARGIN} ${Math.floor(at / modules.size) + MARGIN}h1v1h-1z`);
  });
  return (
    <svg
      role="img"
      aria-label={label}
      width={size}
      height={size}
      viewBox={`0 0 ${whole} ${whole}`}
      shapeRendering="crispEdges"
      // Readers want dark on light, in the dark too.
      style={{ background: "#fff", borderRadius: 10, maxWidth: "100%" }}
    >
      <path d={dots.join("")} fill="#111" />
    </svg>
  );
}
