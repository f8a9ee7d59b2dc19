//! What the cart costs, as the store says it, with the way to it: offers that count and those that do not, and each amount written out.

import type { format } from "@kirana/api";
import type { UseQueryResult } from "@tanstack/react-query";
import type { Quote } from "../data/quote.ts";
import { useI18n } from "../i18n/index.tsx";
import { type Cart, estimate, cart as kept } from "../logic/cart.ts";
import { Icon } from "./Icon.tsx";
import { ProblemNotice } from "./Notice.tsx";
import { Totals } from "./Totals.tsx";

function Offers({ quote }: { quote: Quote }) {
  const { money } = useI18n();
  const notes = quote.promotions ?? [];
  if (!notes.length) return null;
  return (
    <ul className="offers">
      {notes.map((note) => (
        <li key={note.promotion_id} className={note.amount ? "offer on" : "offer"}>
          <Icon name={note.amount ? "check" : "clock"} />
          <span className="grow">
            <bdi>{note.explanation}</bdi>
          </span>
          {note.amount && <strong>−{money(note.amount)}</strong>}
        </li>
      ))}
    </ul>
  );
}

export function QuotePanel({
  cart,
  quote,
  signedIn,
  taxName,
}: {
  cart: Cart;
  quote: UseQueryResult<Quote>;
  signedIn: boolean;
  taxName: string;
}) {
  const { t, money, time } = useI18n();
  const amount: format.Money = { amount: estimate(cart), currency: cart.currency };
  const { data, error, isFetching } = quote;
  return (
    <section className="panel quote" aria-label={t("cart.total")} aria-busy={isFetching}>
      {cart.coupons.length > 0 && (
        <ul className="coupons">
          {cart.coupons.map((code) => (
            <li key={code} className="coupon">
              <span>{code}</span>
              <button
                type="button"
                className="icon-button"
                aria-label={t("cart.couponRemove", { code })}
                onClick={() => kept.set((now) => ({ ...now, coupons: now.coupons.filter((other) => other !== code) }))}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {data ? (
        <div className={isFetching ? "stale" : ""}>
          <Offers quote={data} />
          <Totals totals={data.totals} taxName={taxName} />
          <details className="why">
            <summary>{t("cart.why")}</summary>
            {/* The store's own words, in its language. */}
            <ol lang="en" dir="ltr">
              {data.explanation.map((line) => (
                <li key={line}>{line.trim()}</li>
              ))}
            </ol>
            {signedIn && <p className="hint">{t("cart.held", { time: time(data.expires_at) })}</p>}
          </details>
        </div>
      ) : (
        <p className="muted">{error ? t("cart.estimate", { price: money(amount) }) : t("cart.pricing")}</p>
      )}
      {!signedIn && data && (cart.fulfilment === "delivery" || cart.tip > 0) && <p className="hint">{t("cart.guestNote")}</p>}
      {error && <ProblemNotice error={error} retry={() => void quote.refetch()} />}
    </section>
  );
}
