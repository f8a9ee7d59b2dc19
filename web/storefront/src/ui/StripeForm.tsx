//! Paying by Stripe's own form. The card is typed into Stripe's frame and never into ours; what became of it, the platform asks Stripe itself.

import { isProblem, type Schemas, take } from "@kirana/api";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { http } from "../api.ts";
import { useI18n } from "../i18n/index.tsx";
import { Attempt } from "../logic/attempt.ts";
import { isBack, type Stripe, type StripeElements, stripe, wasLoadedToPay } from "../logic/stripe.ts";
import { Notice, ProblemNotice, Skeleton } from "./Notice.tsx";

type Payment = Schemas["Payment"];

/** The same payment after the page was loaded anew: a bank's page may lie between. */
const attempt = new Attempt<Schemas["PaymentRequest"]>("kirana.stripe");

const OVER = ["failed", "cancelled"];

interface StripeFormProps {
  orderId: string;
  amount: string;
  publishableKey: string;
  /** The payment as the platform knows it now. */
  onPayment: (payment: Payment) => void;
}

export default function StripeForm({ orderId, amount, publishableKey, onPayment }: StripeFormProps) {
  const { t, locale } = useI18n();
  const opened = wasLoadedToPay();
  const [round, setRound] = useState(0);
  useEffect(() => {
    // Once more as a page of its own, whose policy lets Stripe's form in.
    if (!opened) location.replace(location.href);
  }, [opened]);
  const begun = useQuery({
    queryKey: ["stripe", orderId, round],
    enabled: opened,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    queryFn: async () => {
      const body = { order_id: orderId, gateway: "stripe", return_url: `${location.origin}/pay/${orderId}` };
      const sent = attempt.of(body, body);
      const header = { "Idempotency-Key": sent.key };
      const payment = await take(http.POST("/api/v1/payments/initiate", { params: { header }, body: sent.body }));
      if (OVER.includes(payment.status)) attempt.done();
      return payment;
    },
  });
  const verify = useMutation({
    mutationFn: (payment_id: string) => take(http.POST("/api/v1/payments/verify", { body: { payment_id } })),
    onSuccess: (payment) => {
      onPayment(payment);
      // The next card is another payment.
      if (OVER.includes(payment.status)) {
        attempt.done();
        setRound((now) => now + 1);
      }
    },
  });
  const paymentId = begun.data?.id;
  const { mutate: ask } = verify;
  useEffect(() => {
    if (paymentId && isBack(location.search)) ask(paymentId);
  }, [paymentId, ask]);
  const first = begun.data;
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is told once, whoever listens then
  useEffect(() => {
    // Come again, it may be paid already, or be on its way.
    if (first && first.status !== "requires_action") onPayment(first);
  }, [first]);
  const secret = begun.data?.action?.kind === "client_secret" ? begun.data.action.client_secret : undefined;
  if (begun.error) return <ProblemNotice error={begun.error} retry={() => void begun.refetch()} />;
  if (!begun.data) return <Skeleton count={3} />;
  return (
    <>
      {verify.error && isProblem(verify.error) && <ProblemNotice error={verify.error} retry={() => paymentId && ask(paymentId)} />}
      {!secret && (
        <Notice tone="warn" icon="clock">
          <p>{t("pay.waitingHint")}</p>
          <button type="button" className="link" onClick={() => void begun.refetch()}>
            {t("app.retry")}
          </button>
        </Notice>
      )}
      {secret && paymentId && (
        <Card
          key={secret}
          secret={secret}
          publishableKey={publishableKey}
          locale={locale}
          label={t("pay.now", { amount })}
          returnUrl={`${location.origin}/pay/${orderId}`}
          onDone={() => ask(paymentId)}
        />
      )}
    </>
  );
}

interface CardProps {
  secret: string;
  publishableKey: string;
  locale: string;
  label: string;
  returnUrl: string;
  /** Stripe has answered, whatever it was. */
  onDone: () => void;
}

function Card({ secret, publishableKey, locale, label, returnUrl, onDone }: CardProps) {
  const { t } = useI18n();
  const at = useRef<HTMLDivElement>(null);
  const held = useRef<{ stripe: Stripe; elements: StripeElements }>(undefined);
  const [state, setState] = useState<"loading" | "ready" | "paying" | "unloaded">("loading");
  const [refused, setRefused] = useState<string>();
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is the same work once more
  useEffect(() => {
    let gone = false;
    let unmount = () => {};
    setState("loading");
    stripe(publishableKey, locale)
      .then((made) => {
        if (gone || !at.current) return;
        const theme = matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "stripe";
        const elements = made.elements({ clientSecret: secret, appearance: { theme } });
        const element = elements.create("payment");
        element.on("ready", () => setState("ready"));
        element.on("loaderror", () => setState("unloaded"));
        element.mount(at.current);
        held.current = { stripe: made, elements };
        unmount = () => element.destroy();
      })
      .catch(() => !gone && setState("unloaded"));
    return () => {
      gone = true;
      unmount();
    };
  }, [secret, publishableKey, locale, tries]);
  const pay = async (event: FormEvent) => {
    event.preventDefault();
    if (!held.current) return;
    setState("paying");
    setRefused(undefined);
    const { error } = await held.current.stripe.confirmPayment({
      elements: held.current.elements,
      confirmParams: { return_url: returnUrl },
      redirect: "if_required",
    });
    setState("ready");
    if (error) setRefused(error.message ?? t("pay.failed"));
    // What was not filled in has not been sent: there is nothing to ask about.
    if (error?.type !== "validation_error") onDone();
  };
  return (
    <form onSubmit={(event) => void pay(event)} className="panel">
      {state === "loading" && <Skeleton count={3} />}
      {state === "unloaded" && (
        <div className="notice bad" role="alert">
          <div>
            <p>{t("pay.formMissing")}</p>
            <button type="button" className="link" onClick={() => setTries(tries + 1)}>
              {t("app.retry")}
            </button>
          </div>
        </div>
      )}
      <div ref={at} className="pay-form" />
      {refused && (
        <p className="hint" role="alert">
          <bdi>{refused}</bdi>
        </p>
      )}
      <button type="submit" className="button primary wide" disabled={state !== "ready"}>
        {state === "paying" ? t("pay.paying") : label}
      </button>
    </form>
  );
}
