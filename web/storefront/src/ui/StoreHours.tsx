import { type ReactNode, useState } from "react";
import type { Store } from "../data/stores.ts";
import { useI18n } from "../i18n/index.tsx";
import { openState } from "../logic/hours.ts";
import { Notice } from "./Notice.tsx";
import { Sheet } from "./Sheet.tsx";

/** A store's week, behind whatever says how it stands now. */
export function StoreHours({ store, label }: { store: Store; label: ReactNode }) {
  const { t, locale } = useI18n();
  const [open, setOpen] = useState(false);
  // A Monday, to name days by.
  const dayName = (day: number) => new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" }).format(Date.UTC(2024, 0, day));
  const spans = (day: number) => store.hours.spans.filter((span) => span.day === day).map((span) => `${span.opens}–${span.closes}`);
  return (
    <>
      <button type="button" className="link quiet" onClick={() => setOpen(true)} aria-haspopup="dialog">
        {label}
        <span className="sr-only">{t("stores.hours")}</span>
      </button>
      {open && (
        <Sheet title={t("stores.hours")} onClose={() => setOpen(false)} small>
          <p className="muted">
            {store.address}, {store.city}
          </p>
          {openState(store, Date.now()).state === "closed" && (
            <Notice tone="warn" icon="clock">
              {t("menu.closedNow")}
            </Notice>
          )}
          <dl className="pairs">
            {[1, 2, 3, 4, 5, 6, 7].map((day) => (
              <div key={day}>
                <dt>{dayName(day)}</dt>
                <dd>{spans(day).join(", ") || t("stores.closedDay")}</dd>
              </div>
            ))}
          </dl>
        </Sheet>
      )}
    </>
  );
}
