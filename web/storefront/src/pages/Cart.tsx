//! The cart: what, how and when; what it costs and why; and the step to paying it.

import { isProblem, type Schemas, take } from "@kirana/api";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { http } from "../api.ts";
import { useFlag } from "../data/flags.ts";
import { quoteQuery } from "../data/quote.ts";
import { useUser } from "../data/session.ts";
import { storeQuery, zonesQuery } from "../data/stores.ts";
import { useI18n } from "../i18n/index.tsx";
import { Attempt } from "../logic/attempt.ts";
import { cart, counted, EMPTY, estimate, pieces, requested } from "../logic/cart.ts";
import { openState } from "../logic/hours.ts";
import { useKept } from "../logic/keep.ts";
import { AgeCheck } from "../ui/AgeCheck.tsx";
import { CartOptions } from "../ui/CartOptions.tsx";
import { Drink } from "../ui/Drink.tsx";
import { Empty, Notice, ProblemNotice } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { QuotePanel } from "../ui/QuotePanel.tsx";
import { useOnline } from "../ui/Shell.tsx";
import { Stepper } from "../ui/Stepper.tsx";
import { useNow } from "../ui/useNow.ts";

const attempt = new Attempt<Schemas["OrderRequest"]>("kirana.order");

export function CartPage() {
  const { t, money } = useI18n();
  const navigate = useNavigate();
  const kept = useKept(cart);
  // A tip that was chosen before tips were turned off is not asked for any more.
  const tips = useFlag("tips", kept.storeId);
  const now = tips ? kept : { ...kept, tip: 0 };
  const user = useUser();
  const isOnline = useOnline();
  const moment = useNow();
  const [age, setAge] = useState<number>();
  const store = useQuery({ ...storeQuery(now.storeId ?? ""), enabled: now.storeId !== null });
  const quote = useQuery(quoteQuery(now, user?.id));
  const zones = useQuery({ ...zonesQuery(now.storeId ?? ""), enabled: now.storeId !== null && now.fulfilment === "delivery" });

  const place = useMutation({
    mutationFn: () => {
      const body: Schemas["OrderRequest"] = {
        store_id: now.storeId as string,
        lines: requested(now.lines),
        coupons: now.coupons,
        fulfilment: now.fulfilment,
        ...(now.tip ? { tip: now.tip } : {}),
        ...(now.note ? { note: now.note } : {}),
        ...(now.at ? { pickup_at: now.at } : {}),
        ...(now.fulfilment === "dine_in" && now.table ? { table: now.table } : {}),
        ...(now.fulfilment === "delivery" ? { deliver_to: { address: now.address, ...(now.place ? { position: now.place } : {}) } } : {}),
      };
      // The same order pressed twice is one order; the quote's token is no part of what is wanted.
      const quoted = quote.data && !quote.isPlaceholderData ? { ...body, quote: quote.data.token } : body;
      const sent = attempt.of({ user: user?.id, ...body }, quoted);
      return take(http.POST("/api/v1/orders", { params: { header: { "Idempotency-Key": sent.key } }, body: sent.body }));
    },
    onSuccess: (order) => {
      attempt.done();
      cart.set({ ...EMPTY, storeId: now.storeId, storeName: now.storeName, currency: now.currency });
      void navigate({ to: "/pay/$orderId", params: { orderId: order.id } });
    },
    onError: (error) => {
      // Refused is known; what broke on the way may have been placed.
      if (isProblem(error) && error.status >= 400 && error.status < 500) attempt.done();
      if (isProblem(error, "age_check_required")) setAge(Number(error.more.min_age) || 18);
      else if (isProblem(error, "price_changed", "offer_used_up")) void quote.refetch();
    },
  });

  if (!now.lines.length || !now.storeId) {
    return (
      <Page title={t("cart.title")}>
        <Empty icon="bag" title={t("cart.empty")} hint={t("cart.emptyHint")}>
          <Link {...(now.storeId ? { to: "/stores/$storeId", params: { storeId: now.storeId } } : { to: "/" })} className="button primary">
            {now.storeId ? now.storeName : t("app.toStores")}
          </Link>
        </Empty>
      </Page>
    );
  }
  const state = store.data && openState(store.data, moment);
  const tooLate = now.at !== null && Date.parse(now.at) < moment;
  const needsTime = state?.state === "closed" && (now.at === null || tooLate);
  const needsAddress = now.fulfilment === "delivery" && now.address.trim() === "";
  const minimum = store.data?.settings.minimum_order;
  const below = minimum && quote.data && quote.data.totals.subtotal.amount < minimum.amount;
  const needsPlace = now.fulfilment === "delivery" && Boolean(zones.data?.length) && !now.place;
  const zone = now.fulfilment === "delivery" ? quote.data?.delivery_zone : undefined;
  const zoneBelow = zone?.minimum_order && quote.data && quote.data.totals.total.amount < zone.minimum_order.amount;
  const total = quote.data?.totals.total ?? { amount: estimate(now), currency: now.currency };
  const isReady =
    isOnline &&
    quote.data &&
    !quote.error &&
    !needsTime &&
    !needsAddress &&
    !needsPlace &&
    !below &&
    !zoneBelow &&
    state?.state !== "paused";
  return (
    <Page title={t("cart.title")} back={`/stores/${now.storeId}`}>
      <div className="cart">
        <div className="cart-main">
          <section className="panel" aria-labelledby="cart-lines">
            <h2 id="cart-lines" className="section-title">
              {t("cart.from", { store: now.storeName })}
              <span className="muted">{t("cart.items", { n: pieces(now) })}</span>
            </h2>
            <ul className="lines">
              {now.lines.map((line, index) => (
                <li key={`${line.variantSku} ${line.modifiers.map(({ sku }) => sku)} ${line.grams ?? ""}`} className="line">
                  <Drink name={line.name} category="" className="art mini" />
                  <div className="line-text">
                    <strong>{line.name}</strong>
                    <span className="muted">{[line.detail, ...line.modifiers.map(({ name }) => name)].filter(Boolean).join(" · ")}</span>
                  </div>
                  <strong>{money({ amount: line.price * line.quantity, currency: now.currency })}</strong>
                  <Stepper
                    value={line.quantity}
                    min={0}
                    label={`${t("item.quantity")}: ${line.name}`}
                    onChange={(quantity) => cart.set((it) => counted(it, index, quantity))}
                  />
                </li>
              ))}
            </ul>
            <Link to="/stores/$storeId" params={{ storeId: now.storeId }} className="link">
              {t("cart.addMore")}
            </Link>
          </section>
          {store.data && <CartOptions cart={now} store={store.data} now={moment} userId={user?.id} />}
        </div>
        <aside className="cart-side">
          <QuotePanel cart={now} quote={quote} signedIn={user !== undefined} taxName={store.data?.tax.name ?? ""} />
          {needsTime && (
            <Notice tone="warn" icon="clock">
              {t("cart.closedHint")}
            </Notice>
          )}
          {needsAddress && (
            <Notice tone="warn" icon="scooter">
              {t("cart.needAddress")}
            </Notice>
          )}
          {needsPlace && !needsAddress && (
            <Notice tone="warn" icon="pin">
              {t("cart.needPlace")}
            </Notice>
          )}
          {zoneBelow && zone?.minimum_order && (
            <Notice tone="warn" icon="bag">
              {t("cart.zoneMinimum", { zone: zone.name, amount: money(zone.minimum_order) })}
            </Notice>
          )}
          {below && minimum && (
            <Notice tone="warn" icon="bag">
              {t("cart.minimum", { amount: money(minimum) })}
            </Notice>
          )}
          {place.error && !isProblem(place.error, "age_check_required") && <ProblemNotice error={place.error} />}
          <div className="cart-go">
            {user ? (
              <button type="button" className="button primary wide" disabled={!isReady || place.isPending} onClick={() => place.mutate()}>
                <span className="grow">{place.isPending ? t("cart.placing") : t("cart.place")}</span>
                <strong>{money(total)}</strong>
              </button>
            ) : (
              <Link to="/sign-in" search={{ to: "/cart" }} className="button primary wide">
                <span className="grow">{t("cart.signInFirst")}</span>
                <strong>{money(total)}</strong>
              </Link>
            )}
          </div>
          {!user && <p className="hint">{t("cart.signInHint")}</p>}
        </aside>
      </div>
      {age !== undefined && (
        <AgeCheck
          age={age}
          onClose={() => setAge(undefined)}
          onPassed={() => {
            setAge(undefined);
            place.mutate();
          }}
        />
      )}
    </Page>
  );
}
