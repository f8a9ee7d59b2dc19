//! Some calls want a proof of the last five minutes: asked for when one says so, and then the call is made again.

import { isProblem, type Schemas, take } from "@kirana/api";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { http, sessions } from "../api.ts";
import { factorsQuery } from "../data/account.ts";
import { useI18n } from "../i18n/index.tsx";
import { Field } from "./Field.tsx";
import { ProblemNotice } from "./Notice.tsx";
import { Password } from "./Password.tsx";
import { Sheet } from "./Sheet.tsx";

/** `run(work)` does something; when a proof is wanted first, `sheet` asks for it and the work is done after. */
export function useStepUp() {
  const [waiting, setWaiting] = useState<() => void>();
  const run = async <T,>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!isProblem(error, "step_up_required")) throw error;
      await new Promise<void>((resolve) => setWaiting(() => resolve));
      return await work();
    }
  };
  const sheet = waiting && (
    <Prove
      onClose={() => setWaiting(undefined)}
      onDone={() => {
        waiting();
        setWaiting(undefined);
      }}
    />
  );
  return { run, sheet };
}

function Prove({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const { t } = useI18n();
  const factors = useQuery(factorsQuery);
  const [text, setText] = useState("");
  const byApp = factors.data?.factors.some(({ kind }) => kind === "totp") ?? false;
  const prove = useMutation({
    mutationFn: async () => {
      const body: Schemas["StepUp"] = byApp ? { kind: "totp", code: text.trim() } : { password: text };
      const answer = await take(http.POST("/api/v1/auth/step-up", { body }));
      // The token of before is good no more.
      const now = sessions.current;
      if (now) sessions.accept({ ...answer, refresh_token: now.refreshToken, session_id: now.sessionId, user: now.user });
    },
    onSuccess: onDone,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    prove.mutate();
  };
  return (
    <Sheet
      small
      title={t("sec.proveTitle")}
      onClose={onClose}
      footer={
        <button type="submit" form="prove" className="button primary wide" disabled={prove.isPending || !text}>
          {t("sec.confirm")}
        </button>
      }
    >
      <form id="prove" onSubmit={submit}>
        <p>{t("sec.proveHint")}</p>
        {byApp ? (
          <Field
            label={t("in.totp")}
            inputMode="numeric"
            autoComplete="one-time-code"
            dir="ltr"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        ) : (
          <Password label={t("in.password")} autoComplete="current-password" value={text} onChange={setText} />
        )}
        {prove.error && <ProblemNotice error={prove.error} />}
      </form>
    </Sheet>
  );
}
