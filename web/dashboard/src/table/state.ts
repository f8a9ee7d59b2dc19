//! A table's state is in the address: what one sees can be sent to somebody. Columns are kept on the device, saved views by the platform.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { wordsFor, wordsOf } from "./logic.ts";

export type Search = Record<string, string | undefined>;

/** What the address says, and how to say otherwise. */
export function useAddress(): [Search, (change: Search) => void, (whole: Search) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const go = (next: Search) => {
    const clean = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined && value !== ""));
    void navigate({ to: ".", search: clean as never, replace: true });
  };
  return [search, (change) => go({ ...search, ...change }), go];
}

/** The same for one table of a page: with a `prefix`, in words of its own. */
export function useTableAddress(prefix: string | undefined): [Search, (change: Search) => void] {
  const [search, change] = useAddress();
  return [wordsFor(search, prefix), (words) => change(wordsOf(words, prefix))];
}

/** Something kept on this device, as JSON. */
export function useKept<T>(key: string, first: T): [T, (value: T) => void] {
  const name = `kirana.dashboard.${key}`;
  const [value, setValue] = useState<T>(() => {
    try {
      const kept = localStorage.getItem(name);
      return kept === null ? first : (JSON.parse(kept) as T);
    } catch {
      return first;
    }
  });
  const keep = (next: T) => {
    setValue(next);
    try {
      localStorage.setItem(name, JSON.stringify(next));
    } catch {
      // A device that keeps nothing: it holds until the page goes.
    }
  };
  return [value, keep];
}

export interface View {
  name: string;
  search: Search;
  columns: string[];
}
