//! Why: each rule that was about a payment, what it asks for, and what it saw.

import type { Schemas } from "../../api/index.ts";
import { Mark, words } from "../../ui/bits.tsx";
import { type Assessment, fired, silent, VERDICT } from "./risk.ts";

/** Those that fired stand there; the others can be opened, as what did not fire is a reason too. */
export function Findings({ of }: { of: Assessment }) {
  const [loud, quiet] = [fired(of), silent(of)];
  return (
    <div>
      {loud.length > 0 && <List of={loud} label="Rules that fired" />}
      {quiet.length > 0 && (
        <details className="findings-more">
          <summary>{quiet.length === 1 ? "1 rule that did not fire" : `${quiet.length} rules that did not fire`}</summary>
          <List of={quiet} label="Rules that did not fire" />
        </details>
      )}
    </div>
  );
}

function List({ of, label }: { of: Schemas["Finding"][]; label: string }) {
  return (
    <ul className="findings" aria-label={label}>
      {of.map(({ rule, fired: spoke, asks, why }) => (
        <li key={rule}>
          <span className="findings-rule">
            {words(rule)} {spoke && <Mark tone={VERDICT[asks].tone}>{VERDICT[asks].word}</Mark>}
          </span>
          <span className="findings-why">{why}</span>
        </li>
      ))}
    </ul>
  );
}
