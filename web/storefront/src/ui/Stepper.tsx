import { useI18n } from "../i18n/index.tsx";
import { Icon } from "./Icon.tsx";

/** How many: one less, one more. Less than `min` is not offered. */
export function Stepper({
  value,
  min = 1,
  max = 99,
  label,
  onChange,
}: {
  value: number;
  min?: number;
  max?: number;
  label: string;
  onChange: (value: number) => void;
}) {
  const { t } = useI18n();
  return (
    // biome-ignore lint/a11y/useSemanticElements: two buttons and a number are no fieldset of a form
    <div className="stepper" role="group" aria-label={label}>
      <button
        type="button"
        className="icon-button"
        disabled={value <= min}
        onClick={() => onChange(value - 1)}
        aria-label={value - 1 < 1 ? t("app.remove") : t("item.less")}
      >
        <Icon name={value <= 1 && min < 1 ? "close" : "minus"} />
      </button>
      <output aria-live="polite">{value}</output>
      <button type="button" className="icon-button" disabled={value >= max} onClick={() => onChange(value + 1)} aria-label={t("item.more")}>
        <Icon name="plus" />
      </button>
    </div>
  );
}
