//! What the app says at its edges: something failed, nothing is there, something is on its way.

import { Problem } from "@kirana/api";
import type { ReactNode } from "react";
import { type I18n, useI18n } from "../i18n/index.tsx";
import { Icon, type IconName } from "./Icon.tsx";

/** A problem in the reader's language where there are words for its code, else in its own words. */
export function wordsOf(error: unknown, { maybe, t }: Pick<I18n, "maybe" | "t">): string {
  if (!(error instanceof Problem)) return t("problem.title");
  return maybe(`problem.${error.code}`) ?? error.detail;
}

/** What a store has too little of, by the names of its stock, such as `tapioca-pearls`. */
function shortOf(problem: Problem | undefined): string | undefined {
  const said = problem?.code === "out_of_stock" ? problem.more.short : undefined;
  if (!Array.isArray(said)) return undefined;
  const names = said.flatMap((one: { sku?: unknown; name?: unknown }) => [one.name ?? one.sku].filter((name) => typeof name === "string"));
  return names.map((name) => name.replace(/[-_]/g, " ")).join(", ") || undefined;
}

/** Where a store delivers instead. */
function zonesOf(problem: Problem | undefined): string | undefined {
  const said = problem?.code === "outside_delivery_zone" ? problem.more.zones : undefined;
  return Array.isArray(said) ? said.filter((name) => typeof name === "string").join(", ") || undefined : undefined;
}

export function ProblemNotice({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const i18n = useI18n();
  const problem = error instanceof Problem ? error : undefined;
  const short = shortOf(problem);
  const zones = zonesOf(problem);
  return (
    <div className="notice bad" role="alert">
      <Icon name="warn" />
      <div>
        <p>
          <bdi>{wordsOf(error, i18n)}</bdi>
        </p>
        {zones && <p className="hint">{i18n.t("cart.zonesAre", { names: zones })}</p>}
        {short && <p className="hint">{i18n.t("cart.short", { names: short })}</p>}
        {problem && problem.status >= 500 && problem.requestId && (
          <p className="hint">{i18n.t("problem.support", { id: problem.requestId })}</p>
        )}
        {retry && (
          <button type="button" className="link" onClick={retry}>
            {i18n.t("app.retry")}
          </button>
        )}
      </div>
    </div>
  );
}

export function Notice({
  tone = "plain",
  icon = "help",
  children,
}: {
  tone?: "plain" | "good" | "warn";
  icon?: IconName;
  children: ReactNode;
}) {
  return (
    <div className={`notice ${tone}`}>
      <Icon name={icon} />
      <div>{children}</div>
    </div>
  );
}

export function Empty({
  icon,
  title,
  hint,
  page = false,
  children,
}: {
  icon: IconName;
  title: string;
  hint?: string;
  /** Is it the whole page, which has no other title? */
  page?: boolean;
  children?: ReactNode;
}) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} />
      </span>
      {page ? <h1>{title}</h1> : <h2>{title}</h2>}
      {hint && <p>{hint}</p>}
      {children}
    </div>
  );
}

/** Grey shapes of what is coming, in the size it will have, so that nothing jumps. */
export function Skeleton({ count = 6, className = "row" }: { count?: number; className?: string }) {
  const { t } = useI18n();
  return (
    <div role="status" aria-label={t("app.loading")}>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={index} className={`skeleton ${className}`} />
      ))}
    </div>
  );
}
