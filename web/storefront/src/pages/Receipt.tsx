//! A receipt, as it stands: it follows weights, pieces that were taken off, and money that went back. Made to be printed.

import { format } from "@kirana/api";
import { useQuery } from "@tanstack/react-query";
import { receiptQuery } from "../data/orders.ts";
import { useI18n } from "../i18n/index.tsx";
import { receiptRoute } from "../router.tsx";
import { Icon } from "../ui/Icon.tsx";
import { InvoiceLine } from "../ui/InvoiceLine.tsx";
import { Notice, ProblemNotice, Skeleton } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";

export function ReceiptPage() {
  const { t, money, moment, locale, maybe } = useI18n();
  const { orderId } = receiptRoute.useParams();
  const { data: receipt, error, refetch } = useQuery(receiptQuery(orderId));
  const row = (name: string, amount: format.Money | null | undefined, always = false) =>
    amount && (always || amount.amount !== 0) ? (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{money(amount)}</dd>
      </div>
    ) : null;
  const rate = receipt?.tax_rate_bp ? format.basisPoints(receipt.tax_rate_bp, locale) : "";
  const taxName = `${receipt?.tax_name ?? ""} ${rate}`;
  return (
    <Page
      title={t("receipt.title")}
      back={`/orders/${orderId}`}
      narrow
      aside={
        <button type="button" className="button no-print" onClick={() => print()}>
          <Icon name="print" />
          {t("receipt.print")}
        </button>
      }
    >
      {error && <ProblemNotice error={error} retry={() => void refetch()} />}
      {!receipt && !error && <Skeleton count={1} className="headline-skeleton" />}
      {receipt && (
        <article className="panel receipt">
          <header>
            <h2>{receipt.store}</h2>
            <p className="muted">{moment(receipt.at)}</p>
            <p className="number">{receipt.pickup_number}</p>
          </header>
          {receipt.estimated && <Notice icon="clock">{t("receipt.estimated")}</Notice>}
          <ul className="order-lines">
            {receipt.lines.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines keep their places
              <li key={index}>
                <span className="times">{line.grams ? format.weight(line.grams, locale) : `${line.quantity} ×`}</span>
                <span className="grow">
                  {line.name}
                  {line.modifiers.length > 0 && <span className="muted">{line.modifiers.join(" · ")}</span>}
                </span>
                <span>{money(line.amount)}</span>
              </li>
            ))}
          </ul>
          <dl className="totals">
            {row(t("cart.discount"), receipt.discount)}
            {row(t("cart.subtotal"), receipt.subtotal, true)}
            {receipt.fees?.map((fee) => row(maybe(`cart.fee.${fee.kind}`) ?? fee.kind, fee.amount))}
            {!receipt.tax_inclusive && row(taxName, receipt.tax)}
            {row(t("receipt.tip"), receipt.tip)}
            <div className="total">
              <dt>{t("cart.total")}</dt>
              <dd>{money(receipt.total)}</dd>
            </div>
            {receipt.tax_inclusive && row(t("cart.taxIncluded", { name: receipt.tax_name, rate }), receipt.tax)}
            {row(t("receipt.paid"), receipt.paid)}
            {row(t("receipt.due"), receipt.due)}
            {row(t("receipt.refunded"), receipt.refunded)}
            {row(t("receipt.toGiveBack"), receipt.to_give_back)}
          </dl>
          <InvoiceLine order={orderId} />
        </article>
      )}
    </Page>
  );
}
