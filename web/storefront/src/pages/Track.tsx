//! One order on its way: what is happening now, its number, and everything that can still be done about it. It moves by its socket.

import { take } from "@kirana/api";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import { useState } from "react";
import { http } from "../api.ts";
import { type Order, orderQuery, useLiveOrder } from "../data/orders.ts";
import { useUser } from "../data/session.ts";
import { storeQuery } from "../data/stores.ts";
import { useI18n } from "../i18n/index.tsx";
import { isLive, mayCancel, stage, stages } from "../logic/progress.ts";
import { trackRoute } from "../router.tsx";
import { Icon } from "../ui/Icon.tsx";
import { ProblemNotice, Skeleton } from "../ui/Notice.tsx";
import { OrderLines } from "../ui/OrderLines.tsx";
import { Page } from "../ui/Page.tsx";
import { RateOrder } from "../ui/Reviews.tsx";
import { Sheet } from "../ui/Sheet.tsx";
import { Totals } from "../ui/Totals.tsx";

function Steps({ order }: { order: Order }) {
  const { t } = useI18n();
  const at = stage(order);
  const all = stages(order);
  const reached = at ? all.indexOf(at) : -1;
  return (
    <ol className="steps">
      {all.map((one, index) => {
        // The step that is waited for is not done: an order that is placed has not been paid.
        const done = at === "pay" ? false : index <= reached;
        const isNow = index === reached;
        return (
          <li key={one} className={`step${done ? " done" : ""}${isNow ? " now" : ""}`} aria-current={isNow ? "step" : undefined}>
            <span className="step-mark">{done && <Icon name="check" />}</span>
            <span>{t(`track.stage.${one}`)}</span>
          </li>
        );
      })}
    </ol>
  );
}

function Headline({ order, live }: { order: Order; live: string }) {
  const { t, money, when } = useI18n();
  const store = useQuery(storeQuery(order.store_id));
  const at = stage(order);
  const zone = store.data?.time_zone;
  const promised = order.promised_at;
  const back = order.payment.paid.amount > 0 && !at;
  return (
    <section className="panel headline">
      <div className="headline-top">
        <div>
          <span className="muted">{t("track.number")}</span>
          <strong className="number">{order.pickup_number}</strong>
        </div>
        {isLive(order) && (
          <span className={`line-state ${live}`} role="status">
            <span className="dot" aria-hidden="true" />
            {live === "live"
              ? t("track.live")
              : live === "waiting"
                ? t("track.waiting")
                : live === "ended"
                  ? t("track.ended")
                  : t("track.connecting")}
          </span>
        )}
      </div>
      <p className="headline-now" role="status" aria-live="polite" data-status={order.status}>
        {at ? t(`track.now.${at}`) : t(`track.${order.status as "cancelled" | "expired" | "refunded"}`)}
      </p>
      {promised && isLive(order) && at !== "pay" && at !== "ready" && (
        <p className="muted">{t(order.fulfilment === "delivery" ? "track.arrives" : "track.ready", { time: when(promised, zone) })}</p>
      )}
      {back && <p className="muted">{t("track.back", { amount: money(order.payment.paid) })}</p>}
      {at && <Steps order={order} />}
      <p className="muted store-line">
        <Icon name="pin" />
        <span>
          {store.data ? `${store.data.name}, ${store.data.address}` : " "}
          {order.table ? ` · ${t("track.table", { table: order.table })}` : ""}
        </span>
      </p>
    </section>
  );
}

