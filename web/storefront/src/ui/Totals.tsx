import { format, type Schemas } from "@kirana/api";
import { useI18n } from "../i18n/index.tsx";

/** What an order or a quote comes to, amount by amount. */
export function Totals({ totals, taxName }: { totals: Schemas["Totals"]; taxName: string }) {
  const { t, money, locale, maybe } = useI18n();
  const { discount, fees = [], tip } = totals;
  const taxes = totals.taxes ?? [];
  return (
    <dl className="totals">
      {discount && discount.amount > 0 && (
        <div>
          <dt>{t("cart.discount")}</dt>
          <dd className="good-text">−{money(discount)}</dd>
        </div>
      )}
      <div>
        <dt>{t("cart.subtotal")}</dt>
        <dd>{money(totals.subtotal)}</dd>
      </div>
      {fees.map((fee) => (
        <div key={fee.kind}>
          <dt>{maybe(`cart.fee.${fee.kind}`) ?? fee.kind}</dt>
          <dd>{money(fee.amount)}</dd>
        </div>
      ))}
      {!totals.tax_inclusive && !taxes.length && (
        <div>
          <dt>{t("cart.tax")}</dt>
          <dd>{money(totals.tax)}</dd>
        </div>
      )}
      {!totals.tax_inclusive &&
        taxes.map((tax) => (
          <div key={`${tax.class} ${tax.name}`}>
            <dt>
              {tax.name} {format.basisPoints(tax.rate_ppm / 100, locale)}
            </dt>
            <dd>{money(tax.amount)}</dd>
          </div>
        ))}
      {tip && tip.amount > 0 && (
        <div>
          <dt>{t("receipt.tip")}</dt>
          <dd>{money(tip)}</dd>
        </div>
      )}
      <div className="total">
        <dt>{t("cart.total")}</dt>
        <dd>{money(totals.total)}</dd>
      </div>
      {totals.tax_inclusive && totals.tax.amount > 0 && (
        <div className="muted small">
          <dt>
            {t("cart.taxIncluded", { name: taxName, rate: totals.tax_rate_bp ? format.basisPoints(totals.tax_rate_bp, locale) : "" })}
          </dt>
          <dd>{money(totals.tax)}</dd>
        </div>
      )}
    </dl>
  );
}
