//! What the letter of an invitation leads to: a password, and one works here.

import { Button, Group, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { http, sessions, take } from "../api/index.ts";
import { ProblemView } from "../ui/problem.tsx";

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
    <main className="signin">
      <section className="signin-form">
        <Group gap={10} mb={28}>
          <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={34} height={34} />
          <Text fw={700} fz={19}>
            Kirana
          </Text>
        </Group>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <Title order={1} fz={26} mb={4}>
            You are invited
          </Title>
          <Text size="sm" c="dimmed" mb="lg">
            {token ? "Choose a password, and you can begin." : "Open this page by the link in your letter: it carries what lets you in."}
          </Text>
          <Stack>
            {error !== null && <ProblemView error={error} compact />}
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
          </Stack>
        </form>
      </section>
    </main>
  );
}
