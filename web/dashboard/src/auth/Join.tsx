//! What the letter of an invitation leads to: a password, and one works here.

import { Button, PasswordInput } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { http, sessions, take } from "../api/index.ts";
import { Entrance, EntranceForm } from "./Entrance.tsx";

export function Join() {
  const { token = "" } = useSearch({ strict: false }) as { token?: string };
  const navigate = useNavigate();
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    document.title = "You are invited · Kirana";
  }, []);
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      sessions.accept(await take(http.POST("/api/v1/auth/accept-invitation", { body: { token, password } })));
      void navigate({ to: "/", replace: true });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Entrance>
      <EntranceForm
        title="You are invited"
        about={token ? "Choose a password, and you can begin." : "Open this page by the link in your letter: it carries what lets you in."}
        error={error}
        onSubmit={() => void submit()}
      >
        <PasswordInput
          label="Password"
          description="8 characters or more. A few words are better than one with signs."
          autoComplete="new-password"
          required
          minLength={8}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={busy} disabled={!token || password.length < 8}>
          Begin
        </Button>
      </EntranceForm>
    </Entrance>
  );
}
