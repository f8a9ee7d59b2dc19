//! Paying at Stripe: with a card that is kept there, or with another. What became of it, the platform asks Stripe itself.

import { isProblem } from "@kirana/api";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { begin, isOver, methodsQuery, type Payment, type PaymentRequest, returned, useMayKeep, verify } from "../data/payments.ts";
import { useUser } from "../data/session.ts";
import { useI18n } from "../i18n/index.tsx";
import { Attempt } from "../logic/attempt.ts";
import { ANOTHER, chosenOf } from "../logic/methods.ts";
import { backWith, stripe, wasLoadedToPay } from "../logic/stripe.ts";
import { Check } from "./Field.tsx";
import { KeptCards } from "./KeptCards.tsx";
import { Notice, ProblemNotice, Skeleton } from "./Notice.tsx";
import { StripeCard } from "./StripeCard.tsx";
import { useNow } from "./useNow.ts";

/** The same payment after the page was loaded anew: a bank's page may lie between. */
const attempt = new Attempt<PaymentRequest>("kirana.stripe.kept");

interface StripeFormProps {
  orderId: string;
  amount: string;
  publishableKey: string;
  /** Is it said that the last payment was refused? */
  refused: boolean;
  /** The payment as the platform knows it now. */
  onPayment: (payment: Payment) => void;
}

export default function StripeForm(props: StripeFormProps) {
  const { orderId, onPayment } = props;
  const opened = wasLoadedToPay();
  useEffect(() => {
    // Once more as a page of its own, whose policy lets Stripe's form in.
    if (!opened) location.replace(location.href);
  }, [opened]);
  const reference = backWith(location.search);
  const back = useQuery({
    queryKey: ["stripe-back", orderId, reference],
    enabled: opened && reference !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    queryFn: () => returned(orderId, reference ?? ""),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is told once, whoever listens then
  useEffect(() => {
    if (back.data) onPayment(back.data);
  }, [back.data]);
  // What the bank has decided comes first: whoever has paid is asked for no other card.
  if (back.error) return <ProblemNotice error={back.error} retry={() => void back.refetch()} />;
  if (!opened || (reference && back.isPending)) return <Skeleton count={3} />;
  return <Choice {...props} />;
}

function Choice({ orderId, amount, publishableKey, refused, onPayment }: StripeFormProps) {
  const { t, locale } = useI18n();
  const user = useUser();
  const client = useQueryClient();
  const now = useNow();
  const mayKeep = useMayKeep();
  const methods = useQuery({ ...methodsQuery, enabled: user !== undefined });
  const [wanted, setWanted] = useState<string>();
  const [keep, setKeep] = useState(false);
  const [atStripe, setAtStripe] = useState(false);
  const returnUrl = `${location.origin}/pay/${orderId}`;
  const pay = useMutation({
    mutationFn: async (method_id: string) => {
      const payment = await begin(attempt, { order_id: orderId, gateway: "stripe", method_id, return_url: returnUrl });
      if (payment.action?.kind !== "client_secret") return payment;
      const made = await stripe(publishableKey, locale);
      await made.handleNextAction({ clientSecret: payment.action.client_secret });
      const asked = await verify(payment.id);
      if (isOver(asked)) attempt.done();
      return asked;
    },
    onSuccess: (payment) => {
      onPayment(payment);
      if (payment.action?.kind === "redirect") location.assign(payment.action.url);
    },
    onError: (problem) => {
      // Whether anything was taken is known of a refusal only. The card may have been removed elsewhere.
      if (!isProblem(problem) || problem.status < 400 || problem.status >= 500) return;
      attempt.done();
      void client.invalidateQueries(methodsQuery);
    },
  });
  if (user && methods.isPending) return <Skeleton count={3} />;
  // Where they cannot be had, a card can be typed all the same.
  const kept = methods.data ?? [];
  const chosen = chosenOf(kept, wanted, now);
  const busy = pay.isPending || atStripe;
  const isGone = isProblem(pay.error) && pay.error.field("method_id") !== undefined;
  const isOpen = pay.data?.status === "unknown" || pay.data?.status === "initiated";
  const choose = (id: string) => {
    setWanted(id);
    if (pay.error) pay.reset();
  };
  return (
    <>
      {kept.length > 0 && <KeptCards methods={kept} now={now} chosen={chosen} busy={busy} onChoose={choose} />}
      {isGone ? (
        <div className="notice warn" role="alert">
          <p>{t("pay.methodGone")}</p>
        </div>
      ) : (
        pay.error && <ProblemNotice error={pay.error} />
      )}
      {isOpen && !refused && (
        <Notice tone="warn" icon="clock">
          {t("pay.waitingHint")}
        </Notice>
      )}
      {chosen === ANOTHER ? (
        <>
          {mayKeep && (
            // Before the form: another choice is another payment, whose form is another.
            <div className="panel">
              <Check
                label={t("pay.keep")}
                aria-describedby="keep-hint"
                checked={keep}
                disabled={busy}
                onChange={(event) => setKeep(event.target.checked)}
              />
              <p className="hint" id="keep-hint">
                {t("pay.keepHint")}
              </p>
            </div>
          )}
          <StripeCard
            key={keep ? "keep" : "once"}
            orderId={orderId}
            amount={amount}
            publishableKey={publishableKey}
            returnUrl={returnUrl}
            keep={keep}
            onBusy={setAtStripe}
            onPayment={onPayment}
          />
        </>
      ) : (
        <button type="button" className="button primary wide" disabled={busy} onClick={() => pay.mutate(chosen)}>
          {pay.isPending ? t("pay.paying") : t("pay.now", { amount })}
        </button>
      )}
    </>
  );
}
