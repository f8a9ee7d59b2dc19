//! The pages of one area, as far as the role has use for them.

import { Link, useRouterState } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";

export interface Tab {
  path: string;
  label: string;
  /** Also while one looks at something within it. */
  wide?: boolean;
  /** Behind its name, such as how many wait there. */
  mark?: ReactNode;
}

export function SubNav({ label, tabs }: { label: string; tabs: Tab[] }) {
  const bar = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  // On a phone the bar is longer than the screen: where one is must be seen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another address is another active link
  useEffect(() => {
    const active = bar.current?.querySelector<HTMLElement>("[data-status=active]");
    if (bar.current && active) bar.current.scrollLeft = active.offsetLeft - bar.current.offsetLeft - 24;
  }, [path]);
  if (tabs.length < 2) return null;
  return (
    <nav className="subnav" aria-label={label} ref={bar}>
      {tabs.map((tab) => (
        <Link key={tab.path} to={tab.path} activeOptions={{ exact: !tab.wide, includeSearch: false }}>
          {tab.label}
          {tab.mark}
        </Link>
      ))}
    </nav>
  );
}
