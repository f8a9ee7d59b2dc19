//! Goods come in: scan or type, give quantity, date and cost, take all of it in. The scanner's field keeps the focus.

import { newKey } from "@kirana/api";
import { ActionIcon, Autocomplete, Button, Group, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { IconBarcode, IconTrash } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { may } from "../../access/index.ts";
import { format } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { said } from "../../ui/action.tsx";
import { Card, Empty, Loading, Mark } from "../../ui/bits.tsx";
import { asProblem, ProblemView } from "../../ui/problem.tsx";
import { findLabel } from "./barcodes.ts";
import { type Level, StockPage, useLevels, useSuppliers } from "./data.tsx";
import { isLabel } from "./gtin.ts";
import { endOfDay, writeDown } from "./move.ts";
import { changed, type Line, withGood, withLabel } from "./receive.ts";
import { readScan } from "./scan.ts";
import { type Unknown, UnknownCode } from "./UnknownCode.tsx";
import { UNIT } from "./units.ts";

export function Receive() {
  const store = useTheStore();
  const user = useUser();
  const levels = useLevels(store.id);
  const suppliers = useSuppliers(may(user, "GET /suppliers"));
  const client = useQueryClient();
  const [scan, setScan] = useState("");
  const [unknown, setUnknown] = useState<Unknown | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [supplier, setSupplier] = useState("");
  const [lines, setLines] = useState<Line[]>([]);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const items = levels.data ?? [];

  // Scans wait for one another: a label's lot belongs to the good before it, also where that is still being looked up.
  const queue = useRef(Promise.resolve());
  const known = useRef(lines);
  known.current = lines;

  /** One scan after another goes into the lines, by what there is at that moment. */
  const put = (next: Line[]) => {
    known.current = next;
    setLines(next);
  };
  const takeGood = (item: Level, label: { lot?: string; expires?: string }) => {
    const { lines: next, focus } = withGood(known.current, item, label, newKey());
    put(next);
    if (focus) document.getElementById(`quantity-${focus}`)?.focus();
  };
  const look = async (text: string) => {
    const label = readScan(text);
    const wanted = label.code.toLowerCase();
    const item = items.find((one) => one.sku.toLowerCase() === wanted || one.name.toLowerCase() === wanted);
    if (item) return takeGood(item, label);
    if (!label.code && known.current.length > 0) return put(withLabel(known.current, label));
    if (!isLabel(text)) return setUnknown({ text: label.code || text });
    const found = await findLabel(store.id, text);
    if (found.is === "item") takeGood(found.item, found);
    else setUnknown({ text, ...(found.is === "wrong" ? { why: found.why } : {}) });
  };
  const take = (text: string) => {
    setScan("");
    setUnknown(null);
    setFailure(null);
    field.current?.focus();
    if (text.trim()) queue.current = queue.current.then(() => look(text)).catch(setFailure);
  };
  const change = (key: string, more: Partial<Line>) => setLines((now) => changed(now, key, more));
  const ready =
    lines.length > 0 &&
    lines.every((line) => Number(line.quantity) > 0 && (line.cost === "" || format.parseMoney(line.cost, store.currency) !== undefined));

  /** Line by line: what was taken leaves the list, what was refused stays and says why. */
  const receive = async () => {
    setBusy(true);
    let taken = 0;
    for (const line of lines.toReversed()) {
      try {
        const cost = format.parseMoney(line.cost, store.currency);
        await writeDown(
          {
            store_id: store.id,
            kind: "receive",
            sku: line.sku,
            quantity: Number(line.quantity),
            ...(cost !== undefined && line.cost !== "" ? { cost } : {}),
            ...(line.lot ? { lot: line.lot } : {}),
            ...(line.expires ? { expires_at: endOfDay(line.expires) } : {}),
            ...(supplier ? { supplier } : {}),
          },
          line.key,
        );
        taken += 1;
        setLines((now) => now.filter((one) => one.key !== line.key));
      } catch (error) {
        const problem = asProblem(error);
        change(line.key, { fault: [problem.detail, ...problem.errors.map((fault) => fault.message)].join(" ") });
      }
    }
    setBusy(false);
    if (taken > 0) said(taken === 1 ? "One line is in the books" : `${taken} lines are in the books`);
    void client.invalidateQueries({ queryKey: ["stock", store.id] });
    void client.invalidateQueries({ queryKey: ["low-stock"] });
    field.current?.focus();
  };

  return (
    <StockPage
      title="Receive goods"
      about="Scan a barcode or a GS1 label, or type an item's name. Enter takes it; lot and date of a label go to the line."
    >
      {levels.error ? (
        <ProblemView error={levels.error} retry={() => void levels.refetch()} />
      ) : !levels.data ? (
        <Loading />
      ) : (
        <Stack>
          <Group align="flex-end" gap="sm">
            <form
              style={{ flex: 1, minWidth: 240 }}
              onSubmit={(event) => {
                event.preventDefault();
                take(scan);
              }}
            >
              <Autocomplete
                ref={field}
                size="md"
                label="Scan or type"
                leftSection={<IconBarcode size={20} />}
                placeholder="Code or name, then Enter"
                autoFocus
                data={scan.length > 0 ? [...new Set(items.map((item) => item.name))] : []}
                limit={6}
                value={scan}
                onChange={setScan}
                onOptionSubmit={take}
                selectFirstOptionOnChange={false}
              />
            </form>
            <Autocomplete
              label="From"
              placeholder="Supplier"
              size="md"
              w={{ base: "100%", xs: 220 }}
              data={suppliers.data?.map((one) => one.name) ?? []}
              value={supplier}
              onChange={setSupplier}
            />
          </Group>
          {Boolean(failure) && <ProblemView error={failure} compact />}
          {unknown && <UnknownCode store={store.id} items={items} unknown={unknown} given={take} />}
          <Card>
            {lines.length === 0 ? (
              <Empty title="Nothing scanned yet">Each scan adds a line. Pieces count up when the same code comes again.</Empty>
            ) : (
              <Stack gap="md">
                {lines.map((line) => (
                  <div key={line.key} className="receiveline">
                    <div style={{ alignSelf: "center", minWidth: 0 }}>
                      <Text size="sm" fw={600} truncate>
                        {line.name}
                      </Text>
                      <Text size="xs" c="dimmed" truncate>
                        {line.sku}
                      </Text>
                      {line.fault && (
                        <Text size="xs" style={{ color: "var(--bad-ink)" }} role="alert">
                          {line.fault}
                        </Text>
                      )}
                    </div>
                    <NumberInput
                      id={`quantity-${line.key}`}
                      label={`Quantity, ${UNIT[line.unit]}`}
                      min={1}
                      allowDecimal={false}
                      thousandSeparator=","
                      value={line.quantity}
                      onChange={(quantity) => change(line.key, { quantity })}
                      autoFocus={line.unit !== "piece"}
                    />
                    <TextInput
                      label={`Cost, ${store.currency}`}
                      inputMode="decimal"
                      placeholder="all of it"
                      value={line.cost}
                      onChange={(event) => change(line.key, { cost: event.currentTarget.value })}
                      error={line.cost !== "" && format.parseMoney(line.cost, store.currency) === undefined ? "Such as 12.50" : undefined}
                    />
                    <TextInput label="Lot" value={line.lot} onChange={(event) => change(line.key, { lot: event.currentTarget.value })} />
                    <TextInput
                      label="Good until"
                      type="date"
                      value={line.expires}
                      onChange={(event) => change(line.key, { expires: event.currentTarget.value })}
                    />
                    <ActionIcon
                      aria-label={`Leave out ${line.name}`}
                      size={36}
                      onClick={() => setLines(lines.filter((one) => one.key !== line.key))}
                    >
                      <IconTrash size={17} />
                    </ActionIcon>
                  </div>
                ))}
                <Group justify="space-between">
                  <Mark tone="quiet">{lines.length === 1 ? "1 line" : `${lines.length} lines`}</Mark>
                  <Button size="md" disabled={!ready} loading={busy} onClick={() => void receive()}>
                    Take it in
                  </Button>
                </Group>
              </Stack>
            )}
          </Card>
        </Stack>
      )}
    </StockPage>
  );
}
