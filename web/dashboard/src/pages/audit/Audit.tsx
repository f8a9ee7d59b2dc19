//! Who did what, to what, and what was before. The log is a chain: its proof is shown.

import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { format, http, LOCALE, type Schemas, take } from "../../api/index.ts";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { listed, usePages } from "../../table/pages.ts";
import { useAddress } from "../../table/state.ts";
import { Empty, Facts, Id, Mark, Page, words } from "../../ui/bits.tsx";
import { Drawer } from "../../ui/Window.tsx";

type Entry = Schemas["Entry"];

export function Audit() {
  const [{ action, object, from, to, actor, q }, change] = useAddress();
  const [asked] = useDebouncedValue({ action, object, from, to, actor, q: q?.trim() }, 300);
  const [opened, setOpened] = useState<Entry | null>(null);
  const proof = useQuery({ queryKey: ["audit-proof"], queryFn: () => take(http.GET("/api/v1/audit/proof")) });
  const query = usePages(
    ["audit", asked],
    (cursor, signal) =>
      take(
        http.GET("/api/v1/audit", {
          params: {
            query: {
              action: asked.action || undefined,
              object: asked.object || undefined,
              actor: asked.actor || undefined,
              from: asked.from ? `${asked.from}T00:00:00Z` : undefined,
              to: asked.to ? `${asked.to}T23:59:59Z` : undefined,
              q: asked.q || undefined,
              limit: 50,
              cursor,
            },
          },
          signal,
        }),
      ),
    { keep: true },
  );
  const columns: Column<Entry>[] = [
    { key: "at", label: "When", value: (entry) => entry.at, render: (entry) => format.moment(entry.at, LOCALE), phone: "title" },
    {
      key: "action",
      label: "What",
      value: (entry) => entry.action,
      render: (entry) => words(entry.action.replace(".", ", ")),
      phone: "side",
    },
    { key: "actor", label: "As", value: (entry) => words(entry.actor) },
    { key: "who", label: "Who", value: (entry) => entry.actor_id, render: (entry) => <Id of={entry.actor_id} /> },
    { key: "object", label: "To", value: (entry) => entry.object, render: (entry) => <Id of={entry.object} /> },
    { key: "reason", label: "Why", value: (entry) => entry.reason ?? null },
    { key: "seq", label: "No.", value: (entry) => entry.seq, right: true },
  ];
  return (
    <Page
      title="Audit"
      mark={
        proof.data &&
        (proof.data.sound ? (
          <Mark tone="good">{`${proof.data.seq.toLocaleString(LOCALE)} entries, chain sound`}</Mark>
        ) : (
          <Mark tone="bad">{`broken at entry ${proof.data.first_bad}`}</Mark>
        ))
      }
      about="Every change of who may do what. Entries are chained: none can be changed without breaking the chain."
    >
      <Group gap="sm" mb="sm" align="flex-end">
        <TextInput
          label="What"
          placeholder="user. or api_key.made"
          value={action ?? ""}
          onChange={(event) => change({ action: event.currentTarget.value })}
        />
        <TextInput label="Who, by id" value={actor ?? ""} onChange={(event) => change({ actor: event.currentTarget.value })} />
        <TextInput label="To what, by id" value={object ?? ""} onChange={(event) => change({ object: event.currentTarget.value })} />
        <TextInput label="From" type="date" value={from ?? ""} onChange={(event) => change({ from: event.currentTarget.value })} />
        <TextInput label="Until" type="date" value={to ?? ""} onChange={(event) => change({ to: event.currentTarget.value })} />
      </Group>
      <DataTable
        id="audit"
        label="Audit log"
        {...listed(query)}
        searched="api"
        placeholder="Why, before or after"
        rowKey={(entry) => String(entry.seq)}
        columns={columns}
        onOpen={setOpened}
        empty={<Empty title="Nothing of the kind happened" />}
      />
      {opened && (
        <Drawer opened onClose={() => setOpened(null)} position="right" size="md" title={`Entry ${opened.seq}`}>
          <Stack>
            <Facts
              of={[
                ["When", format.moment(opened.at, LOCALE)],
                ["What", opened.action],
                ["As", words(opened.actor)],
                ["Who", <Id key="w" of={opened.actor_id} />],
                ["To", <Id key="o" of={opened.object} />],
                ["Why", opened.reason],
                ["Request", <Id key="r" of={opened.request_id} />],
              ]}
            />
            <Side title="Before" text={opened.before} />
            <Side title="After" text={opened.after} />
            <Button
              variant="default"
              onClick={() => {
                change({ object: opened.object });
                setOpened(null);
              }}
            >
              All about this object
            </Button>
          </Stack>
        </Drawer>
      )}
    </Page>
  );
}

function Side({ title, text }: { title: string; text?: string | null }) {
  if (!text) return null;
  let pretty = text;
  try {
    pretty = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not JSON: as it is.
  }
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {title}
      </Text>
      <pre
        style={{
          margin: 0,
          padding: 12,
          borderRadius: 8,
          background: "var(--paper)",
          fontSize: 12,
          overflowX: "auto",
          whiteSpace: "pre-wrap",
        }}
      >
        {pretty}
      </pre>
    </div>
  );
}
