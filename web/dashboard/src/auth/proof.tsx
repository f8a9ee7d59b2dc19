//! A fresh proof of who one is, where a call asks for it: the call waits, a dialog asks, and the call is made again.

import { isProblem, type Problem } from "@kirana/api";
import { Alert, Button, Group, Modal, PasswordInput, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { http, type Schemas, sessions, take } from "../api/index.ts";

type Kind = Schemas["CodeKind"];
type Ask = { resolve: (proved: boolean) => void };

let opener: ((ask: Ask) => void) | undefined;

/** Does `work`; where a fresh proof is asked for, asks for it and does `work` again. */
export async function proved<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isProblem(error, "step_up_required") || !opener) throw error;
    const asked = await new Promise<boolean>((resolve) => opener?.({ resolve }));
    if (!asked) throw error;
    return await work();
  }
}

/** Keeps the token of a proof in the place of the one that was too old. */
export function acceptProof(answer: Schemas["SteppedUp"]): void {
  const now = sessions.current;
  if (!now) return;
  sessions.accept({ ...answer, refresh_token: now.refreshToken, session_id: now.sessionId, user: now.user });
}

/** The dialog; mounted once. */
export function ProofDialog() {
  const [ask, setAsk] = useState<Ask | null>(null);
  useEffect(() => {
    opener = setAsk;
    return () => {
      opener = undefined;
    };
  }, []);
  const finish = (proof: boolean) => {
    ask?.resolve(proof);
    setAsk(null);
  };
  return (
    <Modal opened={ask !== null} onClose={() => finish(false)} title="Please prove it is you" size="sm" zIndex={500}>
      {ask && <ProofForm done={() => finish(true)} />}
    </Modal>
  );
}

function ProofForm({ done }: { done: () => void }) {
  const [kinds, setKinds] = useState<Kind[] | null>(null);
  const [kind, setKind] = useState<Kind>("totp");
  const [secret, setSecret] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sent, setSent] = useState(false);
  useEffect(() => {
    take(http.GET("/api/v1/auth/factors"))
      .then(({ factors }) => {
        const known: Kind[] = factors.map((factor) => factor.kind);
        setKinds(known.length > 0 ? [...known, "recovery"] : []);
        setKind(known[0] ?? "totp");
      })
      .catch(setProblem);
  }, []);
  const coded = kinds !== null && kinds.length > 0;
  const submit = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const body = coded ? { kind, code: secret.trim() } : { password: secret };
      acceptProof(await take(http.POST("/api/v1/auth/step-up", { body })));
      done();
    } catch (error) {
      setProblem(error as Problem);
    } finally {
      setBusy(false);
    }
  };
  const send = async () => {
    if (kind !== "mail" && kind !== "sms") return;
    try {
      await http.POST("/api/v1/auth/step-up/code", { body: { kind } });
      setSent(true);
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          What you are about to do is sensitive. A proof is good for five minutes.
        </Text>
        {problem && (
          <Alert color="chili" variant="light">
            {problem.detail}
          </Alert>
        )}
        {coded && kinds.length > 1 && (
          <SegmentedControl
            size="xs"
            value={kind}
            onChange={(value) => setKind(value as Kind)}
            data={kinds.map((value) => ({ value, label: KIND_NAMES[value] }))}
          />
        )}
        {coded ? (
          <TextInput
            label="Code"
            autoComplete="one-time-code"
            inputMode={kind === "recovery" ? "text" : "numeric"}
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
            data-autofocus
          />
        ) : (
          <PasswordInput
            label="Your password"
            autoComplete="current-password"
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
            data-autofocus
          />
        )}
        <Group justify="space-between">
          {kind === "mail" || kind === "sms" ? (
            <Button variant="subtle" onClick={() => void send()} disabled={sent}>
              {sent ? "Sent" : "Send me a code"}
            </Button>
          ) : (
            <span />
          )}
          <Button type="submit" loading={busy} disabled={secret.length === 0 || kinds === null}>
            Go on
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export const KIND_NAMES: Record<Kind, string> = {
  totp: "Authenticator app",
  mail: "E-mail",
  sms: "Text message",
  recovery: "Recovery code",
};
