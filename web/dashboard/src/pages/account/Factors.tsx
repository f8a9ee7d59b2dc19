//! Second factors: an app, e-mail, text messages; and codes for the day when all of them are lost.

import { Alert, Button, Code, Group, PinInput, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { http, type Schemas, take } from "../../api/index.ts";
import { KIND_NAMES } from "../../auth/proof.tsx";
import { confirm, useAction } from "../../ui/action.tsx";
import { Card, Loading, Mark, When } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { Modal } from "../../ui/Window.tsx";

type Kind = Schemas["Kind"];

export function Factors() {
  const query = useQuery({ queryKey: ["factors"], queryFn: () => take(http.GET("/api/v1/auth/factors")) });
  const [enrolling, setEnrolling] = useState<Kind | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const remove = useAction((kind: Kind) => http.DELETE("/api/v1/auth/factors/{kind}", { params: { path: { kind } } }), {
    done: "Removed",
    stale: [["factors"]],
  });
  const renew = useAction((_: string) => take(http.POST("/api/v1/auth/recovery-codes")), {
    stale: [["factors"]],
    onDone: (answer) => setCodes(answer.recovery_codes),
  });
  const kinds: Kind[] = ["totp", "mail", "sms"];
  return (
    <Card title="Second factor">
      {query.error ? (
        <ProblemView error={query.error} retry={() => void query.refetch()} compact />
      ) : !query.data ? (
        <Loading lines={3} />
      ) : (
        <Stack gap={0}>
          <Text size="sm" c="dimmed" mb={8}>
            A password can be guessed or stolen; a second factor makes that useless.
          </Text>
          {kinds.map((kind) => {
            const known = query.data.factors.find((factor) => factor.kind === kind);
            return (
              <Group
                key={kind}
                justify="space-between"
                py={8}
                style={{ borderTop: "1px solid color-mix(in srgb, var(--line) 60%, transparent)" }}
              >
                <div>
                  <Text size="sm">{KIND_NAMES[kind]}</Text>
                  {known && (
                    <Text size="xs" c="dimmed">
                      since <When at={known.confirmed_at} />
                    </Text>
                  )}
                </div>
                {known ? (
                  <Group gap={8}>
                    <Mark tone="good">On</Mark>
                    <Button
                      size="compact-sm"
                      variant="subtle"
                      color="chili"
                      onClick={() =>
                        confirm(
                          `Remove ${KIND_NAMES[kind].toLowerCase()}?`,
                          "With the last factor the recovery codes go too.",
                          "Remove",
                          () => remove.mutate(kind),
                        )
                      }
                    >
                      Remove
                    </Button>
                  </Group>
                ) : (
                  <Button size="compact-sm" variant="default" onClick={() => setEnrolling(kind)}>
                    Set up
                  </Button>
                )}
              </Group>
            );
          })}
          {query.data.factors.length > 0 && (
            <Group justify="space-between" pt={10}>
              <Text size="sm">
                {query.data.recovery_codes_left} recovery codes left
                {query.data.recovery_codes_left < 3 && " "}
                {query.data.recovery_codes_left < 3 && <Mark tone="warm">few</Mark>}
              </Text>
              <Button size="compact-sm" variant="default" onClick={() => renew.mutate("")}>
                New codes
              </Button>
            </Group>
          )}
        </Stack>
      )}
      {enrolling && <Enrol kind={enrolling} close={() => setEnrolling(null)} codes={setCodes} />}
      {codes && <RecoveryCodes codes={codes} close={() => setCodes(null)} />}
    </Card>
  );
}

/** What came of the first half: a secret for the app, what one should know of text messages, or nothing but a letter. */
interface Begun {
  app?: Schemas["TotpEnrolment"];
  risk?: Schemas["TextMessageRisk"];
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function Enrol({ kind, close, codes }: { kind: Kind; close: () => void; codes: (codes: string[]) => void }) {
  const [phone, setPhone] = useState("");
  const [code, setCode] = useState("");
  const [begun, setBegun] = useState<Begun | null>(null);
  const begin = useAction(
    async (_: string): Promise<Begun> => {
      if (kind === "totp") return { app: await take(http.POST("/api/v1/auth/factors/totp/enrol")) };
      if (kind === "sms") return { risk: await take(http.POST("/api/v1/auth/factors/sms/enrol", { body: { phone } })) };
      await http.POST("/api/v1/auth/factors/mail/enrol");
      return {};
    },
    { quiet: true, onDone: setBegun },
  );
  const check = useAction(
    (given: string) => take(http.POST("/api/v1/auth/factors/{kind}/confirm", { params: { path: { kind } }, body: { code: given } })),
    {
      stale: [["factors"], ["sessions"]],
      quiet: true,
      onDone: (answer) => {
        close();
        if (answer.recovery_codes.length > 0) codes(answer.recovery_codes);
      },
    },
  );
  return (
    <Modal opened onClose={close} title={KIND_NAMES[kind]}>
      <Stack>
        {(begin.error ?? check.error) && <ProblemView error={begin.error ?? check.error} compact />}
        {!begun ? (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              begin.mutate("");
            }}
          >
            <Stack>
              <Text size="sm">
                {kind === "totp" && "You need an authenticator app on your telephone."}
                {kind === "mail" && "A code comes to your e-mail address at each sign-in."}
                {kind === "sms" && "A code comes to your telephone at each sign-in."} Your other sessions end, as they have no second
                factor.
              </Text>
              {kind === "sms" && (
                <TextInput
                  label="Telephone"
                  placeholder="+66812345678"
                  type="tel"
                  required
                  value={phone}
                  onChange={(event) => setPhone(event.currentTarget.value)}
                  data-autofocus
                />
              )}
              <Button type="submit" loading={begin.isPending} disabled={kind === "sms" && !phone}>
                Go on
              </Button>
            </Stack>
          </form>
        ) : (
          <>
            {begun.risk && (
              <Alert color="mango" variant="light" title="Text messages can be read by others">
                {sentence(begun.risk.detail)}
                {begun.risk.safer.length > 0 && ` Safer: ${begun.risk.safer.map((one) => KIND_NAMES[one].toLowerCase()).join(", ")}.`}
              </Alert>
            )}
            {begun.app && (
              <>
                <Text size="sm">Scan this with the app, or type the secret into it.</Text>
                <img
                  src={`data:image/svg+xml;utf8,${encodeURIComponent(begun.app.qr_svg)}`}
                  alt="QR code for the authenticator app"
                  width={190}
                  height={190}
                  style={{ alignSelf: "center", background: "#fff", padding: 8, borderRadius: 8 }}
                />
                <Code block style={{ wordBreak: "break-all", whiteSpace: "pre-wrap" }}>
                  {begun.app.secret}
                </Code>
              </>
            )}
            <Text size="sm">{begun.app ? "Which code does it show now?" : "A code is on its way. What is it?"}</Text>
            <PinInput
              length={6}
              type="number"
              oneTimeCode
              autoFocus
              value={code}
              onChange={setCode}
              onComplete={(value) => check.mutate(value)}
              aria-label="Code of six digits"
            />
            <Button loading={check.isPending} disabled={code.length < 6} onClick={() => check.mutate(code)}>
              Turn it on
            </Button>
          </>
        )}
      </Stack>
    </Modal>
  );
}

function RecoveryCodes({ codes, close }: { codes: string[]; close: () => void }) {
  return (
    <Modal opened onClose={close} title="Recovery codes" closeOnClickOutside={false}>
      <Stack>
        <Alert color="mango" variant="light">
          Each lets you in once when your factor is lost. They are shown this once: print them, or keep them with your passwords.
        </Alert>
        <SimpleGrid cols={2}>
          {codes.map((code) => (
            <Code key={code} block>
              {code}
            </Code>
          ))}
        </SimpleGrid>
        <Group justify="space-between">
          <Button variant="default" onClick={() => void navigator.clipboard.writeText(codes.join("\n"))}>
            Copy
          </Button>
          <Button onClick={close}>I have them</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
