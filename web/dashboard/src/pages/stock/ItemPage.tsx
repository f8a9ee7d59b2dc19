//! One stock item: what there is of it, batch by batch, how it is kept, and putting it right.

import { newKey } from "@kirana/api";
import { Button, Group, NumberInput, SegmentedControl, Select, Text, TextInput } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { may } from "../../access/index.ts";
import { http, money, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import { useAction } from "../../ui/action.tsx";
import { Card, Empty, Facts, Loading } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { BarcodesCard } from "./BarcodesCard.tsx";
import { useBatchColumns } from "./Batches.tsx";
import { type Level, StockPage, useBatches, useLevels, useUsage } from "./data.tsx";
import { adjust, writeDown } from "./move.ts";
import { StateMark, stateOf } from "./OnHand.tsx";
import { quantity, UNIT, type Unit } from "./units.ts";

export function ItemPage() {
  const { sku = "" } = useParams({ strict: false });
  const store = useTheStore();
  const user = useUser();
  const levels = useLevels(store.id);
  const batches = useBatches(store.id, sku);
  const usage = useUsage(store.id).data?.find((one) => one.sku === sku);
  const columns = useBatchColumns(store, true);
  const [task, setTask] = useState<"correct" | "spoil" | "settings" | null>(null);
  const level = levels.data?.find((one) => one.sku === sku);
  if (levels.error)
    return (
      <StockPage title={sku}>
        <ProblemView error={levels.error} retry={() => void levels.refetch()} />
      </StockPage>
    );
  if (!levels.data)
    return (
      <StockPage title={sku}>
        <Loading />
      </StockPage>
    );
  if (!level)
    return (
      <StockPage title={sku}>
        <Empty title="This store has no such item" />
      </StockPage>
    );
  const close = () => setTask(null);
  return (
    <StockPage
      title={level.name}
      mark={<StateMark state={stateOf(level)} />}
      about={level.sku}
      actions={
        <>
          {may(user, "PUT /inventory/{store_id}/{sku}") && (
            <Button variant="subtle" onClick={() => setTask("settings")}>
              Settings
            </Button>
          )}
          <Button variant="default" onClick={() => setTask("spoil")}>
            Spoilt
          </Button>
          {may(user, "PUT /inventory/{store_id}/{sku}/adjust") && (
            <Button variant="default" onClick={() => setTask("correct")}>
              Correct
            </Button>
          )}
        </>
      }
    >
      <div className="grid">
        <Card>
          <Facts
            wide
            of={[
              ["Free to sell", quantity(level.available, level.unit)],
              ["Held for orders", level.reserved ? quantity(level.reserved, level.unit) : null],
              ["On hand", quantity(level.on_hand, level.unit)],
              ["Low at", quantity(level.low_stock_threshold, level.unit)],
              [
                "Used",
                usage && usage.used > 0
                  ? `${quantity(usage.used, level.unit)} in ${usage.days === 1 ? "a day" : `${usage.days} days`}`
                  : null,
              ],
              ["Lasts", usage?.cover_tenths ? `about ${(usage.cover_tenths / 10).toFixed(1)} days at that pace` : null],
              ["Missing", usage?.missing ? `${quantity(usage.missing, level.unit)} of what it should last` : null],
              ["Worth", may(user, "GET /inventory/valuation") ? money({ amount: level.value, currency: store.currency }) : null],
            ]}
          />
        </Card>
        <DataTable
          id="item-batches"
          label={`Batches of ${level.name}`}
          rows={batches.data}
          rowKey={(batch) => String(batch.id)}
          columns={columns}
          sort="expires"
          bare
          error={batches.error}
          retry={() => void batches.refetch()}
          empty={<Empty title="None on hand">What is received next stands here.</Empty>}
        />
        <BarcodesCard store={store.id} level={level} />
      </div>
      {task === "correct" && <Correct store={store.id} level={level} close={close} />}
      {task === "spoil" && <Spoil store={store.id} level={level} batches={batches.data ?? []} close={close} />}
      {task === "settings" && <Settings store={store.id} level={level} close={close} />}
    </StockPage>
  );
}

const stale = (store: string) => [["stock", store], ["low-stock"]];

function Correct({ store, level, close }: { store: string; level: Level; close: () => void }) {
  const [way, setWay] = useState<"missing" | "found">("missing");
  const [amount, setAmount] = useState<number | string>("");
  const [reason, setReason] = useState("");
  const key = useRef(newKey());
  const delta = Number(amount) * (way === "missing" ? -1 : 1);
  const act = useAction((_: string) => adjust(store, level.sku, delta, reason, key.current), {
    done: `The books have ${quantity(Math.abs(delta), level.unit)} ${way === "missing" ? "less" : "more"}`,
    undo: () => adjust(store, level.sku, -delta, `Taken back: ${reason}`),
    stale: stale(store),
    quiet: true,
    onDone: close,
  });
  return (
    <FormModal
      title={`Correct: ${level.name}`}
      close={close}
      action={act}
      submit="Put it right"
      disabled={!(Number(amount) > 0) || !reason.trim()}
      onSubmit={() => act.mutate("")}
    >
      <SegmentedControl
        value={way}
        onChange={(value) => setWay(value as typeof way)}
        data={[
          { value: "missing", label: "It is missing" },
          { value: "found", label: "It was found" },
        ]}
      />
      <NumberInput
        label={`How many ${UNIT[level.unit as Unit]}`}
        min={1}
        allowDecimal={false}
        thousandSeparator=","
        value={amount}
        onChange={setAmount}
        data-autofocus
      />
      <TextInput label="Why" required value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
    </FormModal>
  );
}

function Spoil({ store, level, batches, close }: { store: string; level: Level; batches: Schemas["Batch"][]; close: () => void }) {
  const [amount, setAmount] = useState<number | string>("");
  const [batch, setBatch] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const key = useRef(newKey());
  const act = useAction(
    (_: string) =>
      writeDown(
        { store_id: store, kind: "spoil", sku: level.sku, quantity: Number(amount), reason, ...(batch ? { batch: Number(batch) } : {}) },
        key.current,
      ),
    { done: `${quantity(Number(amount), level.unit)} written off`, stale: stale(store), quiet: true, onDone: close },
  );
  return (
    <FormModal
      title={`Spoilt: ${level.name}`}
      close={close}
      action={act}
      submit="Write off"
      color="chili"
      disabled={!(Number(amount) > 0) || !reason.trim()}
      onSubmit={() => act.mutate("")}
    >
      <NumberInput
        label={`How many ${UNIT[level.unit as Unit]}`}
        min={1}
        max={level.available}
        clampBehavior="none"
        allowDecimal={false}
        thousandSeparator=","
        value={amount}
        onChange={setAmount}
        data-autofocus
      />
      <Select
        label="Of which batch"
        placeholder="The one that goes first"
        clearable
        data={batches.map((one) => ({
          value: String(one.id),
          label: `No. ${one.id}${one.lot ? `, lot ${one.lot}` : ""}${one.expires_at ? `, until ${one.expires_at.slice(0, 10)}` : ""}`,
        }))}
        value={batch}
        onChange={setBatch}
      />
      <TextInput label="Why" required value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <Text size="xs" c="dimmed">
        Waste is counted apart from corrections. It cannot be taken back.
      </Text>
    </FormModal>
  );
}

function Settings({ store, level, close }: { store: string; level: Level; close: () => void }) {
  const [name, setName] = useState(level.name);
  const [threshold, setThreshold] = useState<number | string>(level.low_stock_threshold);
  const [policy, setPolicy] = useState<Schemas["IssuePolicy"] | null>(null);
  const [cover, setCover] = useState<number | string>("");
  const [near, setNear] = useState<number | string>("");
  const act = useAction(
    (_: string) =>
      take(
        http.PUT("/api/v1/inventory/{store_id}/{sku}", {
          params: { path: { store_id: store, sku: level.sku } },
          body: {
            name,
            unit: level.unit as Unit,
            low_stock_threshold: Number(threshold),
            ...(policy ? { policy } : {}),
            ...(cover === "" ? {} : { cover_days: Number(cover) }),
            ...(near === "" ? {} : { near_expiry_hours: Number(near) }),
          },
        }),
      ),
    { done: "Kept", stale: stale(store), quiet: true, onDone: close },
  );
  return (
    <FormModal title={`Settings: ${level.name}`} close={close} action={act} submit="Keep" onSubmit={() => act.mutate("")}>
      <TextInput label="Name" required value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <NumberInput
        label={`Low at, ${UNIT[level.unit as Unit]}`}
        min={0}
        allowDecimal={false}
        thousandSeparator=","
        value={threshold}
        onChange={setThreshold}
      />
      <Select
        label="What goes out first"
        placeholder="As usual: what expires first"
        data={[
          { value: "fefo", label: "What expires first" },
          { value: "fifo", label: "What came first" },
          { value: "lifo", label: "What came last" },
        ]}
        value={policy}
        onChange={(value) => setPolicy(value as Schemas["IssuePolicy"] | null)}
      />
      <Group grow align="flex-start">
        <NumberInput
          label="Should last, days"
          description="Reordered by itself below that"
          min={1}
          allowDecimal={false}
          value={cover}
          onChange={setCover}
        />
        <NumberInput
          label="Warn before expiry, hours"
          description="Empty: as usual"
          min={1}
          allowDecimal={false}
          value={near}
          onChange={setNear}
        />
      </Group>
      <Text size="xs" c="dimmed">
        All settings are replaced by these.
      </Text>
    </FormModal>
  );
}
