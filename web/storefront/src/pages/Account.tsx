//! Oneself: points, and the ways to all that is kept.

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { http, sessions } from "../api.ts";
import { notificationsQuery, pointsQuery } from "../data/account.ts";
import { useFlag } from "../data/flags.ts";
import { useUser } from "../data/session.ts";
import { useI18n } from "../i18n/index.tsx";
import { cart } from "../logic/cart.ts";
import { useKept } from "../logic/keep.ts";
import { LOOKS, look } from "../logic/look.ts";
import { Icon, type IconName } from "../ui/Icon.tsx";
import { Empty, ProblemNotice } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";

function LookChoice() {
  const { t } = useI18n();
  const now = useKept(look);
  return (
    <fieldset className="group plain">
      <legend>{t("acc.look")}</legend>
      <div className="segments">
        {LOOKS.map((one) => (
          <label key={one} className="segment">
            <input type="radio" name="look" checked={now === one} onChange={() => look.set(one)} />
            <span>{t(`acc.look.${one}`)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** How far it is from one tier to the next, in hundredths. */
const part = (earned: number, from: number, next: number) => Math.min(100, (100 * Math.max(0, earned - from)) / (next - from));

function Card({ userId, name }: { userId: string; name: string }) {
  const { t, maybe } = useI18n();
  const shown = useFlag("loyalty-card");
  const { data, error } = useQuery({ ...pointsQuery(userId), enabled: shown });
  if (!shown) return null;
  // Nobody has an account of points before the first order: that is none, and no fault.
  const points = data?.points ?? (error ? 0 : undefined);
  const named = (tier: string) => maybe(`tier.${tier}`) ?? tier;
  return (
    <section className="loyalty" aria-label={t("acc.card")}>
      <span className="loyalty-top">
        <span>{t("acc.card")}</span>
        <Icon name="star" />
      </span>
      <strong>{points === undefined ? "…" : t("acc.points", { n: points })}</strong>
      {data && (
        <div className="tier">
          <span>{t("acc.tier", { tier: named(data.tier.name) })}</span>
          {data.next_tier && (
            <span className="tier-bar" aria-hidden="true">
              {/* Its own styles only: the policy of the page lets no style stand on an element. */}
              <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect width="100" height="4" rx="2" className="tier-all" />
                <rect width={Math.max(3, part(data.earned, data.tier.from, data.next_tier.from))} height="4" rx="2" className="tier-done" />
              </svg>
            </span>
          )}
          <span className="tier-next">
            {data.next_tier
              ? t("acc.tierNext", { n: data.next_tier.from - Math.max(0, data.earned), tier: named(data.next_tier.name) })
              : t("acc.tierTop")}
          </span>
        </div>
      )}
      <span className="loyalty-foot">
        <span>{name}</span>
        <span dir="ltr">{userId.slice(-8).toUpperCase()}</span>
      </span>
      <p>{t("acc.cardHint")}</p>
    </section>
  );
}

function Row({ to, icon, label }: { to: string; icon: IconName; label: string }) {
  return (
    <li>
      <Link to={to} className="nav-row">
        <Icon name={icon} />
        <span className="grow">{label}</span>
        <Icon name="next" flip />
      </Link>
    </li>
  );
}

function Notifications() {
  const { t, moment } = useI18n();
  const client = useQueryClient();
  const { data } = useQuery(notificationsQuery);
  const read = useMutation({
    mutationFn: async (id: string) => {
      await http.PUT("/api/v1/notifications/{id}/read", { params: { path: { id } } });
    },
    onSettled: () => void client.invalidateQueries(notificationsQuery),
  });
  return (
    <section className="panel" aria-labelledby="told">
      <h2 id="told">{t("acc.notifications")}</h2>
      {!data?.items.length && <p className="muted">{t("acc.notificationsNone")}</p>}
      <ul className="told">
        {data?.items.slice(0, 6).map((one) => (
          <li key={one.id} className={one.read_at ? "" : "unread"}>
            <button type="button" onClick={() => !one.read_at && read.mutate(one.id)}>
              <strong>
                <bdi>{one.title}</bdi>
              </strong>
              <span>
                <bdi>{one.body}</bdi>
              </span>
              <span className="muted">{moment(one.created_at)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function AccountPage() {
  const { t } = useI18n();
  const user = useUser();
  const navigate = useNavigate();
  const leave = useMutation({
    mutationFn: async () => {
      await http.POST("/api/v1/auth/logout");
    },
    // Without a line the session ends by itself; on this device it is forgotten now.
    onSettled: () => {
      sessions.forget();
      // What is in the cart is the device's, and stays; where it goes and what was written beside it is not for who comes next.
      cart.set((now) => ({ ...now, address: "", note: "", table: "" }));
      void navigate({ to: "/" });
    },
  });
  if (!user) {
    return (
      <Page title={t("app.account")} narrow>
        <Empty icon="user" title={t("acc.guest")} hint={t("acc.guestHint")}>
          <div className="add-row">
            <Link to="/sign-in" className="button primary">
              {t("in.go")}
            </Link>
            <Link to="/register" className="button">
              {t("in.register")}
            </Link>
          </div>
        </Empty>
        <section className="panel">
          <LookChoice />
        </section>
      </Page>
    );
  }
  return (
    <Page title={t("acc.hello", { name: user.name })} narrow>
      <Card userId={user.id} name={user.name} />
      <ul className="panel nav-list">
        <Row to="/orders" icon="receipt" label={t("orders.title")} />
        <Row to="/account/addresses" icon="pin" label={t("acc.addresses")} />
        <Row to="/account/payment-methods" icon="card" label={t("acc.methods")} />
        <Row to="/account/preferences" icon="sliders" label={t("acc.preferences")} />
        <Row to="/account/security" icon="lock" label={t("acc.security")} />
        <Row to="/help" icon="help" label={t("app.help")} />
      </ul>
      <Notifications />
      <section className="panel">
        <LookChoice />
      </section>
      {leave.error && <ProblemNotice error={leave.error} />}
      <button type="button" className="button wide" disabled={leave.isPending} onClick={() => leave.mutate()}>
        {t("acc.signOut")}
      </button>
    </Page>
  );
}