/** The store has not got something and proposes something else. */
function Proposals({ order, onAnswer }: { order: Order; onAnswer: (order: Order) => void }) {
  const { t } = useI18n();
  const answer = useMutation({
    mutationFn: ({ line, accept }: { line: number; accept: boolean }) =>
      take(http.PUT("/api/v1/orders/{id}/lines/{line}/substitute", { params: { path: { id: order.id, line } }, body: { accept } })),
    onSuccess: onAnswer,
  });
  return (
    <>
      {order.lines.map((line, index) =>
        line.substitute ? (
          <div key={line.variant_sku} className="panel proposal" role="alert">
            <p>{t("track.suggests", { old: line.name, new: line.substitute.name })}</p>
            <div className="add-row">
              <button
                type="button"
                className="button grow"
                disabled={answer.isPending}
                onClick={() => answer.mutate({ line: index + 1, accept: false })}
              >
                {t("track.decline")}
              </button>
              <button
                type="button"
                className="button primary grow"
                disabled={answer.isPending}
                onClick={() => answer.mutate({ line: index + 1, accept: true })}
              >
                {t("track.accept")}
              </button>
            </div>
            {answer.error && <ProblemNotice error={answer.error} />}
          </div>
        ) : null,
      )}
    </>
  );
}

function CallOff({ order, onDone }: { order: Order; onDone: (order: Order) => void }) {
  const { t } = useI18n();
  const [asking, setAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: () => take(http.POST("/api/v1/orders/{id}/cancel", { params: { path: { id: order.id } }, body: {} })),
    onSuccess: (now) => {
      setAsking(false);
      onDone(now);
    },
  });
  return (
    <>
      <button type="button" className="button" onClick={() => setAsking(true)}>
        {t("track.cancel")}
      </button>
      {asking && (
        <Sheet
          small
          title={t("track.cancelSure")}
          onClose={() => setAsking(false)}
          footer={
            <div className="add-row">
              <button type="button" className="button grow" onClick={() => setAsking(false)}>
                {t("track.keep")}
              </button>
              <button type="button" className="button danger grow" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
                {t("track.cancel")}
              </button>
            </div>
          }
        >
          <p>{t("track.cancelHint")}</p>
          {cancel.error && <ProblemNotice error={cancel.error} />}
        </Sheet>
      )}
    </>
  );
}

export function TrackPage() {
  const { t, time } = useI18n();
  const { orderId } = trackRoute.useParams();
  const user = useUser();
  const client = useQueryClient();
  const { data: order, error, refetch, live } = useLiveOrder(orderId);
  const store = useQuery({ ...storeQuery(order?.store_id ?? ""), enabled: order !== undefined });
  const set = (now: Order) => client.setQueryData(orderQuery(orderId).queryKey, now);
  if (!user) return <Navigate to="/sign-in" search={{ to: `/orders/${orderId}` }} replace />;
  if (!order) {
    return (
      <Page title={t("app.orders")} back="/orders" narrow>
        {error ? <ProblemNotice error={error} retry={() => void refetch()} /> : <Skeleton count={1} className="headline-skeleton" />}
      </Page>
    );
  }
  return (
    <Page title={t("track.title", { number: order.pickup_number })} back="/orders" narrow>
      <Headline order={order} live={live} />
      {order.status === "placed" && (
        <Link to="/pay/$orderId" params={{ orderId }} className="button primary wide">
          {t("track.pay")}
        </Link>
      )}
      <Proposals order={order} onAnswer={set} />
      <section className="panel">
        <h2>{t("track.what")}</h2>
        <OrderLines lines={order.lines} />
        <Totals totals={order.totals} taxName={store.data?.tax.name ?? t("cart.tax")} />
        <div className="row-actions">
          <Link to="/orders/$orderId/receipt" params={{ orderId }} className="button">
            <Icon name="receipt" />
            {t("track.receipt")}
          </Link>
          {mayCancel(order) && <CallOff order={order} onDone={set} />}
        </div>
      </section>
      <RateOrder order={order} userId={user.id} />
      <details className="panel story">
        <summary>{t("track.story")}</summary>
        <ol>
          {order.timeline.map((entry) => (
            <li key={entry.version}>
              <time dateTime={entry.at}>{time(entry.at)}</time> {t(`status.${entry.to}`)}
              {entry.reason ? `: ${entry.reason}` : ""}
            </li>
          ))}
        </ol>
      </details>
    </Page>
  );
}
