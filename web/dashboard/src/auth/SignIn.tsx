//! Sign-in: address and password, then a code where somebody has a second factor.

import { isProblem } from "@kirana/api";
import { Anchor, Button, Group, PasswordInput, PinInput, SegmentedControl, Stack, Text, TextInput, Title } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { worksHere } from "../access/index.ts";
import { http, type Schemas, sessions, take } from "../api/index.ts";
import { Entrance, EntranceForm } from "./Entrance.tsx";
import { KIND_NAMES } from "./proof.tsx";
import { useUser } from "./session.ts";

type Kind = Schemas["CodeKind"];
type Half = { token: string; kinds: Kind[] };

export function SignIn() {
  const user = useUser();
  const navigate = useNavigate();
  const { next } = useSearch({ strict: false }) as { next?: string };
  const [half, setHalf] = useState<Half | null>(null);
  useEffect(() => {
    document.title = "Sign in · Kirana";
    if (user && worksHere(user)) void navigate({ to: next?.startsWith("/") && !next.startsWith("//") ? next : "/", replace: true });
  }, [user, navigate, next]);
  return (
    <Entrance
      beside={
        <aside className="signin-art" aria-hidden="true">
          <Cups />
        </aside>
      }
    >
      {user && !worksHere(user) ? (
        <NotHere />
      ) : half ? (
        <SecondHalf half={half} back={() => setHalf(null)} />
      ) : (
        <FirstHalf wants={setHalf} />
      )}
    </Entrance>
  );
}

function FirstHalf({ wants }: { wants: (half: Half) => void }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [forgot, setForgot] = useState(false);
  const submit = async () => {
    setBusy(true);
    setError(null);
    try {
      sessions.accept(await take(http.POST("/api/v1/auth/login", { body: { email, password } })));
    } catch (problem) {
      if (isProblem(problem, "second_factor_required")) {
        const kinds = (problem.more.kinds ?? problem.more.factors ?? ["totp"]) as Kind[];
        wants({ token: String(problem.more.login_token), kinds: [...new Set<Kind>([...kinds, "recovery"])] });
      } else setError(problem);
    } finally {
      setBusy(false);
    }
  };
  if (forgot) return <Forgot email={email} back={() => setForgot(false)} />;
  return (
    <EntranceForm title="Sign in" about="For those who run the stores." error={error} onSubmit={() => void submit()}>
      <TextInput
        label="E-mail address"
        type="email"
        autoComplete="username"
        required
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
        size="md"
      />
      <PasswordInput
        label="Password"
        autoComplete="current-password"
        required
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        size="md"
      />
      <Button type="submit" size="md" loading={busy}>
        Sign in
      </Button>
      <Anchor component="button" type="button" size="sm" onClick={() => setForgot(true)} w="fit-content">
        Forgot the password?
      </Anchor>
    </EntranceForm>
  );
}

function SecondHalf({ half, back }: { half: Half; back: () => void }) {
  const [kind, setKind] = useState<Kind>(half.kinds[0] ?? "totp");
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (given: string) => {
    setBusy(true);
    setError(null);
    try {
      const body = { login_token: half.token, kind, code: given.trim() };
      sessions.accept(await take(http.POST("/api/v1/auth/login/second-factor", { body })));
    } catch (problem) {
      setError(problem);
      setCode("");
      if (isProblem(problem, "invalid_login_token")) back();
    } finally {
      setBusy(false);
    }
  };
  const send = async () => {
    if (kind !== "mail" && kind !== "sms") return;
    try {
      await http.POST("/api/v1/auth/login/code", { body: { login_token: half.token, kind } });
      setSent(true);
    } catch (problem) {
      setError(problem);
    }
  };
  return (
    <EntranceForm title="One more step" about="Your account has a second factor." error={error} onSubmit={() => void submit(code)}>
      <SegmentedControl
        value={kind}
        onChange={(value) => {
          setKind(value as Kind);
          setCode("");
        }}
        data={half.kinds.map((value) => ({ value, label: KIND_NAMES[value] }))}
      />
      {(kind === "mail" || kind === "sms") && (
        <Button variant="default" onClick={() => void send()}>
          {sent ? "Send another code" : "Send me a code"}
        </Button>
      )}
      {kind === "recovery" ? (
        <TextInput label="Recovery code" value={code} onChange={(event) => setCode(event.currentTarget.value)} autoFocus />
      ) : (
        <PinInput
          length={6}
          type="number"
          oneTimeCode
          autoFocus
          size="lg"
          value={code}
          onChange={setCode}
          onComplete={(value) => void submit(value)}
          aria-label="Code of six digits"
        />
      )}
      <Group>
        <Button type="submit" loading={busy} disabled={code.length < 6}>
          Sign in
        </Button>
        <Button variant="subtle" color="gray" onClick={back}>
          Back
        </Button>
      </Group>
    </EntranceForm>
  );
}

