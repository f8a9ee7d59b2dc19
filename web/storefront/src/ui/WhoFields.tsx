import { useI18n } from "../i18n/index.tsx";
import { Field } from "./Field.tsx";

interface Who {
  name: string;
  email: string;
}

/** What to call somebody and where to write to them; `signsIn` where the address is what they sign in with later. */
export function WhoFields(props: {
  who: Who;
  change: (who: Who) => void;
  wrong: (field: "name" | "email") => string | undefined;
  signsIn?: boolean;
}) {
  const { t } = useI18n();
  const { who, change, wrong } = props;
  return (
    <>
      <Field
        label={t("reg.name")}
        hint={t("reg.nameHint")}
        error={wrong("name")}
        autoComplete="name"
        required
        maxLength={100}
        value={who.name}
        onChange={(event) => change({ ...who, name: event.target.value })}
      />
      <Field
        label={t("in.email")}
        error={wrong("email")}
        type="email"
        autoComplete={props.signsIn ? "username" : "email"}
        inputMode="email"
        dir="ltr"
        required
        value={who.email}
        onChange={(event) => change({ ...who, email: event.target.value })}
      />
    </>
  );
}
