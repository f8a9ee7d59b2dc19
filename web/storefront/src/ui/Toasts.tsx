//! Short words that go by themselves, such as that something is in the cart.

import { useSyncExternalStore } from "react";
import { Icon } from "./Icon.tsx";

let shown: { id: number; text: string } | null = null;
const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

export function toast(text: string): void {
  const one = { id: (shown?.id ?? 0) + 1, text };
  shown = one;
  tell();
  setTimeout(() => {
    if (shown !== one) return;
    shown = null;
    tell();
  }, 3500);
}

export function Toasts() {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {now && (
        <p className="toast" key={now.id}>
          <Icon name="check" />
          {now.text}
        </p>
      )}
    </div>
  );
}