function Forgot({ email, back }: { email: string; back: () => void }) {
  const [address, setAddress] = useState(email);
  const [sent, setSent] = useState(false);
  const [error, setError] = useState<unknown>(null);
  return (
    <EntranceForm
      title="A new password"
      error={error}
      onSubmit={() => {
        http
          .POST("/api/v1/auth/forgot-password", { body: { email: address } })
          .then(() => setSent(true))
          .catch(setError);
      }}
    >
      {sent ? (
        <Text size="sm">If somebody has this address, a letter is on its way to them. Its link is good for a while only.</Text>
      ) : (
        <>
          <TextInput
            label="E-mail address"
            type="email"
            required
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
            size="md"
          />
          <Button type="submit" size="md">
            Send me a letter
          </Button>
        </>
      )}
      <Button variant="subtle" color="gray" onClick={back} w="fit-content">
        Back to sign-in
      </Button>
    </EntranceForm>
  );
}

/** A customer's account has nothing to do here. */
function NotHere() {
  return (
    <Stack>
      <Title order={1} fz={26}>
        Nothing for you here
      </Title>
      <Text size="sm">This is where stores are run. Your account has no place in one; somebody who leads a store can give you one.</Text>
      <Button variant="default" onClick={() => sessions.forget()} w="fit-content">
        Sign in as somebody else
      </Button>
    </Stack>
  );
}

/** Pearls in rows, each a little off its place, as they lie in a cup. */
const PEARLS = [10, 9, 8, 6, 3].flatMap((count, row) =>
  Array.from({ length: count }, (_, at) => ({
    x: 210 + (at - (count - 1) / 2) * 21 + ((at * 7 + row * 5) % 5) - 2,
    y: 492 - row * 18 - ((at * 11 + row * 3) % 6),
    r: 9.5 + ((at + row) % 3) * 0.6,
  })),
);

function Cups() {
  return (
    <svg aria-hidden="true" viewBox="0 0 420 560" width="100%" height="100%" preserveAspectRatio="xMidYMid slice">
      <rect width="420" height="560" fill="#154634" />
      <circle cx="330" cy="120" r="190" fill="#1c6b50" />
      <path d="M232 480 268 20" stroke="#f6f2e7" strokeWidth="18" strokeLinecap="round" />
      <path d="M82 180h256l-27 316a22 22 0 0 1-22 20H131a22 22 0 0 1-22-20z" fill="#f6f2e7" opacity=".93" />
      <path d="M90 262c40-20 74 14 120 4s80-18 120-2l-20 234a18 18 0 0 1-18 16H128a18 18 0 0 1-18-16z" fill="#d9a066" />
      <path d="M90 262c40-20 74 14 120 4s80-18 120-2l-3 34c-46 22-90-12-130 0s-70 10-104-8z" fill="#e9bd8b" />
      <path d="M74 160h272a9 9 0 0 1 9 9v15H65v-15a9 9 0 0 1 9-9z" fill="#eaa63a" />
      {PEARLS.map((pearl) => (
        <g key={`${pearl.x} ${pearl.y}`}>
          <circle cx={pearl.x} cy={pearl.y} r={pearl.r} fill="#2d1a12" />
          <circle cx={pearl.x - 3} cy={pearl.y - 3} r="2" fill="#6b4636" />
        </g>
      ))}
    </svg>
  );
}
