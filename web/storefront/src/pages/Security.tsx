//! How one signs in: second factors, where one is signed in, the password.

import { format, isProblem, type Schemas, take } from "@kirana/api";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { http } from "../api.ts";
import { factorsQuery, sessionsQuery } from "../data/account.ts";
import { useUser } from "../data/session.ts";
import { useI18n } from "../i18n/index.tsx";
import { Field } from "../ui/Field.tsx";
import { ProblemNotice } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { Password } from "../ui/Password.tsx";
import { Sheet } from "../ui/Sheet.tsx";
import { useStepUp } from "../ui/StepUp.tsx";
import { toast } from "../ui/Toasts.tsx";

function Enrol({ enrolment, onClose }: { enrolment: Schemas["TotpEnrolment"]; onClose: () => void }) {
  const { t } = useI18n();
  const client = useQueryClient();
  const [code, setCode] = useState("");
  const confirm = useMutation({
    mutationFn: () =>
      take(http.POST("/api/v1/auth/factors/{kind}/confirm", { params: { path: { kind: "totp" } }, body: { code: code.trim() } })),
    onSuccess: () => void client.invalidateQueries(factorsQuery),
  });
  const codes = confirm.data && "recovery_codes" in confirm.data ? (confirm.data.recovery_codes as string[] | null) : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate();
  };
  return (
    <Sheet
      small
      title={confirm.isSuccess ? t("sec.recovery") : t("sec.addTotp")}
      onClose={onClose}
      footer={
        confirm.isSuccess ? (
          <button type="button" className="button primary wide" onClick={onClose}>
            {t("app.close")}
          </button>
        ) : (
          <button type="submit" form="enrol" className="button primary wide" disabled={confirm.isPending || code.trim().length < 6}>
            {t("sec.confirm")}
          </button>
        )
      }
    >
      {confirm.isSuccess ? (
        <>
          <p>{t("sec.recoveryHint")}</p>
          <ul className="codes" dir="ltr">
            {codes?.map((one) => (
              <li key={one}>
                <code>{one}</code>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <form id="enrol" onSubmit={submit}>
          <p>{t("sec.scan")}</p>
          <img className="qr" alt={t("sec.key")} src={`data:image/svg+xml;utf8,${encodeURIComponent(enrolment.qr_svg)}`} />
          <p>
            {t("sec.key")}:{" "}
            <code dir="ltr" className="key">
              {enrolment.secret}
            </code>
          </p>
          <Field
            label={t("sec.code")}
            inputMode="numeric"
            autoComplete="one-time-code"
            dir="ltr"
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
          {confirm.error && <ProblemNotice error={confirm.error} />}
        </form>
      )}
    </Sheet>
  );
}

function Factors() {
  const { t } = useI18n();
  const client = useQueryClient();
  const factors = useQuery(factorsQuery);
  const proof = useStepUp();
  const enrol = useMutation({ mutationFn: () => proof.run(() => take(http.POST("/api/v1/auth/factors/totp/enrol"))) });
  const remove = useMutation({
    mutationFn: (kind: string) =>
      proof.run(async () => {
        await http.DELETE("/api/v1/auth/factors/{kind}", { params: { path: { kind: kind as "totp" } } });
      }),
    onSuccess: () => void client.invalidateQueries(factorsQuery),
  });
  const has = factors.data?.factors ?? [];
  return (
    <section className="panel" aria-labelledby="factors">
      <h2 id="factors">{t("sec.factors")}</h2>
      <p className="muted">{has.length ? t("sec.recoveryLeft", { n: factors.data?.recovery_codes_left ?? 0 }) : t("sec.noFactor")}</p>
      <ul className="plain-list">
        {has.map(({ kind }) => (
          <li key={kind} className="between">
            <strong>{t(`sec.${kind}`)}</strong>
            <button type="button" className="button small" onClick={() => remove.mutate(kind)}>
              {t("app.remove")}
            </button>
          </li>
        ))}
      </ul>
      {factors.data && !has.some(({ kind }) => kind === "totp") && (
        <button type="button" className="button" disabled={enrol.isPending} onClick={() => enrol.mutate()}>
          {t("sec.addTotp")}
        </button>
      )}
      {(factors.error ?? enrol.error ?? remove.error) && <ProblemNotice error={factors.error ?? enrol.error ?? remove.error} />}
      {proof.sheet}
      {enrol.data && <Enrol enrolment={enrol.data} onClose={() => enrol.reset()} />}
    </section>
  );
}

function Sessions() {
  const { t, locale } = useI18n();
  const client = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const proof = useStepUp();
  const end = useMutation({
    mutationFn: (id: string) =>
      proof.run(async () => {
        await http.DELETE("/api/v1/auth/sessions/{id}", { params: { path: { id } } });
      }),
    onSettled: () => void client.invalidateQueries(sessionsQuery),
  });
  return (
    <section className="panel" aria-labelledby="sessions">
      <h2 id="sessions">{t("sec.sessions")}</h2>
      {(sessions.error ?? end.error) && <ProblemNotice error={sessions.error ?? end.error} />}
      {proof.sheet}
      <ul className="plain-list">
        {sessions.data?.map((one) => (
          <li key={one.id} className="between">
            <span className="grow two">
              <strong className="clip">{one.device}</strong>
              <span className="muted">{one.current ? t("sec.this") : t("sec.seen", { when: format.relative(one.seen_at, locale) })}</span>
            </span>
            {!one.current && (
              <button type="button" className="button small" onClick={() => end.mutate(one.id)}>
                {t("sec.end")}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function ChangePassword() {
  const { t } = useI18n();
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: async () => {
      await http.POST("/api/v1/auth/change-password", { body: { current_password: old, new_password: next } });
    },
    onSuccess: () => {
      setOld("");
      setNext("");
      toast(t("app.saved"));
    },
  });
  const wrong = isProblem(change.error) ? change.error.field("new_password") : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form className="panel" onSubmit={submit}>
      <h2>{t("sec.password")}</h2>
      <Password label={t("sec.old")} autoComplete="current-password" value={old} onChange={setOld} />
      <Password
        label={t("sec.new")}
        hint={t("reg.passwordHint")}
        error={wrong}
        autoComplete="new-password"
        value={next}
        onChange={setNext}
      />
      {change.error && !wrong && <ProblemNotice error={change.error} />}
      <button type="submit" className="button" disabled={change.isPending || !old || !next}>
        {t("sec.password")}
      </button>
    </form>
  );
}

export function SecurityPage() {
  const { t } = useI18n();
  const user = useUser();
  if (!user) return <Navigate to="/sign-in" search={{ to: "/account/security" }} replace />;
  return (
    <Page title={t("sec.title")} back="/account" narrow>
      <Factors />
      <Sessions />
      <ChangePassword />
    </Page>
  );
}
