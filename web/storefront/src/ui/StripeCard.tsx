//! Stripe's own form for a card. It is typed into Stripe's frame and never into ours.

import { isProblem } from "@kirana/api";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { begin, isOver, type Payment, type PaymentRequest, verify } from "../data/payments.ts";
import { useI18n } from "../i18n/index.tsx";
import { Attempt } from "../logic/attempt.ts";
import { type Stripe, type StripeElements, stripe } from "../logic/stripe.ts";
import { Notice, ProblemNotice, Skeleton } from "./Notice.tsx";

/** The same payment after the page was loaded anew, and when somebody who wanted to keep the card changes their mind and back. */
const attempts = { once: new Attempt<PaymentRequest>("kirana.stripe"), keep: new Attempt<PaymentRequest>("kirana.stripe.keep") };

interface StripeCardProps {
  orderId: string;
  amount: string;
  publishableKey: string;
  returnUrl: string;
  /** Is the card to be kept? Stripe is told so when the payment is begun. */
  keep: boolean;
  /** While Stripe is at it nothing else may be chosen. */
  onBusy: (busy: boolean) => void;
  /** The payment as the platform knows it now. */
  onPayment: (payment: Payment) => void;
}

export function StripeCard({ orderId, amount, publishableKey, returnUrl, keep, onBusy, onPayment }: StripeCardProps) {
  const { t, locale } = useI18n();
  const attempt = keep ? attempts.keep : attempts.once;
  const [round, setRound] = useState(0);
  const begun = useQuery({
    queryKey: ["stripe", orderId, keep, round],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    queryFn: () => begin(attempt, { order_id: orderId, gateway: "stripe", return_url: returnUrl, ...(keep ? { save: true } : {}) }),
  });
  const asked = useMutation({
    mutationFn: verify,
    onSuccess: (payment) => {
      onPayment(payment);
      // The next card is another payment.
      if (isOver(payment)) {
        attempt.done();
        setRound((now) => now + 1);
      }
    },
    onSettled: () => onBusy(false),
  });
  const paymentId = begun.data?.id;
  const { mutate: ask } = asked;
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
      {asked.error && isProblem(asked.error) && <ProblemNotice error={asked.error} retry={() => paymentId && ask(paymentId)} />}
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
          returnUrl={returnUrl}
          onBusy={onBusy}
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
  onBusy: (busy: boolean) => void;
  /** Stripe has answered, whatever it was. */
  onDone: () => void;
}

function Card({ secret, publishableKey, locale, label, returnUrl, onBusy, onDone }: CardProps) {
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
    onBusy(true);
    setRefused(undefined);
    const { error } = await held.current.stripe.confirmPayment({
      elements: held.current.elements,
      confirmParams: { return_url: returnUrl },
      redirect: "if_required",
    });
    setState("ready");
    if (error) setRefused(error.message ?? t("pay.failed"));
    // What was not filled in has not been sent: there is nothing to ask about.
    if (error?.type === "validation_error") onBusy(false);
    else onDone();
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
