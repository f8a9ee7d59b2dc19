//! Where a gateway's report and our books do not agree. Each waits until somebody has decided about it.

import { Button, FileButton, Group, Radio, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { format, http, LOCALE, money, type Schemas, take } from "../../api/index.ts";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { listed, usePages } from "../../table/pages.ts";
import { useAddress } from "../../table/state.ts";
import { useAction } from "../../ui/action.tsx";
import { Empty, Facts, Mark, When, words } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { Drawer } from "../../ui/Window.tsx";
import { MoneyPage } from "./MoneyPage.tsx";

type Exception = Schemas["KeptException"];

const RESOLUTION: Record<Schemas["ReconciliationResolution"], string> = {
  ask_gateway: "Ask the gateway",
  wait: "Wait for the next report",
  record_it: "Record it in our books",
  reverse_ours: "Reverse ours",
  correct_ours: "Correct ours",
  refund_customer: "Give it back to the customer",
  claim_from_gateway: "Claim it from the gateway",
  accept_difference: "Accept the difference",
  link_payment: "Link it to a payment",
  correct_input: "Correct the report and read it again",
};

export function Exceptions() {
  const [{ status = "open" }] = useAddress();
  const [opened, setOpened] = useState<Exception | null>(null);
  const [reading, setReading] = useState(false);
  const query = usePages(["exceptions", status], (cursor, signal) =>
    take(http.GET("/api/v1/payments/exceptions", { params: { query: { status, limit: 50, cursor } }, signal })),
  );
  const columns: Column<Exception>[] = [
    { key: "kind", label: "What", value: (one) => words(one.kind), phone: "title" },
    { key: "gateway", label: "Gateway", value: (one) => words(one.gateway) },
    { key: "reference", label: "Reference", value: (one) => one.reference },
    {
      key: "theirs",
      label: "Theirs",
      value: (one) => one.theirs?.amount ?? null,
      render: (one) => (one.theirs ? money(one.theirs) : "—"),
      right: true,
    },
    {
      key: "ours",
      label: "Ours",
      value: (one) => one.ours?.amount ?? null,
      render: (one) => (one.ours ? money(one.ours) : "—"),
      right: true,
    },
    { key: "found", label: "Found", value: (one) => one.found_at, render: (one) => <When at={one.found_at} />, right: true },
    {
      key: "status",
      label: "State",
      value: (one) => one.status,
      render: (one) => <Mark tone={one.status === "open" ? "warm" : "good"}>{words(one.status)}</Mark>,
      phone: "side",
    },
  ];
  const filters: Filter<Exception>[] = [
    {
      key: "status",
      label: "Open",
      options: [
        { value: "open", label: "Open" },
        { value: "resolved", label: "Decided" },
      ],
    },
  ];
  return (
    <MoneyPage
      title="Reconciliation"
      about="Gateways' reports against our books, line by line."
      actions={<Button onClick={() => setReading(true)}>Read a report</Button>}
    >
      <DataTable
        id="exceptions"
        label="What does not agree"
        {...listed(query)}
        rowKey={(one) => one.id}
        columns={columns}
        filters={filters}
        onOpen={setOpened}
        empty={<Empty title="Everything agrees">Read a gateway's report to compare it with the books.</Empty>}
      />
      {opened && <Decide exception={opened} close={() => setOpened(null)} />}
      {reading && <ReadReport close={() => setReading(false)} />}
    </MoneyPage>
  );
}

function Decide({ exception, close }: { exception: Exception; close: () => void }) {
  const [resolution, setResolution] = useState<string>(exception.resolutions[0] ?? "");
  const [note, setNote] = useState("");
  const act = useAction(
    (body: Schemas["ExceptionResolution"]) =>
      take(http.PUT("/api/v1/payments/exceptions/{id}", { params: { path: { id: exception.id } }, body })),
    {
      done: "Decided",
      stale: [["exceptions"]],
      quiet: true,
      onDone: close,
    },
  );
  return (
    <Drawer opened onClose={close} position="right" size="md" title={words(exception.kind)}>
      <Stack>
        <Text size="sm">{exception.explanation}</Text>
        <Facts
          of={[
            ["Gateway", words(exception.gateway)],
            ["Reference", exception.reference],
            ["Theirs", exception.theirs ? money(exception.theirs) : null],
            ["Ours", exception.ours ? money(exception.ours) : null],
            ["Difference", exception.differences.map((one) => money(one)).join(", ") || null],
            ["Lines", exception.lines.join(", ") || null],
            ["Found", format.moment(exception.found_at, LOCALE)],
            ["Decided", exception.resolution ? RESOLUTION[exception.resolution] : null],
            ["Why", exception.note],
          ]}
        />
        {exception.status === "open" && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              act.mutate({ resolution: resolution as Schemas["ReconciliationResolution"], note });
            }}
          >
            <Stack>
              {act.error && <ProblemView error={act.error} compact />}
              <Radio.Group label="What is done about it" value={resolution} onChange={setResolution}>
                <Stack gap={6} mt={6}>
                  {exception.resolutions.map((one) => (
                    <Radio key={one} value={one} label={RESOLUTION[one]} />
                  ))}
                </Stack>
              </Radio.Group>
              <Textarea label="Why" required autosize minRows={2} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
              <Button type="submit" loading={act.isPending} disabled={!resolution || !note.trim()}>
                Decide
              </Button>
            </Stack>
          </form>
        )}
      </Stack>
    </Drawer>
  );
}

