//! One's own account: name, password, second factors, and where one is signed in.

import { Button, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { http, sessions, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useAction } from "../../ui/action.tsx";
import { Card, Facts, Loading, Mark, Page, When, words } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { Factors } from "./Factors.tsx";

export function Account() {
  const user = useUser();
  if (!user) return null;
  return (
    <Page title="Account and security" about={user.email}>
      <div className="two">
        <div className="grid">
          <Factors />
          <Sessions />
        </div>
        <div className="grid">
          <Card title="You">
            <Profile />
            <div style={{ height: 16 }} />
            <Facts
              of={[
                ["Roles", user.roles.map(words).join(", ")],
                ["Address", user.email_verified ? "proved" : "not proved yet"],
              ]}
            />
          </Card>
          <Password />
        </div>
      </div>
    </Page>
  );
}

function Profile() {
  const user = useUser();
  const query = useQuery({
    queryKey: ["profile", user?.id],
    queryFn: () => take(http.GET("/api/v1/users/{id}", { params: { path: { id: user?.id ?? "" } } })),
  });
  const [name, setName] = useState(user?.name ?? "");
  const act = useAction(
    (called: string) =>
      take(
        http.PUT("/api/v1/users/{id}", {
          params: { path: { id: user?.id ?? "" } },
          body: { name: called, phone: query.data?.phone ?? null, locale: query.data?.locale ?? null },
        }),
      ),
    { done: "Kept", onDone: (now) => sessions.rename(now) },
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        act.mutate(name.trim());
      }}
    >
      <Group align="flex-end" gap="xs">
        <TextInput label="Name" style={{ flex: 1 }} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Button type="submit" variant="default" loading={act.isPending} disabled={!name.trim() || name === user?.name || !query.data}>
          Keep
        </Button>
      </Group>
    </form>
  );
}

function Password() {
  const [now, setNow] = useState("");
  const [next, setNext] = useState("");
  const act = useAction((_: string) => http.POST("/api/v1/auth/change-password", { body: { current_password: now, new_password: next } }), {
    done: "Changed. Every other session has ended",
    stale: [["sessions"]],
    quiet: true,
    onDone: () => {
      setNow("");
      setNext("");
    },
  });
  return (
    <Card title="Password">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate("");
        }}
      >
        <Stack gap="sm">
          {act.error && <ProblemView error={act.error} compact />}
          <PasswordInput
            label="The one you have"
            autoComplete="current-password"
            value={now}
            onChange={(event) => setNow(event.currentTarget.value)}
          />
          <PasswordInput
            label="The new one"
            description="8 to 128 characters"
            autoComplete="new-password"
            value={next}
            onChange={(event) => setNext(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" w="fit-content" loading={act.isPending} disabled={!now || next.length < 8}>
            Change it
          </Button>
        </Stack>
      </form>
    </Card>
  );
}

function Sessions() {
  const query = useQuery({ queryKey: ["sessions"], queryFn: () => take(http.GET("/api/v1/auth/sessions")) });
  const end = useAction((id: string) => http.DELETE("/api/v1/auth/sessions/{id}", { params: { path: { id } } }), {
    done: "Ended",
    stale: [["sessions"]],
  });
  const others = useAction((_: string) => http.DELETE("/api/v1/auth/sessions", { params: { query: { keep_current: true } } }), {
    done: "All others have ended",
    stale: [["sessions"]],
  });
  return (
    <Card
      title="Where you are signed in"
      aside={
        (query.data?.length ?? 0) > 1 && (
          <Button size="compact-sm" variant="subtle" color="chili" onClick={() => others.mutate("")}>
            End all others
          </Button>
        )
      }
    >
      {query.error ? (
        <ProblemView error={query.error} retry={() => void query.refetch()} compact />
      ) : !query.data ? (
        <Loading lines={3} />
      ) : (
        query.data.slice(0, 12).map((session) => (
          <Group
            key={session.id}
            justify="space-between"
            py={7}
            wrap="nowrap"
            style={{ borderTop: "1px solid color-mix(in srgb, var(--line) 60%, transparent)" }}
          >
            <div style={{ minWidth: 0 }}>
              <Text size="sm" truncate>
                {session.device || "A device without a name"}
              </Text>
              <Text size="xs" c="dimmed">
                last used <When at={session.seen_at} />
              </Text>
            </div>
            {session.current ? (
              <Mark tone="good">This one</Mark>
            ) : (
              <Button size="compact-sm" variant="default" onClick={() => end.mutate(session.id)}>
                End it
              </Button>
            )}
          </Group>
        ))
      )}
    </Card>
  );
}
