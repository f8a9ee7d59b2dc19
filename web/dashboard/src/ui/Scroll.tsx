import type { ReactNode } from "react";

/** Something long in a box of its own, which a keyboard can scroll too. */
export function Scroll({ label, most, children }: { label: string; most: number; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by key
    <section aria-label={label} tabIndex={0} style={{ maxHeight: most, overflow: "auto" }}>
      {children}
    </section>
  );
}
