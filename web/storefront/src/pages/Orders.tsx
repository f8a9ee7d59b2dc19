//! Somebody's orders: those under way first, and the earlier ones to be had again.

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type Order, ordersQuery } from "../data/orders.ts";
import { useUser } from "../data/session.ts";
import { menuQuery, storeQuery } from "../data/stores.ts";
import { useI18n } from "../i18n/index.tsx";
import { again, cart, EMPTY } from "../logic/cart.ts";
import { isLive } from "../logic/progress.ts";
import { Icon } from "../ui/Icon.tsx";
import { Empty, ProblemNotice, Skeleton } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { toast } from "../ui/Toasts.tsx";

function useAgain() {
  const { t } = useI18n();
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (order: Order) => {
      const [menu, store] = await Promise.all([
        client.fetchQuery(menuQuery(order.store_id)),
        client.fetchQuery(storeQuery(order.store_id)),
      ]);
      return { ...again(order.lines, menu), store };
    },
    onSuccess: ({ lines, missing, store }) => {
      if (!lines.length) return toast(t("orders.againNone"));
      cart.set({ ...EMPTY, storeId: store.id, storeName: store.name, currency: store.currency, lines });
      if (missing.length) toast(t("orders.againPart", { names: missing.join(", ") }));
      void navigate({ to: "/cart" });
    },
  });
}

function OrderCard({ order, onAgain }: { order: Order; onAgain?: (order: Order) => void }) {
  const { t, money, moment } = useI18n();
  return (
    <li className="panel order-card">
      <Link to="/orders/$orderId" params={{ orderId: order.id }} className="order-link">
        <span className="order-number">{order.pickup_number}</span>
        <span className="grow">
          <span className={`status ${order.status}`}>{t(`status.${order.status}`)}</span>
          <span className="order-names">
            <bdi>{order.lines.map((line) => `${line.quantity} × ${line.name}`).join(", ")}</bdi>
          </span>
          <span className="muted">
            {moment(order.placed_at)} · {money(order.totals.total)}
          </span>
        </span>
        <Icon name="next" flip />
      </Link>
      {onAgain && (
        <button type="button" className="button small" onClick={() => onAgain(order)}>
          <Icon name="repeat" />
          {t("orders.again")}
        </button>
      )}
    </li>
  );
}

export function OrdersPage() {
  const { t } = useI18n();
  const user = useUser();
  const orders = useInfiniteQuery({ ...ordersQuery, enabled: user !== undefined });
  const repeat = useAgain();
  if (!user) {
    return (
      <Page title={t("orders.title")} narrow>
        <Empty icon="receipt" title={t("orders.signIn")} hint={t("acc.guestHint")}>
          <Link to="/sign-in" search={{ to: "/orders" }} className="button primary">
            {t("in.go")}
          </Link>
        </Empty>
      </Page>
    );
  }
  const all = orders.data?.pages.flatMap((page) => page.items) ?? [];
  const [live, past] = [all.filter(isLive), all.filter((order) => !isLive(order))];
  return (
    <Page title={t("orders.title")} narrow>
      {orders.isPending && <Skeleton count={4} className="order-skeleton" />}
      {orders.error && <ProblemNotice error={orders.error} retry={() => void orders.refetch()} />}
      {repeat.error && <ProblemNotice error={repeat.error} />}
      {orders.data && !all.length && (
        <Empty icon="receipt" title={t("orders.none")} hint={t("orders.noneHint")}>
          <Link to="/" className="button primary">
            {t("app.toStores")}
          </Link>
        </Empty>
      )}
      {live.length > 0 && (
        <section aria-labelledby="orders-live">
          <h2 id="orders-live" className="section-title">
            {t("orders.live")}
          </h2>
          <ul className="stack">
            {live.map((order) => (
              <OrderCard key={order.id} order={order} />
            ))}
          </ul>
        </section>
      )}
      {past.length > 0 && (
        <section aria-labelledby="orders-past">
          <h2 id="orders-past" className="section-title">
            {t("orders.past")}
          </h2>
          <ul className="stack">
            {past.map((order) => (
              <OrderCard key={order.id} order={order} onAgain={(one) => repeat.mutate(one)} />
            ))}
          </ul>
        </section>
      )}
      {orders.hasNextPage && (
        <button type="button" className="button wide" disabled={orders.isFetchingNextPage} onClick={() => void orders.fetchNextPage()}>
          {t("app.more")}
        </button>
      )}
    </Page>
  );
}