/** Whole lines of a file that go into one request: the report of a busy day is longer than a request may be. */
const PART = /[\s\S]{1,500000}(?:\n|$)/g;

/** Sends a report, in parts where it is long; the answer to the last one is what came of it. */
async function compare(body: Schemas["ReconcileRequest"]) {
  const send = (body: Schemas["ReconcileRequest"]) => http.POST("/api/v1/payments/reconcile", { body });
  const parts = body.csv.match(PART) ?? [];
  if (parts.length < 2) return take(send(body));
  const of = crypto.randomUUID();
  const part = (index: number) => send({ ...body, csv: parts[index] ?? "", part: { of, number: index + 1, count: parts.length } });
  for (let index = 0; index < parts.length - 1; index += 1) await part(index);
  return take(part(parts.length - 1));
}

function ReadReport({ close }: { close: () => void }) {
  const [gateway, setGateway] = useState<"stripe" | "razorpay" | "paypal">("stripe");
  const [name, setName] = useState("");
  const [csv, setCsv] = useState("");
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const act = useAction(compare, {
    stale: [["exceptions"]],
    quiet: true,
  });
  const found = act.data;
  const load = async (file: File) => {
    setCsv(await file.text());
    setName(file.name);
  };
  return (
    <FormModal
      title="Read a gateway's report"
      size="lg"
      close={close}
      cancel={found ? "Close" : "Cancel"}
      action={act}
      submit="Compare with the books"
      disabled={!csv || !from || !until || until <= from}
      onSubmit={() =>
        act.mutate({
          gateway,
          csv,
          format: { type: gateway },
          window: { name: `${from}/${until}`, from: `${from}T00:00:00Z`, until: `${until}T00:00:00Z` },
        })
      }
    >
      <Group grow align="flex-end">
        <Select
          label="Gateway"
          data={["stripe", "razorpay", "paypal"].map((value) => ({ value, label: words(value) }))}
          value={gateway}
          onChange={(value) => setGateway((value ?? "stripe") as typeof gateway)}
          allowDeselect={false}
        />
        <FileButton accept="text/csv,.csv" onChange={(file) => file && void load(file)}>
          {(props) => (
            <Button variant="default" {...props}>
              {name || "Choose the file (CSV)"}
            </Button>
          )}
        </FileButton>
      </Group>
      <Group grow>
        <TextInput label="It covers from" type="date" required value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
        <TextInput label="Until before" type="date" required value={until} onChange={(event) => setUntil(event.currentTarget.value)} />
      </Group>
      {found && (
        <Facts
          wide
          of={[
            ["Lines", found.rows],
            ["Agree", found.reconciliation.matched],
            ["Do not", found.reconciliation.exceptions.length],
            ["Passed over", found.passed_over || null],
          ]}
        />
      )}
    </FormModal>
  );
}
