//! The cards that somebody keeps to pay with again. They are kept while paying; here they are seen and removed.

import { isProblem } from "@kirana/api";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { useState } from "react";
import { http } from "../api.ts";
import { gatewaysQuery, methodsQuery, stripeOf, useMayKeep } from "../data/payments.ts";
import { useUser } from "../data/session.ts";
import { useI18n } from "../i18n/index.tsx";
import { brandOf, expiryOf, isExpired, type Method, nameOf } from "../logic/methods.ts";
import { CardName } from "../ui/KeptCards.tsx";
import { Empty, ProblemNotice, Skeleton } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { Sheet } from "../ui/Sheet.tsx";
import { toast } from "../ui/Toasts.tsx";
import { useNow } from "../ui/useNow.ts";

function Remove({ method, onClose }: { method: Method; onClose: () => void }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: async () => {
      await http.DELETE("/api/v1/payments/methods/{id}", { params: { path: { id: method.id } } }).catch((problem: unknown) => {
        // Removed elsewhere meanwhile: that is what was wanted.
        if (!isProblem(problem) || problem.status !== 404) throw problem;
      });
    },
    onSuccess: () => {
      void client.invalidateQueries(methodsQuery);
      toast(t("pm.removed", { card: nameOf(method) }));
      onClose();
    },
  });
  return (
    <Sheet
      small
      title={t("pm.removeSure", { card: nameOf(method) })}
      onClose={onClose}
      footer={
        <div className="add-row">
          <button type="button" className="button grow" onClick={onClose}>
            {t("app.cancel")}
          </button>
          <button type="button" className="button danger grow" disabled={remove.isPending} onClick={() => remove.mutate()}>
            {t("app.remove")}
          </button>
        </div>
      }
    >
      <p>{t("pm.removeHint")}</p>
      {remove.error && <ProblemNotice error={remove.error} />}
    </Sheet>
  );
}

/** Nothing is kept: how it would be, or that it cannot be here. */
function None({ hasKeeper }: { hasKeeper: boolean }) {
  const { t } = useI18n();
  const mayKeep = useMayKeep();
  if (!hasKeeper) return <Empty icon="card" title={t("pm.noKeeper")} hint={t("pm.noKeeperHint")} />;
  return <Empty icon="card" title={t("pm.none")} hint={mayKeep ? t("pm.noneHint", { keep: t("pay.keep") }) : t("pm.unproved")} />;
}

export function PaymentMethodsPage() {
  const { t } = useI18n();
  const user = useUser();
  const now = useNow();
  const [asking, setAsking] = useState<Method>();
  const gateways = useQuery(gatewaysQuery);
  const methods = useQuery({ ...methodsQuery, enabled: user !== undefined });
  if (!user) return <Navigate to="/sign-in" search={{ to: "/account/payment-methods" }} replace />;
  // What is kept can be removed whatever the deployment has; only of nothing it has to be said why.
  const isEmpty = methods.data?.length === 0;
  const error = methods.error ?? (isEmpty ? gateways.error : null);
  const retry = () => {
    void methods.refetch();
    void gateways.refetch();
  };
  return (
    <Page title={t("acc.methods")} back="/account" narrow>
      {error && <ProblemNotice error={error} retry={retry} />}
      {!error && (methods.isPending || (isEmpty && gateways.isPending)) && <Skeleton count={2} />}
      {isEmpty && gateways.data && <None hasKeeper={stripeOf(gateways.data) !== undefined} />}
      <ul className="stack">
        {methods.data?.map((method) => (
          <li key={method.id} className="panel between">
            <span className="grow two">
              <strong>
                <CardName method={method} />
              </strong>
              {isExpired(method, now) ? (
                <span>
                  <span className="tag bad">{t("pm.expired", { date: expiryOf(method) })}</span>
                </span>
              ) : (
                <span className="muted">{t("pm.expires", { date: expiryOf(method) })}</span>
              )}
            </span>
            <button
              type="button"
              className="button small"
              onClick={() => setAsking(method)}
              aria-label={`${t("app.remove")}: ${brandOf(method)} ${method.last4}`}
            >
              {t("app.remove")}
            </button>
          </li>
        ))}
      </ul>
      {asking && <Remove method={asking} onClose={() => setAsking(undefined)} />}
    </Page>
  );
}
