//! The first page: the store one orders from. Open ones first, then the nearest where the device says where it is, else by name; found
//! as one types.

import { format } from "@kirana/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { nearbyQuery, type Store, storesQuery } from "../data/stores.ts";
import { useI18n } from "../i18n/index.tsx";
import { cart } from "../logic/cart.ts";
import { openState } from "../logic/hours.ts";
import { useKept } from "../logic/keep.ts";
import { motion } from "../logic/motion.ts";
import { ranked } from "../logic/rank.ts";
import { plain } from "../logic/search.ts";
import { Icon } from "../ui/Icon.tsx";
import { Empty, Notice, ProblemNotice, Skeleton } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { StoreMap } from "../ui/StoreMap.tsx";
import { StoreState } from "../ui/StoreState.tsx";
import { useHere } from "../ui/useHere.ts";

function matches(store: Store, text: string): boolean {
  const words = plain([store.name, store.address, store.city].join(" "));
  return plain(text)
    .split(/\s+/)
    .every((word) => words.includes(word));
}

function StoreRow({ store, last, chosen }: { store: Store; last: boolean; chosen: boolean }) {
  const { t, locale } = useI18n();
  return (
    <li id={`store-${store.id}`}>
      <Link to="/stores/$storeId" params={{ storeId: store.id }} className={chosen ? "store-row chosen" : "store-row"}>
        <span className="store-main">
          <span className="store-name">
            {store.name}
            {last && <span className="tag">{t("stores.last")}</span>}
          </span>
          <span className="muted store-address">
            <bdi>
              {store.address}, {store.city}
            </bdi>
          </span>
          <StoreState store={store} />
        </span>
        <span className="store-side">
          {store.distance_m != null && <strong>{format.distance(store.distance_m, locale)}</strong>}
          <Icon name="next" flip />
        </span>
      </Link>
    </li>
  );
}

export function Stores() {
  const { t } = useI18n();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<string>();
  const typed = useDeferredValue(text);
  const here = useHere();
  useEffect(here.askIfGranted, []);
  const all = useQuery(storesQuery);
  const near = useQuery({ ...nearbyQuery(here.place ?? { lat: 0, lng: 0 }), enabled: here.place !== undefined });
  const lastId = useKept(cart).storeId;
  const query = here.place && near.data ? near : all;
  const shown = useMemo(() => {
    const found = (query.data ?? []).filter((store) => matches(store, typed));
    const now = Date.now();
    return ranked(found, (store) => openState(store, now).state === "open", lastId);
  }, [query.data, typed, lastId]);
  const choose = (id: string) => {
    setChosen(id);
    document.getElementById(`store-${id}`)?.scrollIntoView({ block: "center", behavior: motion() });
  };
  return (
    <Page title={t("stores.title")}>
      <search className="store-find">
        <label className="search-box">
          <Icon name="search" />
          <span className="sr-only">{t("stores.search")}</span>
          <input
            type="search"
            value={text}
            onChange={(event) => setText(event.target.value)}
            placeholder={t("stores.search")}
            autoComplete="off"
          />
        </label>
        <button type="button" className="button locate" onClick={here.ask} disabled={here.state === "asking"}>
          <Icon name="aim" />
          <span>{here.state === "asking" ? t("stores.locating") : t("stores.locate")}</span>
        </button>
      </search>
      {here.state === "refused" && (
        <Notice tone="warn" icon="pin">
          {t("stores.noPlace")}
        </Notice>
      )}
      {query.error && !query.data && <ProblemNotice error={query.error} retry={() => void query.refetch()} />}
      <div className="stores">
        <section aria-labelledby="stores-list">
          <h2 id="stores-list" className="section-title">
            {here.place && near.data ? t("stores.near") : t("stores.all")}
            {query.data && (
              <span className="muted" role="status">
                {t("stores.count", { n: shown.length })}
              </span>
            )}
          </h2>
          {query.isPending && <Skeleton count={8} className="store-skeleton" />}
          {query.data && !shown.length && (
            <Empty
              icon="store"
              title={typed ? t("stores.none", { text: typed }) : t("stores.empty")}
              {...(typed ? { hint: t("stores.noneHint") } : {})}
            />
          )}
          <ul className="store-list">
            {shown.map((store) => (
              <StoreRow key={store.id} store={store} last={store.id === lastId} chosen={store.id === chosen} />
            ))}
          </ul>
        </section>
        <aside className="map-box">
          {query.data ? (
            <StoreMap stores={shown} place={here.place} chosen={chosen} onChoose={choose} />
          ) : (
            <div className="skeleton map-skeleton" />
          )}
        </aside>
      </div>
    </Page>
  );
}
