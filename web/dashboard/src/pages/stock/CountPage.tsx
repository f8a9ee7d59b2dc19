//! One count: what stands on the shelf against the books, and who takes the difference in.

import { Alert, Autocomplete, Button, Group, NumberInput, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { may } from "../../access/index.ts";
import { format, http, LOCALE, money, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { useKept } from "../../table/state.ts";
import { confirm, failed, useAction } from "../../ui/action.tsx";
import { Card, Empty, Loading, Mark } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { findLabel } from "./barcodes.ts";
import { COUNT } from "./Counts.tsx";
import { type Level, StockPage, useLevels, useNames, useUnits } from "./data.tsx";
import { isLabel } from "./gtin.ts";
import { readScan } from "./scan.ts";
import { type Unknown, UnknownCode } from "./UnknownCode.tsx";
import { quantity, UNIT, type Unit } from "./units.ts";

type Line = Schemas["StocktakeLine"];

export function CountPage() {
  const { count: id = "" } = useParams({ strict: false });
  const store = useTheStore();
  const user = useUser();
  const levels = useLevels(store.id);
  const [name, unit] = [useNames(store.id), useUnits(store.id)];
  const [blind, setBlind] = useKept("count.blind", false);
  const key = ["counts", store.id, id];
  const count = useQuery({
    queryKey: key,
    queryFn: () => take(http.GET("/api/v1/stocktakes/{id}", { params: { path: { id }, query: { store_id: store.id } } })),
  });
  const stale = [["counts", store.id], ["stock", store.id], ["low-stock"]];
  const params = { params: { path: { id } }, body: { store_id: store.id } };
  const approve = useAction((_: string) => take(http.POST("/api/v1/stocktakes/{id}/approve", params)), {
    done: "The differences are in the books",
    stale,
  });
  const discard = useAction((_: string) => take(http.POST("/api/v1/stocktakes/{id}/discard", params)), {
    done: "Thrown away; the books are as they were",
    stale,
  });
  if (count.error)
    return (
      <StockPage title="Count">
        <ProblemView error={count.error} retry={() => void count.refetch()} />
      </StockPage>
    );
  if (!count.data)
    return (
      <StockPage title="Count">
        <Loading />
      </StockPage>
    );
  const open = count.data.status === "counting";
  const own = count.data.counted_by.id === user?.id;
  const hidden = blind && open;
  const off = count.data.lines.filter((line) => line.variance !== 0);
  const columns: Column<Line>[] = [
    { key: "item", label: "Item", value: (line) => name(line.sku), phone: "title" },
    {
      key: "counted",
      label: "Counted",
      value: (line) => line.counted,
      render: (line) => quantity(line.counted, unit(line.sku)),
      right: true,
    },
  ];
  if (!hidden) {
    columns.push(
      {
        key: "expected",
        label: "In the books then",
        value: (line) => line.expected,
        render: (line) => quantity(line.expected, unit(line.sku)),
        right: true,
      },
      {
        key: "variance",
        label: "Difference",
        value: (line) => line.variance,
        render: (line) => <Difference line={line} unit={unit(line.sku)} />,
        right: true,
        phone: "side",
      },
      {
        key: "value",
        label: "Worth",
        value: (line) => line.value,
        render: (line) => (line.value ? money({ amount: line.value, currency: store.currency }) : "—"),
        right: true,
        extra: open,
      },
    );
  }
  return (
    <StockPage
      title="Count"
      mark={<Mark tone={COUNT[count.data.status].tone}>{COUNT[count.data.status].label}</Mark>}
      about={`by ${count.data.counted_by.name}${count.data.approved_by ? `, approved by ${count.data.approved_by.name}` : ""}`}
      actions={
        open && (
          <>
            <Switch
              size="xs"
              label="Hide the books while counting"
              checked={blind}
              onChange={(event) => setBlind(event.currentTarget.checked)}
            />
            <Button
              variant="subtle"
              color="chili"
              onClick={() =>
                confirm("Throw the count away?", "What was counted is lost; the books stay as they are.", "Throw away", () =>
                  discard.mutate(""),
                )
              }
            >
              Discard
            </Button>
            {may(user, "POST /stocktakes/{id}/approve") && !own && (
              <Button
                loading={approve.isPending}
                disabled={count.data.lines.length === 0}
                onClick={() =>
                  confirm(
                    "Take the differences into the books?",
                    off.length === 0
                      ? "Everything is as the books have it."
                      : `${off.length} of ${count.data.lines.length} items differ. It cannot be taken back, only counted anew.`,
                    "Approve",
                    () => approve.mutate(""),
                    false,
                  )
                }
              >
                Approve
              </Button>
            )}
          </>
        )
      }
    >
      <div className="grid">
        {open && own && may(user, "POST /stocktakes/{id}/approve") && (
          <Alert variant="light" color="gray" py={8}>
            <Text size="sm">You counted this, so somebody else has to approve it.</Text>
          </Alert>
        )}
        {open && levels.data && <Entry store={store.id} id={id} items={levels.data} done={() => void count.refetch()} />}
        <DataTable
          id="count-lines"
          label="What was counted"
          rows={count.data.lines}
          rowKey={(line) => line.sku}
          columns={columns}
          sort={open ? undefined : "variance"}
          bare
          empty={<Empty title="Nothing counted yet">Scan or choose an item, and say how much of it there is.</Empty>}
        />
      </div>
    </StockPage>
  );
}

function Difference({ line, unit }: { line: Line; unit: string }) {
  if (line.variance === 0) return <Mark tone="good">none</Mark>;
  const text = `${line.variance > 0 ? "+" : "−"}${quantity(Math.abs(line.variance), unit)}`;
  return <Mark tone={line.variance < 0 ? "bad" : "warm"}>{text}</Mark>;
}

/** An item and how much of it: by scanner, Enter, number, Enter. */
function Entry({ store, id, items, done }: { store: string; id: string; items: Level[]; done: () => void }) {
  const [text, setText] = useState("");
  const [sku, setSku] = useState<string | null>(null);
  const [counted, setCounted] = useState<number | string>("");
  /** What the label says of lot and date. */
  const [label, setLabel] = useState("");
  const [unknown, setUnknown] = useState<Unknown | null>(null);
  const [scan, amount] = [useRef<HTMLInputElement>(null), useRef<HTMLInputElement>(null)];
  const item = items.find((one) => one.sku === sku);
  const act = useAction(
    (line: Schemas["CountLine"]) =>
      take(http.POST("/api/v1/stocktakes/{id}/lines", { params: { path: { id } }, body: { store_id: store, lines: [line] } })),
    {
      onDone: () => {
        setText("");
        setSku(null);
        setCounted("");
        setLabel("");
        scan.current?.focus();
        done();
      },
    },
  );
  const chosen = (found: Level, { lot, expires }: { lot?: string; expires?: string }) => {
    setText(found.name);
    setSku(found.sku);
    setLabel([lot && `Lot ${lot}`, expires && `good until ${format.day(expires, LOCALE, "UTC")}`].filter(Boolean).join(", "));
    setTimeout(() => amount.current?.focus());
  };
  const choose = async (given: string) => {
    const label = readScan(given);
    const code = label.code.toLowerCase();
    setUnknown(null);
    const here = items.find((one) => one.sku.toLowerCase() === code || one.name.toLowerCase() === code);
    if (here) return chosen(here, label);
    setText(given);
    setSku(null);
    if (!isLabel(given)) return;
    try {
      const found = await findLabel(store, given);
      if (found.is === "item") chosen(found.item, found);
      else setUnknown({ text: given, ...(found.is === "wrong" ? { why: found.why } : {}) });
    } catch (error) {
      failed(error);
    }
  };
  const nobody = text && !item && !isLabel(text) && !items.some((one) => one.name.toLowerCase().includes(text.toLowerCase()));
  return (
    <Card>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!item) void choose(text);
          else if (counted !== "") act.mutate({ sku: item.sku, counted: Number(counted) });
        }}
      >
        <Group align="flex-end" gap="sm">
          <Autocomplete
            ref={scan}
            style={{ flex: 1, minWidth: 200 }}
            label="Item: scan or type"
            data={text ? [...new Set(items.map((one) => one.name))] : []}
            limit={6}
            value={text}
            onChange={(value) => {
              setText(value);
              setSku(null);
              setUnknown(null);
            }}
            onOptionSubmit={(name) => void choose(name)}
            autoFocus
            error={nobody ? "No item of that code or name" : undefined}
          />
          <NumberInput
            ref={amount}
            w={180}
            label={`Counted${item ? `, ${UNIT[item.unit as Unit]}` : ""}`}
            min={0}
            allowDecimal={false}
            thousandSeparator=","
            value={counted}
            onChange={setCounted}
          />
          <Button type="submit" loading={act.isPending}>
            Write down
          </Button>
        </Group>
        {item && label && (
          <Text size="xs" c="dimmed" mt={6}>
            {label}. A count is of all lots together.
          </Text>
        )}
      </form>
      {unknown && (
        <div style={{ marginTop: 12 }}>
          <UnknownCode store={store} items={items} unknown={unknown} given={(given) => void choose(given)} />
        </div>
      )}
    </Card>
  );
}
