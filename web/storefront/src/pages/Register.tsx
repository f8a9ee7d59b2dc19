import { isProblem, take } from "@kirana/api";
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { http, sessions } from "../api.ts";
import { useI18n } from "../i18n/index.tsx";
import { registerRoute } from "../router.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { Password } from "../ui/Password.tsx";
import { toast } from "../ui/Toasts.tsx";
import { WhoFields } from "../ui/WhoFields.tsx";

export function RegisterPage() {
  const { t } = useI18n();
  const { to = "/account" } = registerRoute.useSearch();
  const navigate = useNavigate();
  const [who, setWho] = useState({ name: "", email: "" });
  const [password, setPassword] = useState("");
  const register = useMutation({
    mutationFn: () => take(http.POST("/api/v1/auth/register", { body: { name: who.name.trim(), email: who.email.trim(), password } })),
    onSuccess: (session) => {
      sessions.accept(session);
      toast(t("reg.letter", { email: session.user.email }));
      void navigate({ to, replace: true });
    },
  });
  const wrong = (field: string) => (isProblem(register.error) ? register.error.field(field) : undefined);
  const hasField = ["name", "email", "password"].some(wrong);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    register.mutate();
  };
  return (
    <Page title={t("reg.title")} narrow>
      <form className="panel" onSubmit={submit}>
        <WhoFields who={who} change={setWho} wrong={wrong} signsIn />
        <Password
          label={t("in.password")}
          hint={t("reg.passwordHint")}
          error={wrong("password")}
          autoComplete="new-password"
          value={password}
          onChange={setPassword}
        />
        {register.error && !hasField && <ProblemNotice error={register.error} />}
        <button type="submit" className="button primary wide" disabled={register.isPending}>
          {t("reg.go")}
        </button>
      </form>
      <p className="center">
        {t("reg.have")}{" "}
        <Link to="/sign-in" search={{ to }} className="link">
          {t("in.go")}
        </Link>
      </p>
    </Page>
  );
}
