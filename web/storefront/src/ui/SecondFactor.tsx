//! The second half of a login: a code of one of the kinds that the account has.

import { isProblem, type Schemas, take } from "@kirana/api";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { http, sessions } from "../api.ts";
import { useI18n } from "../i18n/index.tsx";
import { Field } from "./Field.tsx";
import { ProblemNotice } from "./Notice.tsx";

type CodeKind = Schemas["CodeKind"];

export interface Challenge {
  token: string;
  kinds: CodeKind[];
}

const KINDS: readonly CodeKind[] = ["totp", "mail", "sms", "recovery"];
const LABEL = { totp: "in.totp", mail: "in.mail", sms: "in.sms", recovery: "in.recovery" } as const;
const USE = { totp: "in.useTotp", mail: "in.useMail", sms: "in.useSms", recovery: "in.useRecovery" } as const;

/** What a refused login asks for, if it is a second factor. */
export function challengeOf(error: unknown): Challenge | undefined {
  if (!isProblem(error, "second_factor_required")) return undefined;
  const token = error.more.login_token;
  const said = error.more.kinds ?? error.more.factors;
  const kinds = Array.isArray(said) ? KINDS.filter((kind) => said.includes(kind)) : [];
  return typeof token === "string" ? { token, kinds: kinds.length ? kinds : ["totp", "recovery"] } : undefined;
}

export function SecondFactor({ challenge, onDone, onAgain }: { challenge: Challenge; onDone: () => void; onAgain: () => void }) {
  const { t } = useI18n();
  const [kind, setKind] = useState<CodeKind>(challenge.kinds[0] ?? "totp");
  const [code, setCode] = useState("");
  const send = useMutation({
    mutationFn: async (by: "mail" | "sms") => {
      await http.POST("/api/v1/auth/login/code", { body: { kind: by, login_token: challenge.token } });
    },
  });
  const check = useMutation({
    mutationFn: () =>
      take(http.POST("/api/v1/auth/login/second-factor", { body: { code: code.trim(), kind, login_token: challenge.token } })),
    onSuccess: (session) => {
      sessions.accept(session);
      onDone();
    },
  });
  const choose = (next: CodeKind) => {
    setKind(next);
    setCode("");
    if (next === "mail" || next === "sms") send.mutate(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    check.mutate();
  };
  return (
    <form className="panel" onSubmit={submit}>
      <p>{t("in.secondHint")}</p>
      <Field
        label={t(LABEL[kind])}
        value={code}
        onChange={(event) => setCode(event.target.value)}
        inputMode={kind === "recovery" ? "text" : "numeric"}
        autoComplete="one-time-code"
        dir="ltr"
        required
        autoFocus
      />
      {send.isSuccess && <p className="hint">{t("in.sent")}</p>}
      {(check.error ?? send.error) && <ProblemNotice error={check.error ?? send.error} />}
      <button type="submit" className="button primary wide" disabled={check.isPending || !code.trim()}>
        {t("in.go")}
      </button>
      <div className="stack center">
        {challenge.kinds
          .filter((other) => other !== kind)
          .map((other) => (
            <button key={other} type="button" className="link" onClick={() => choose(other)}>
              {t(USE[other])}
            </button>
          ))}
        <button type="button" className="link" onClick={onAgain}>
          {t("in.again")}
        </button>
      </div>
    </form>
  );
}
