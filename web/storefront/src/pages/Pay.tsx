//! Paying an order: at Stripe where the deployment has it, else at the sandbox, which moves no money and says so. What became of it comes with the order itself, by its socket.

import { Intent, isProblem, type Schemas, take } from "@kirana/api";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Navigate, useNavigate } from "@tanstack/react-router";
import { type FormEvent, lazy, Suspense, useRef, useState } from "react";
import { http } from "../api.ts";
import { useLiveOrder } from "../data/orders.ts";
import { gatewaysQuery, stripeOf } from "../data/payments.ts";
import { useI18n } from "../i18n/index.tsx";
import { expiry, grouped, isGood, TEST_CARDS, testCard } from "../logic/card.ts";
import { payRoute } from "../router.tsx";
import { Field } from "../ui/Field.tsx";
import { Notice, ProblemNotice, Skeleton } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";

type Payment = Schemas["Payment"];

/** Nobody who pays otherwise loads it. */
const StripeForm = lazy(() => import("../ui/StripeForm.tsx"));

/** Is the gateway still at it? */
const isUnderWay = (payment: Payment | undefined) =>
  payment !== undefined && ["initiated", "unknown", "requires_action", "pending"].includes(payment.status);

function CardForm({ amount, busy, onPay }: { amount: string; busy: boolean; onPay: (token: string) => void }) {
  const { t } = useI18n();
  const [number, setNumber] = useState("");
  const [until, setUntil] = useState("");
  const [code, setCode] = useState("");
  const [tried, setTried] = useState(false);
  const card = testCard(number);
  const errors = {
    number: card ? undefined : t("pay.notTest"),
    until: isGood(until, new Date()) ? undefined : t("pay.badExpiry"),
    code: /^\d{3,4}$/.test(code) ? undefined : t("pay.badCvc"),
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (card && !errors.until && !errors.code) onPay(card.token);
    else
      event.currentTarget
        .querySelector<HTMLInputElement>(errors.number ? "#card-number" : errors.until ? "#card-until" : "#card-code")
        ?.focus();
  };
  return (
    <form onSubmit={submit} noValidate className="panel">
      <fieldset className="group plain">
        <legend>{t("pay.cards")}</legend>
        <div className="test-cards">
          {TEST_CARDS.map((one) => (
            <button
              key={one.token}
              type="button"
              className={card === one ? "test-card on" : "test-card"}
              aria-pressed={card === one}
              onClick={() => {
                setNumber(one.number);
                setUntil("12/34");
                setCode("123");
              }}
            >
              <strong>{t(one.does)}</strong>
              <span className="muted" dir="ltr">
                {one.number}
              </span>
            </button>
          ))}
        </div>
      </fieldset>
      <Field
        label={t("pay.number")}
        hint={t("pay.numberHint")}
        error={tried || number.length >= 19 ? errors.number : undefined}
        id="card-number"
        inputMode="numeric"
        autoComplete="off"
        dir="ltr"
        value={number}
        onChange={(event) => setNumber(grouped(event.target.value))}
      />
      <div className="pair">
        <Field
          label={t("pay.expiry")}
          error={tried ? errors.until : undefined}
          id="card-until"
          inputMode="numeric"
          autoComplete="off"
          dir="ltr"
          value={until}
          onChange={(event) => setUntil(expiry(event.target.value))}
        />
        <Field
          label={t("pay.cvc")}
          error={tried ? errors.code : undefined}
          id="card-code"
          inputMode="numeric"
          autoComplete="off"
          dir="ltr"
          maxLength={4}
          value={code}
          onChange={(event) => setCode(event.target.value.replace(/\D/g, ""))}
        />
      </div>
      <button type="submit" className="button primary wide" disabled={busy}>
        {busy ? t("pay.paying") : t("pay.now", { amount })}
      </button>
    </form>
  );
}

