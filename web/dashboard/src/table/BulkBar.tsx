//! What can be done to all chosen rows, one after another; each says how it went.

import { Button, CloseButton, Group, List, Modal, Progress, Text } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { proved } from "../auth/proof.tsx";
import { asProblem } from "../ui/problem.tsx";

export interface Bulk<R> {
  label: string;
  /** What is asked first, where it cannot be taken back. */
  ask?: (rows: R[]) => string;
  /** Why a row is passed over. */
  skip?: (row: R) => string | undefined;
  name: (row: R) => string;
  run: (row: R) => Promise<unknown>;
  after?: () => void;
}

interface Outcome {
  key: string;
  name: string;
  state: "done" | "skipped" | "failed";
  word: string;
}

interface BulkBarProps<R> {
  rows: R[];
  actions: Bulk<R>[];
  rowKey: (row: R) => string;
  clear: () => void;
}

export function BulkBar<R>({ rows, actions, rowKey, clear }: BulkBarProps<R>) {
  const [asked, setAsked] = useState<Bulk<R> | null>(null);
  const [busy, setBusy] = useState(false);
  const [total, setTotal] = useState(0);
  const [outcomes, setOutcomes] = useState<Outcome[]>([]);
  const go = async (action: Bulk<R>) => {
    setBusy(true);
    setTotal(rows.length);
    const found: Outcome[] = [];
    for (const row of rows) {
      const [key, name] = [rowKey(row), action.name(row)];
      const reason = action.skip?.(row);
      if (reason) found.push({ key, name, state: "skipped", word: reason });
      else {
        try {
          await proved(() => action.run(row));
          found.push({ key, name, state: "done", word: "done" });
        } catch (error) {
          found.push({ key, name, state: "failed", word: asProblem(error).detail });
        }
      }
      setOutcomes([...found]);
    }
    setBusy(false);
    action.after?.();
  };
  const close = () => {
    if (busy) return;
    if (outcomes.length > 0) clear();
    setAsked(null);
    setOutcomes([]);
  };
  const count = (state: Outcome["state"]) => outcomes.filter((one) => one.state === state).length;
  return (
    <>
      {/* Rows that fit no more once it is done are gone from the table: what became of them is still said. */}
      {rows.length > 0 && (
        <div className="bulk" role="toolbar" aria-label="Chosen rows">
          <Text size="sm" fw={600}>
            {rows.length} chosen
          </Text>
          {actions.map((action) => (
            <Button key={action.label} size="xs" color="pandan.6" onClick={() => setAsked(action)}>
              {action.label}
            </Button>
          ))}
          <CloseButton size="sm" aria-label="Choose none" onClick={clear} style={{ color: "inherit" }} variant="transparent" />
        </div>
      )}
      <Modal opened={asked !== null} onClose={close} title={asked?.label}>
        {asked && outcomes.length === 0 && !busy && (
          <>
            <Text size="sm">{asked.ask?.(rows) ?? `For ${rows.length} rows, one after another.`}</Text>
            <Group justify="flex-end" mt="md">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button onClick={() => void go(asked)} data-autofocus>
                {asked.label}
              </Button>
            </Group>
          </>
        )}
        {(busy || outcomes.length > 0) && (
          <>
            <Progress value={(100 * outcomes.length) / Math.max(1, total)} aria-label="How far it is" mb="sm" />
            <Text size="sm" aria-live="polite">
              {count("done")} done, {count("skipped")} passed over, {count("failed")} failed
            </Text>
            <List size="sm" mt="sm" spacing={4} listStyleType="none" style={{ maxHeight: 280, overflowY: "auto" }}>
              {outcomes.map((one) => (
                <List.Item
                  key={one.key}
                  icon={one.state === "done" ? <IconCheck size={15} color="var(--accent)" /> : <IconX size={15} color="var(--bad-ink)" />}
                >
                  <strong>{one.name}</strong>: {one.word}
                </List.Item>
              ))}
            </List>
            <Group justify="flex-end" mt="md">
              <Button onClick={close} disabled={busy}>
                Close
              </Button>
            </Group>
          </>
        )}
      </Modal>
    </>
  );
}
