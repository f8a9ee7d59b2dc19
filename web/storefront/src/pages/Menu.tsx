//! A store's menu: by category, found as one types, and each product in a sheet over it.

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { menuQuery, type Product, storeQuery } from "../data/stores.ts";
import { useI18n } from "../i18n/index.tsx";
import { isSoldOut, shown } from "../logic/offer.ts";
import { find } from "../logic/search.ts";
import { menuRoute } from "../router.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Empty, Notice, ProblemNotice, Skeleton } from "../ui/Notice.tsx";
import { ProductCard } from "../ui/ProductCard.tsx";
import { useOnline } from "../ui/Shell.tsx";
import { StoreHours } from "../ui/StoreHours.tsx";
import { StoreState } from "../ui/StoreState.tsx";

const ItemSheet = lazy(() => import("./Item.tsx").then(({ ItemSheet }) => ({ default: ItemSheet })));

/** Products by category, in the menu's order. */
function byCategory(products: readonly Product[]): [string, Product[]][] {
  const groups = new Map<string, Product[]>();
  for (const product of products) groups.set(product.category, [...(groups.get(product.category) ?? []), product]);
  return [...groups];
}

/** Which category is in sight. */
function useInSight(names: readonly string[]) {
  const [name, setName] = useState<string>();
  const key = names.join("\n");
  useEffect(() => {
    const sections = key.split("\n").map((_, index) => document.getElementById(`category-${index}`));
    const seen = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) if (isIntersecting) setName(target.getAttribute("data-name") ?? undefined);
      },
      { rootMargin: "-130px 0px -70% 0px" },
    );
    for (const section of sections) if (section) seen.observe(section);
    return () => seen.disconnect();
  }, [key]);
  return name ?? names[0];
}

function Chips({ names, current }: { names: readonly string[]; current: string | undefined }) {
  const { t } = useI18n();
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    // The row follows the page; the page stays where it is.
    const row = list.current;
    const chip = row?.querySelector<HTMLElement>(`[data-name="${CSS.escape(current ?? "")}"]`);
    if (row && chip) row.scrollTo({ left: chip.offsetLeft - row.clientWidth / 2 + chip.clientWidth / 2 });
  }, [current]);
  return (
    <nav className="chips" aria-label={t("menu.categories")} ref={list}>
      {names.map((name, index) => (
        <a
          key={name}
          href={`#category-${index}`}
          data-name={name}
          className={name === current ? "chip on" : "chip"}
          aria-current={name === current || undefined}
        >
          {name}
        </a>
      ))}
    </nav>
  );
}

export function MenuPage() {
  const { t } = useI18n();
  const { storeId } = menuRoute.useParams();
  const { item, q = "" } = menuRoute.useSearch();
  const navigate = useNavigate({ from: "/stores/$storeId" });
  const isOnline = useOnline();
  const store = useQuery(storeQuery(storeId));
  const menu = useQuery(menuQuery(storeId));
  const asked = useDeferredValue(q);
  const all = useMemo(() => (menu.data ? shown(menu.data) : []), [menu.data]);
  const found = useMemo(() => find(all, asked), [all, asked]);
  const groups = useMemo(() => byCategory(found), [found]);
  const names = groups.map(([name]) => name);
  const current = useInSight(names);
  useEffect(() => {
    if (store.data) document.title = `${store.data.name} · Kirana`;
  }, [store.data]);
  const search = (text: string) =>
    void navigate({ search: ({ item: _, q: __, ...rest }) => (text ? { ...rest, q: text } : rest), replace: true, resetScroll: false });
  const close = () => void navigate({ search: ({ item: _, ...rest }) => rest, resetScroll: false });
  const open = all.find((product) => product.id === item);
  return (
    <div className="page menu-page">
      <div className="page-head">
        <Link to="/" className="icon-button" aria-label={t("menu.change")}>
          <Icon name="back" flip />
        </Link>
        <div className="grow">
          <h1>{store.data?.name ?? <span className="skeleton line" />}</h1>
          {store.data ? (
            <StoreHours store={store.data} label={<StoreState store={store.data} />} />
          ) : (
            <span className="skeleton line short" />
          )}
        </div>
      </div>
      {!isOnline && menu.data && <Notice icon="clock">{t("menu.kept")}</Notice>}
      <div className="menu-tools">
        <search className="search-box">
          <Icon name="search" />
          <input
            type="search"
            aria-label={t("menu.search")}
            placeholder={t("menu.search")}
            value={q}
            onChange={(event) => search(event.target.value)}
            autoComplete="off"
          />
        </search>
        {!asked && names.length > 1 && <Chips names={names} current={current} />}
        {asked && (
          <p className="muted results" role="status">
            {t("menu.results", { n: found.length })}
          </p>
        )}
      </div>
      {menu.isPending && <Skeleton count={9} className="card-skeleton" />}
      {menu.error && !menu.data && <ProblemNotice error={menu.error} retry={() => void menu.refetch()} />}
      {menu.data && !found.length && (
        <Empty
          icon="search"
          title={asked ? t("menu.none", { text: asked }) : t("menu.empty")}
          {...(asked ? { hint: t("menu.noneHint") } : {})}
        >
          {asked && (
            <button type="button" className="button" onClick={() => search("")}>
              {t("menu.clear")}
            </button>
          )}
        </Empty>
      )}
      {groups.map(([name, products], index) => (
        <section key={name} id={`category-${index}`} data-name={name} className="category" aria-labelledby={`category-${index}-name`}>
          <h2 id={`category-${index}-name`}>{name}</h2>
          <ul className="cards">
            {products.map((product) => (
              <ProductCard
                key={product.id}
                product={product}
                storeId={storeId}
                out={menu.data !== undefined && isSoldOut(menu.data, product)}
              />
            ))}
          </ul>
        </section>
      ))}
      {open && store.data && menu.data && (
        <Suspense fallback={null}>
          <ItemSheet key={open.id} product={open} store={store.data} menu={menu.data} onClose={close} />
        </Suspense>
      )}
    </div>
  );
}
