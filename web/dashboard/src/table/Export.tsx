//! A table as a file: at once where all of it is loaded, else once the list has been read to its end, which can be stopped.

import { ActionIcon, Button, Group, Progress, Text, Tooltip } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { LOCALE } from "../api/index.ts";
import { said } from "../ui/action.tsx";
import { ProblemView } from "../ui/problem.tsx";
import { Modal } from "../ui/Window.tsx";
import { follow, type PageOf } from "./follow.ts";
import { type Column, csv } from "./logic.ts";

interface ExportProps<R> {
  /** Names the file. */
  id: string;
  /** What is loaded and shown. */
  rows: readonly R[];
  shown: ReadonlyArray<Column<R>>;
  /** Asks for all of the list; absent where all of it is loaded. */
  page?: PageOf<R>;
  /** Filters and sorts all of it as the table does with what is loaded. */
  arrange: (rows: readonly R[]) => R[];
}

export function Export<R>({ id, rows, shown, page, arrange }: ExportProps<R>) {
  const [reading, setReading] = useState(false);
  const write = (found: readonly R[]) => download(`${id}.csv`, csv(found, shown));
  return (
    <>
      <Tooltip label={page ? "Export all that match (CSV)" : "Export what is shown (CSV)"}>
        <ActionIcon
          aria-label="Export CSV"
          size="md"
          disabled={rows.length === 0 && !page}
          onClick={() => (page ? setReading(true) : write(rows))}
        >
          <IconDownload size={17} />
        </ActionIcon>
      </Tooltip>
      {reading && page && (
        <Reading
          page={page}
          done={(all) => {
            setReading(false);
            const found = arrange(all);
            write(found);
            said(found.length === 1 ? "One row exported" : `${found.length.toLocaleString(LOCALE)} rows exported`);
          }}
          close={() => setReading(false)}
        />
      )}
    </>
  );
}

interface ReadingProps<R> {
  page: PageOf<R>;
  done: (rows: R[]) => void;
  close: () => void;
}

function Reading<R>({ page, done, close }: ReadingProps<R>) {
  const [read, setRead] = useState(0);
  const [error, setError] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  // What is exported is what was asked for when the button was pressed: the page may draw itself anew meanwhile.
  const [asked] = useState(() => ({ page, done }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn is another try
  useEffect(() => {
    const stop = new AbortController();
    follow(asked.page, { signal: stop.signal, heard: setRead }).then(
      (rows) => !stop.signal.aborted && asked.done(rows),
      (problem: unknown) => !stop.signal.aborted && setError(problem),
    );
    return () => stop.abort();
  }, [asked, turn]);
  const again = () => {
    setError(undefined);
    setRead(0);
    setTurn(turn + 1);
  };
  return (
    <Modal opened onClose={close} title="Export" closeOnClickOutside={false}>
      {error ? (
        <ProblemView error={error} retry={again} />
      ) : (
        <>
          <Text size="sm">All rows that match are read, also those that are not on the screen.</Text>
          <Progress value={100} animated my="sm" aria-label="Reading" />
          <Text size="sm" aria-live="polite" className="num">
            {read.toLocaleString(LOCALE)} rows read
          </Text>
        </>
      )}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={close} data-autofocus>
          {error ? "Close" : "Stop"}
        </Button>
      </Group>
    </Modal>
  );
}

/** Hands a file to the browser. The mark in front lets spreadsheets know that it is UTF-8. */
export function download(name: string, text: string, type = "text/csv"): void {
  const address = URL.createObjectURL(new Blob(["\ufeff", text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
