//! What is around every page: where one is, where one can go, what is in the cart, and whether there is a line.

import { format } from "@kirana/api";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { LANGUAGES, type Language, language, useI18n } from "../i18n/index.tsx";
import { cart, estimate, pieces } from "../logic/cart.ts";
import { useKept } from "../logic/keep.ts";
import { Icon, type IconName } from "./Icon.tsx";
import { Toasts } from "./Toasts.tsx";

const online = (listener: () => void) => {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
};

export const useOnline = () => useSyncExternalStore(online, () => navigator.onLine);

function Tab({ to, icon, label, exact = false }: { to: string; icon: IconName; label: string; exact?: boolean }) {
  return (
    <Link to={to} className="tab" activeOptions={{ exact }} activeProps={{ "aria-current": "page" }}>
      <Icon name={icon} />
      <span>{label}</span>
    </Link>
  );
}

/** The cart at the foot of the screen, where there is something in it and one is not at it already. */
function CartBar() {
  const { t, money } = useI18n();
  const now = useKept(cart);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const count = pieces(now);
  if (!count || !/^\/($|stores)/.test(path)) return null;
  const amount: format.Money = { amount: estimate(now), currency: now.currency };
  return (
    <div className="cart-bar">
      <Link to="/cart" className="button primary wide">
        <span className="badge">{format.number(count, "en")}</span>
        <span className="grow">{t("cart.view")}</span>
        <strong>{money(amount)}</strong>
      </Link>
    </div>
  );
}

function LanguageChoice() {
  const { t, language: current } = useI18n();
  return (
    <label className="language">
      <Icon name="globe" />
      <span className="sr-only">{t("app.language")}</span>
      <select value={current} onChange={(event) => language.set(event.target.value as Language)}>
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Shell() {
  const { t } = useI18n();
  const isOnline = useOnline();
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the page is another one
  useEffect(() => {
    // Who listens rather than looks is told that the page is another one; not at the first.
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
  }, [path]);
  return (
    <>
      <a className="skip" href="#main">
        {t("app.skip")}
      </a>
      <header className="top">
        <Link to="/" className="brand" aria-label="Kirana">
          <svg viewBox="0 0 512 512" aria-hidden="true">
            <rect width="512" height="512" rx="120" className="brand-box" />
            <path
              d="M138 168h236v-6a24 24 0 0 0-24-24H162a24 24 0 0 0-24 24z M158 190h196l-20 204a26 26 0 0 1-26 24H204a26 26 0 0 1-26-24z"
              className="brand-cup"
            />
          </svg>
          <span>Kirana</span>
        </Link>
        <nav className="tabs" aria-label={t("app.tabs")}>
          <Tab to="/" icon="store" label={t("app.stores")} exact />
          <Tab to="/orders" icon="receipt" label={t("app.orders")} />
          <Tab to="/account" icon="user" label={t("app.account")} />
          <Tab to="/help" icon="help" label={t("app.help")} />
        </nav>
        <LanguageChoice />
      </header>
      {!isOnline && (
        <p className="offline" role="status">
          {t("app.offline")}
        </p>
      )}
      <main id="main" ref={main} tabIndex={-1}>
        <Outlet />
      </main>
      <CartBar />
      <Toasts />
    </>
  );
}
