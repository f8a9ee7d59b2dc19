//! What letters lead to: a new password, and the proof of an address.

import { isProblem } from "@kirana/api";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { http } from "../api.ts";
import { useI18n } from "../i18n/index.tsx";
import { resetRoute, verifyRoute } from "../router.tsx";
import { Field } from "../ui/Field.tsx";
import { Notice, ProblemNotice } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { Password } from "../ui/Password.tsx";

export function ForgotPage() {
  const { t } = useI18n();
  const [email, setEmail] = useState("");
  const send = useMutation({
    mutationFn: async () => {
      await http.POST("/api/v1/auth/forgot-password", { body: { email: email.trim() } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <Page title={t("forgot.title")} back="/sign-in" narrow>
      <form className="panel" onSubmit={submit}>
        <p>{t("forgot.hint")}</p>
        <Field
          label={t("in.email")}
          type="email"
          autoComplete="username"
          inputMode="email"
          dir="ltr"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        {send.error && <ProblemNotice error={send.error} />}
        {send.isSuccess && (
          <Notice tone="good" icon="check">
            {t("forgot.sent")}
          </Notice>
        )}
        <button type="submit" className="button primary wide" disabled={send.isPending}>
          {t("forgot.go")}
        </button>
      </form>
    </Page>
  );
}

export function ResetPage() {
  const { t } = useI18n();
  const { token = "" } = resetRoute.useSearch();
  const [password, setPassword] = useState("");
  const reset = useMutation({
    mutationFn: async () => {
      await http.POST("/api/v1/auth/reset-password", { body: { token, password } });
    },
  });
  const wrong = isProblem(reset.error) ? reset.error.field("password") : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    reset.mutate();
  };
  return (
    <Page title={t("reset.title")} narrow>
      {reset.isSuccess ? (
        <Notice tone="good" icon="check">
          <p>{t("reset.done")}</p>
          <Link to="/sign-in" className="link">
            {t("in.go")}
          </Link>
        </Notice>
      ) : (
        <form className="panel" onSubmit={submit}>
          <Password
            label={t("reset.new")}
            hint={t("reg.passwordHint")}
            error={wrong}
            autoComplete="new-password"
            value={password}
            onChange={setPassword}
          />
          {reset.error && !wrong && <ProblemNotice error={reset.error} />}
          <button type="submit" className="button primary wide" disabled={reset.isPending}>
            {t("app.save")}
          </button>
        </form>
      )}
    </Page>
  );
}

export function VerifyPage() {
  const { t } = useI18n();
  const { token = "" } = verifyRoute.useSearch();
  // By a press, not by opening: programs that follow every link of a letter prove nothing for its reader.
  const verify = useMutation({
    mutationFn: async () => {
      await http.POST("/api/v1/auth/verify-email", { body: { token } });
    },
  });
  return (
    <Page title={t("verify.title")} narrow>
      {verify.isSuccess ? (
        <Notice tone="good" icon="check">
          {t("verify.done")}
        </Notice>
      ) : (
        <div className="panel">
          {verify.error && <ProblemNotice error={verify.error} />}
          <button type="button" className="button primary wide" disabled={verify.isPending} onClick={() => verify.mutate()}>
            {t("verify.go")}
          </button>
        </div>
      )}
    </Page>
  );
}
