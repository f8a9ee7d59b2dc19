//! Feature flags: what is turned on, where, and for how many. For who runs the chain.

import { Button, Group, NumberInput, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { all, http, type Schemas, take } from "../../api/index.ts";
import { useStores } from "../../shell/stores.tsx";
import { useAction } from "../../ui/action.tsx";
import { Card, Loading, Mark, When, words } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { SettingsPage } from "./SettingsPage.tsx";

type Flag = Schemas["FlagInfo"];
type Setting = Schemas["FlagSetting"];
type Scope = Schemas["FlagScope"];

/** `On`, `Off`, `On for 25 %`. */
const howMany = (percent: number) => (percent >= 100 ? "On" : percent === 0 ? "Off" : `On for ${percent} %`);

function useFranchisees() {
  return useQuery({
    queryKey: ["franchisees"],
    queryFn: () => all((cursor) => take(http.GET("/api/v1/franchisees", { params: { query: { limit: 100, cursor } } }))),
  }).data;
}

export function Flags() {
  const { stores = [] } = useStores();
  const franchisees = useFranchisees();
  const [opened, setOpened] = useState<{ flag: Flag; setting?: Setting }>();
  const query = useQuery({ queryKey: ["flags"], queryFn: () => take(http.GET("/api/v1/flags/settings")) });
  const act = useSay();
  const nameOf = ({ scope, subject_id }: Setting) => {
    if (scope === "chain") return "Every store";
    const known = scope === "store" ? stores : (franchisees ?? []);
    return known.find((one) => one.id === subject_id)?.name ?? `A ${scope} that is not known here`;
  };
  return (
    <SettingsPage
      title="Feature flags"
      about="What customers find in the apps. The narrowest setting counts: a store's, its franchisee's, the chain's. The same customer is always in or always out. Apps hear of it within half a minute."
    >
      {query.error ? (
        <ProblemView error={query.error} retry={() => void query.refetch()} />
      ) : !query.data ? (
        <Loading lines={5} />
      ) : (
        <Stack gap="md">
          {query.data.map((flag) => (
            <section key={flag.name} aria-label={words(flag.name)}>
              <Card
                title={words(flag.name)}
                aside={
                  <Button size="compact-sm" variant="default" aria-label={`Set ${flag.name}`} onClick={() => setOpened({ flag })}>
                    Set
                  </Button>
                }
              >
                <Text size="sm" c="dimmed" mb="xs">
                  {flag.description} Where nothing is set: {howMany(flag.default_percent).toLowerCase()}.
                </Text>
                <Stack gap={6}>
                  {flag.settings.map((setting) => (
                    <Group key={`${setting.scope} ${setting.subject_id}`} justify="space-between">
                      <Group gap="xs">
                        <Text size="sm" fw={600}>
                          {nameOf(setting)}
                        </Text>
                        <Mark tone={setting.percent >= 100 ? "good" : setting.percent === 0 ? "bad" : "warm"}>
                          {howMany(setting.percent)}
                        </Mark>
                        <Text size="xs" c="dimmed">
                          <When at={setting.changed_at} />
                        </Text>
                      </Group>
                      <Group gap={6}>
                        <Button
                          size="compact-sm"
                          variant="default"
                          aria-label={`Change ${flag.name} for ${nameOf(setting)}`}
                          onClick={() => setOpened({ flag, setting })}
                        >
                          Change
                        </Button>
                        <Button
                          size="compact-sm"
                          variant="default"
                          aria-label={`Take back ${flag.name} for ${nameOf(setting)}`}
                          onClick={() =>
                            act.mutate({
                              name: flag.name,
                              body: { scope: setting.scope, subject_id: setting.subject_id ?? null, percent: null },
                            })
                          }
                        >
                          Take back
                        </Button>
                      </Group>
                    </Group>
                  ))}
                </Stack>
              </Card>
            </section>
          ))}
        </Stack>
      )}
      {opened && <FlagForm {...opened} franchisees={franchisees ?? []} stores={stores} close={() => setOpened(undefined)} />}
    </SettingsPage>
  );
}

interface Said {
  name: string;
  body: Schemas["FlagChange"];
}

function useSay(onDone?: () => void) {
  return useAction(({ name, body }: Said) => take(http.PUT("/api/v1/flags/{name}", { params: { path: { name } }, body })), {
    done: "Kept",
    stale: [["flags"]],
    quiet: onDone !== undefined,
    ...(onDone ? { onDone } : {}),
  });
}

interface Named {
  id: string;
  name: string;
}

interface FlagFormProps {
  flag: Flag;
  setting?: Setting;
  franchisees: Named[];
  stores: Named[];
  close: () => void;
}

function FlagForm({ flag, setting, franchisees, stores, close }: FlagFormProps) {
  const [scope, setScope] = useState<Scope>(setting?.scope ?? "chain");
  const [subject, setSubject] = useState<string | null>(setting?.subject_id ?? null);
  const [percent, setPercent] = useState<number | string>(setting?.percent ?? flag.default_percent);
  const act = useSay(close);
  const choices = scope === "store" ? stores : franchisees;
  const good = percent !== "" && (scope === "chain" || subject);
  return (
    <FormModal
      title={words(flag.name)}
      close={close}
      action={act}
      submit="Keep"
      disabled={!good}
      onSubmit={() =>
        act.mutate({
          name: flag.name,
          body: { scope, subject_id: scope === "chain" ? null : subject, percent: Number(percent) },
        })
      }
    >
      <Select
        label="For"
        allowDeselect={false}
        disabled={setting !== undefined}
        data={[
          { value: "chain", label: "Every store" },
          { value: "franchisee", label: "A franchisee's stores" },
          { value: "store", label: "One store" },
        ]}
        value={scope}
        onChange={(value) => {
          setScope((value ?? "chain") as Scope);
          setSubject(null);
        }}
      />
      {scope !== "chain" && (
        <Select
          label={scope === "store" ? "Store" : "Franchisee"}
          searchable
          disabled={setting !== undefined}
          data={choices.map((one) => ({ value: one.id, label: one.name }))}
          value={subject}
          onChange={setSubject}
        />
      )}
      <NumberInput
        label="On for"
        description="Of all customers: 0 for nobody, 100 for everybody. Who is not signed in has only what everybody has."
        suffix=" %"
        min={0}
        max={100}
        allowDecimal={false}
        value={percent}
        onChange={setPercent}
      />
    </FormModal>
  );
}
