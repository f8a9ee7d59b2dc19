import { useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { Field } from "./Field.tsx";

/** A password, which can be looked at: typing blind on a phone is how people choose short ones. */
export function Password({
  label,
  hint,
  error,
  autoComplete,
  value,
  onChange,
}: {
  label: string;
  hint?: string;
  error?: string | undefined;
  autoComplete: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const { t } = useI18n();
  const [shown, setShown] = useState(false);
  return (
    <Field
      label={label}
      {...(hint ? { hint } : {})}
      error={error}
      type={shown ? "text" : "password"}
      autoComplete={autoComplete}
      dir="ltr"
      required
      maxLength={128}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      after={
        <button type="button" className="button" aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? t("in.hide") : t("in.show")}
        </button>
      }
    />
  );
}