export function PayPage() {
  const { t, money, time } = useI18n();
  const { orderId } = payRoute.useParams();
  const navigate = useNavigate();
  const { data: order, error, refetch } = useLiveOrder(orderId);
  const intent = useRef(new Intent());
  const [failure, setFailure] = useState<string>();
  const [paid, setPaid] = useState<Payment>();
  const gateways = useQuery(gatewaysQuery);
  const stripe = stripeOf(gateways.data);
  const sandbox = gateways.data?.some((one) => one.name === "sandbox");
  const learned = (payment: Payment) => {
    setPaid(payment);
    setFailure(payment.status === "failed" ? (payment.failure ?? t("pay.failed")) : undefined);
    if (payment.status === "completed") void navigate({ to: "/orders/$orderId", params: { orderId }, replace: true });
  };
  const pay = useMutation({
    mutationFn: (token: string) => {
      setFailure(undefined);
      const body = { order_id: orderId, gateway: "sandbox", token };
      const key = intent.current.key(body);
      return take(http.POST("/api/v1/payments/initiate", { params: { header: { "Idempotency-Key": key } }, body }));
    },
    onSuccess: (payment) => {
      // The next press is another attempt.
      intent.current.done();
      if (payment.status === "failed") setFailure(payment.failure ?? t("pay.failed"));
      if (payment.action?.kind === "redirect") location.assign(payment.action.url);
      if (payment.status === "completed") void navigate({ to: "/orders/$orderId", params: { orderId }, replace: true });
    },
    onError: (problem) => {
      if (!isProblem(problem) || !problem.isOffline) intent.current.done();
    },
  });
  if (error && !order) {
    return (
      <Page title={t("pay.title")} narrow>
        <ProblemNotice error={error} retry={() => void refetch()} />
      </Page>
    );
  }
  if (!order) {
    return (
      <Page title={t("pay.title")} narrow>
        <Skeleton count={3} />
      </Page>
    );
  }
  if (order.status !== "placed") return <Navigate to="/orders/$orderId" params={{ orderId }} replace />;
  // The socket tells of a refusal that came after the answer.
  // Its words begin with the payment's id, which is for books.
  const told = order.payment.last_failure;
  const late = pay.isSuccess || (paid && told?.includes(paid.id)) ? told : undefined;
  const refused = (failure ?? late)?.replace(/^payment \S+ failed: /, "");
  const asked = paid ?? pay.data;
  const waiting = (stripe ? asked?.status === "pending" || asked?.status === "authorised" : isUnderWay(asked)) && !refused;
  const amount = money(order.totals.total);
  return (
    <Page title={t("pay.title")} back={`/orders/${orderId}`} narrow>
      <p className="amount">
        <span className="muted">{t("pay.amount")}</span>
        <strong>{amount}</strong>
        <span className="muted">{t("pay.until", { time: time(order.pay_by) })}</span>
      </p>
      {!stripe && sandbox && (
        <Notice tone="warn" icon="warn">
          <p>
            <strong>{t("pay.sandbox")}</strong>
          </p>
          <p>{t("pay.sandboxHint")}</p>
        </Notice>
      )}
      {refused && (
        <div className="notice bad" role="alert">
          <div>
            <p>
              <strong>{t("pay.failed")}</strong>
            </p>
            <p lang="en">{refused}</p>
            <p className="hint">{t("pay.failedHint", { time: time(order.pay_by) })}</p>
          </div>
        </div>
      )}
      {pay.error && <ProblemNotice error={pay.error} />}
      {waiting ? (
        <div className="panel waiting" role="status">
          <span className="spinner" aria-hidden="true" />
          <h2>{t("pay.waiting")}</h2>
          <p className="muted">{asked?.status === "unknown" ? t("pay.late", { time: time(order.pay_by) }) : t("pay.waitingHint")}</p>
        </div>
      ) : gateways.error && !gateways.data ? (
        <ProblemNotice error={gateways.error} retry={() => void gateways.refetch()} />
      ) : !gateways.data ? (
        <Skeleton count={3} />
      ) : stripe?.publishable_key ? (
        <Suspense fallback={<Skeleton count={3} />}>
          <StripeForm
            orderId={orderId}
            amount={amount}
            publishableKey={stripe.publishable_key}
            refused={Boolean(refused)}
            onPayment={learned}
          />
        </Suspense>
      ) : !sandbox ? (
        <Notice tone="warn" icon="help">
          {t("pay.noWay")}
        </Notice>
      ) : (
        <CardForm amount={amount} busy={pay.isPending} onPay={(token) => pay.mutate(token)} />
      )}
    </Page>
  );
}
