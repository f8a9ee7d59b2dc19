//! Kept cards: how one is named, and which of them is paid with.

import { useI18n } from "../i18n/index.tsx";
import { ANOTHER, brandOf, expiryOf, isExpired, type Method } from "../logic/methods.ts";

/** The dots are for the eye: whoever listens hears brand and digits. */
export function CardName({ method }: { method: Method }) {
  return (
    <bdi dir="ltr">
      {brandOf(method)} <span aria-hidden="true">••••</span> {method.last4}
    </bdi>
  );
}

interface KeptCardsProps {
  methods: readonly Method[];
  now: number;
  chosen: string;
  busy: boolean;
  onChoose: (id: string) => void;
}

export function KeptCards({ methods, now, chosen, busy, onChoose }: KeptCardsProps) {
  const { t } = useI18n();
  return (
    <section className="panel">
      <fieldset className="group plain" disabled={busy}>
        <legend>{t("pay.with")}</legend>
        <div className="options">
          {methods.map((method) => {
            const expired = isExpired(method, now);
            return (
              <label key={method.id} className="option">
                <input type="radio" name="method" checked={chosen === method.id} disabled={expired} onChange={() => onChoose(method.id)} />
                <span className="grow">
                  <CardName method={method} />
                </span>
                <span className="muted">{t(expired ? "pm.expired" : "pm.expires", { date: expiryOf(method) })}</span>
              </label>
            );
          })}
          <label className="option">
            <input type="radio" name="method" checked={chosen === ANOTHER} onChange={() => onChoose(ANOTHER)} />
            <span className="grow">{t("pay.another")}</span>
          </label>
        </div>
      </fieldset>
    </section>
  );
}
