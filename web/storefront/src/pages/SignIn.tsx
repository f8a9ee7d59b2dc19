//! Signing in: address and password, a second factor where the account has one, or another provider's word.

import { isProblem, take } from "@kirana/api";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { http, sessions } from "../api.ts";
import { providersQuery } from "../data/account.ts";
import { useI18n } from "../i18n/index.tsx";
import { begin, finish, going } from "../logic/social.ts";
import { signInRoute } from "../router.tsx";
import { Field } from "../ui/Field.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { Password } from "../ui/Password.tsx";
import { type Challenge, challengeOf, SecondFactor } from "../ui/SecondFactor.tsx";

export function SignInPage() {
  const { t } = useI18n();
  const { to: asksFor = "/account", code, state, error: refused } = signInRoute.useSearch();
  // Back from another provider, the address does not say it.
  const [to] = useState(() => (code === undefined ? undefined : going()) ?? asksFor);
  const navigate = useNavigate();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [challenge, setChallenge] = useState<Challenge>();
  const providers = useQuery(providersQuery);
  const arrive = (target: string) => void navigate({ to: target, replace: true });
  const asked = (error: unknown) => {
    const found = challengeOf(error);
    if (found) setChallenge(found);
  };
  const login = useMutation({
    mutationFn: () => take(http.POST("/api/v1/auth/login", { body: { email: email.trim(), password } })),
    onSuccess: (session) => {
      sessions.accept(session);
      arrive(to);
    },
    onError: asked,
  });
  const social = useMutation({
    mutationFn: () => finish(code ?? "", state ?? ""),
    onSuccess: () => arrive(to),
    onError: asked,
  });
  // Back from another provider, once.
  const came = useRef(false);
  const { mutate } = social;
  useEffect(() => {
    if (!code || came.current) return;
    came.current = true;
    mutate();
  }, [code, mutate]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    login.mutate();
  };
  if (challenge) {
    return (
      <Page title={t("in.second")} narrow>
        <SecondFactor challenge={challenge} onDone={() => arrive(to)} onAgain={() => setChallenge(undefined)} />
      </Page>
    );
  }
  const error = (login.error ?? social.error) as Error | null;
  return (
    <Page title={t("in.title")} narrow>
      <form className="panel" onSubmit={submit}>
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
        <Password label={t("in.password")} autoComplete="current-password" value={password} onChange={setPassword} />
        {error && !isProblem(error, "second_factor_required") && <ProblemNotice error={error} />}
        {refused !== undefined && <p className="error-text">{refused}</p>}
        <button type="submit" className="button primary wide" disabled={login.isPending || social.isPending}>
          {t("in.go")}
        </button>
        {providers.data && providers.data.length > 0 && (
          <div className="providers">
            <p className="or">{t("in.or")}</p>
            {providers.data.map((provider) => (
              <button key={provider} type="button" className="button wide" onClick={() => void begin(provider, to)}>
                {t("in.with", { provider: provider.charAt(0).toUpperCase() + provider.slice(1) })}
              </button>
            ))}
          </div>
        )}
        <p className="center">
          <Link to="/forgot-password" className="link">
            {t("in.forgot")}
          </Link>
        </p>
      </form>
      <p className="center">
        {t("in.new")}{" "}
        <Link to="/register" search={{ to }} className="link">
          {t("in.register")}
        </Link>
      </p>
      <p className="center">
        <Link to="/guest" search={{ to }} className="link">
          {t("guest.title")}
        </Link>
      </p>
    </Page>
  );
}
