//! The pages of one area, as far as the role has use for them.

import { Link } from "@tanstack/react-router";

export interface Tab {
  path: string;
  label: string;
  /** Also while one looks at something within it. */
  wide?: boolean;
}

export function SubNav({ label, tabs }: { label: string; tabs: Tab[] }) {
  if (tabs.length < 2) return null;
  return (
    <nav className="subnav" aria-label={label}>
      {tabs.map((tab) => (
        <Link key={tab.path} to={tab.path} activeOptions={{ exact: !tab.wide, includeSearch: false }}>
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
