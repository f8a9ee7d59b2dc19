//! Small things that this device remembers, as stores that React can read.

import { useSyncExternalStore } from "react";

export interface Kept<T> {
  get: () => T;
  set: (next: T | ((now: T) => T)) => void;
  subscribe: (listener: () => void) => () => void;
}

/** A value in `localStorage` under a name; what cannot be read there is `empty`. The same in every tab. */
export function kept<T>(name: string, empty: T, isGood: (value: unknown) => value is T): Kept<T> {
  const listeners = new Set<() => void>();
  let seen: { text: string | null; value: T } = { text: null, value: empty };
  const get = () => {
    const text = read(name);
    if (text === seen.text) return seen.value;
    let value = empty;
    try {
      const parsed: unknown = text === null ? empty : JSON.parse(text);
      if (isGood(parsed)) value = parsed;
    } catch {
      // Written by another version, or by hand: forgotten.
    }
    seen = { text, value };
    return value;
  };
  const tell = () => {
    for (const listener of listeners) listener();
  };
  globalThis.addEventListener?.("storage", (event) => {
    if (event.key === name || event.key === null) tell();
  });
  return {
    get,
    set: (next) => {
      const value = typeof next === "function" ? (next as (now: T) => T)(get()) : next;
      localStorage.setItem(name, JSON.stringify(value));
      tell();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function useKept<T>(store: Kept<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}
