//! Stars: given, and looked at.

import { useId } from "react";
import { useI18n } from "../i18n/index.tsx";

const STAR = "M12 3.500l2.600 5.400 5.900.8-4.300 4.100 1.100 5.900L12 16.800 6.700 19.700l1.100-5.900L3.500 9.700l5.900-.8z";

/** `4.6`, and as many stars filled. */
export function Stars({ hundredths, count }: { hundredths: number; count: number }) {
  const { t, locale } = useI18n();
  const id = useId();
  const text = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(hundredths / 100);
  return (
    <span className="stars">
      <svg viewBox="0 0 120 24" width="90" height="18" role="img" aria-label={t("reviews.stars", { n: text })}>
        <defs>
          <clipPath id={id}>
            {[0, 1, 2, 3, 4].map((at) => (
              <path key={at} d={STAR} transform={`translate(${at * 24} 0)`} />
            ))}
          </clipPath>
        </defs>
        <rect width="120" height="24" className="stars-empty" clipPath={`url(#${id})`} />
        <rect width={(120 * hundredths) / 500} height="24" className="stars-full" clipPath={`url(#${id})`} />
      </svg>
      <strong aria-hidden="true">{text}</strong>
      <span className="muted">{t("reviews.count", { n: count })}</span>
    </span>
  );
}

/** One to five, as radios: a keyboard and a screen reader know them. */
export function StarChoice({ value, label, onChange }: { value: number; label: string; onChange: (stars: number) => void }) {
  const { t } = useI18n();
  const name = useId();
  return (
    <fieldset className="star-choice">
      <legend className="sr-only">{label}</legend>
      {[1, 2, 3, 4, 5].map((stars) => (
        <label key={stars} className={stars <= value ? "on" : ""}>
          <input type="radio" className="sr-only" name={name} checked={value === stars} onChange={() => onChange(stars)} />
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d={STAR} />
          </svg>
          <span className="sr-only">{t("reviews.give", { n: stars })}</span>
        </label>
      ))}
    </fieldset>
  );
}
