//! The invoice of an order that is over: to keep as PDF, or to be written where it is.

import { useMutation, useQuery } from "@tanstack/react-query";
import { invoiceQuery, saveInvoice, sendInvoice } from "../data/orders.ts";
import { useI18n } from "../i18n/index.tsx";
import { Notice, ProblemNotice } from "./Notice.tsx";

export function InvoiceLine({ order }: { order: string }) {
  const { t } = useI18n();
  const { data } = useQuery(invoiceQuery(order));
  const invoice = data?.find((document) => document.kind === "invoice");
  const save = useMutation({ mutationFn: (number: number) => saveInvoice(order, number) });
  const send = useMutation({ mutationFn: () => sendInvoice(order) });
  const error = save.error ?? send.error;
  if (!invoice) return null;
  return (
    <section className="no-print">
      <p>{t("receipt.invoice", { number: String(invoice.number) })}</p>
      <button type="button" className="button" disabled={save.isPending} onClick={() => save.mutate(invoice.number)}>
        {t("receipt.pdf")}
      </button>{" "}
      <button type="button" className="button" disabled={send.isPending || send.isSuccess} onClick={() => send.mutate()}>
        {t("receipt.send")}
      </button>
      {send.isSuccess && <Notice icon="check">{t("receipt.sent")}</Notice>}
      {error && <ProblemNotice error={error} />}
    </section>
  );
}
