//! Whether a store takes orders, in words and a dot: colour alone says nothing.

import type { Store } from "../data/stores.ts";
import { useI18n } from "../i18n/index.tsx";
import { openState } from "../logic/hours.ts";
import { useNow } from "./useNow.ts";

export function StoreState({ store }: { store: Store }) {
  const { t, when, time } = useI18n();
  const now = openState(store, useNow());
  const text = () => {
    if (now.state === "paused") return store.pause_reason ? `${t("stores.paused")}: ${store.pause_reason}` : t("stores.paused");
    if (now.state === "open") return t("stores.openUntil", { time: time(now.until, store.time_zone) });
    return now.opens ? t("stores.opens", { time: when(now.opens, store.time_zone) }) : t("stores.closed");
  };
  return (
    <span className={`state ${now.state}`}>
      <span className="dot" aria-hidden="true" />
      {text()}
    </span>
  );
}
