//! A table as people expect it: search, filters, sort, columns, saved views, bulk actions, export. Cards on a phone.

import { Checkbox, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { Empty, Loading, More } from "../ui/bits.tsx";
import { ProblemView } from "../ui/problem.tsx";
import { type Bulk, BulkBar } from "./BulkBar.tsx";
import type { PageOf } from "./follow.ts";
import { amongLoaded, type Column, type Filter, filtered, nextSort, sortBy } from "./logic.ts";
import { useKept, useTableAddress } from "./state.ts";
import { TableBar } from "./TableBar.tsx";

export interface TableProps<R> {
  /** Names the table where columns and views are kept. */
  id: string;
  label: string;
  rows: readonly R[] | undefined;
  rowKey: (row: R) => string;
  columns: ReadonlyArray<Column<R>>;
  filters?: ReadonlyArray<Filter<R>>;
  /** Where a row leads. */
  to?: (row: R) => string | undefined;
  onOpen?: (row: R) => void;
  error?: unknown;
  retry?: () => void;
  more?: { has: boolean; busy: boolean; load: () => void };
  /** Asks for the list page by page, as the API filters it: an export reads it to its end. */
  page?: PageOf<R>;
  /** Who looks for the words that are typed: the table among what is loaded, or the API among everything. */
  searched?: "table" | "api";
  /** What the field for words says that it looks for. */
  placeholder?: string;
  /** What is said of a search where it is neither wholly. */
  note?: string;
  bulk?: Bulk<R>[];
  empty?: ReactNode;
  /** How rows are sorted while nobody chose otherwise. */
  sort?: string;
  tools?: ReactNode;
  /** Short lists need no bar. */
  bare?: boolean;
  /** Not the main table of its page: what it says in the address begins with its `id`, so that the main one does not hear it. */
  beside?: boolean;
}

export function DataTable<R>(props: TableProps<R>) {
  const { id, rows, columns, filters = [], rowKey, bulk = [] } = props;
  const prefix = props.beside ? id : undefined;
  const [search, change] = useTableAddress(prefix);
  const usual = columns.filter((column) => !column.extra).map((column) => column.key);
  const [chosen, choose] = useKept<string[]>(`columns.${id}`, usual);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const navigate = useNavigate();
  // One of both is drawn: a long table has thousands of elements.
  const phone = useMediaQuery("(max-width: 47.99em)", undefined, { getInitialValueInEffect: false });
  const sort = search.sort ?? props.sort;
  const shown = columns.filter((column) => chosen.includes(column.key));
  // What the API has looked for may be in what the table does not show.
  const words = props.searched === "api" ? { ...search, q: undefined } : search;
  const arrange = (all: readonly R[]) => sortBy(filtered(all, columns, filters, words), columns, sort);
  const visible = rows && arrange(rows);
  const told = props.more?.has ? amongLoaded(rows?.length ?? 0, { sort, columns, filters, search: words, note: props.note }) : undefined;
  const narrowed = Boolean(search.q) || filters.some((filter) => search[filter.key]);
  const open = (row: R) => {
    const to = props.to?.(row);
    if (to) void navigate({ to });
    else props.onOpen?.(row);
  };
  const opens = Boolean(props.to ?? props.onOpen);
  const pick = (key: string, on: boolean) => {
    const next = new Set(picked);
    if (on) next.add(key);
    else next.delete(key);
    setPicked(next);
  };
  const pickedRows = (visible ?? []).filter((row) => picked.has(rowKey(row)));

  return (
    <div>
      {!props.bare && (
        <TableBar
          id={id}
          prefix={prefix}
          columns={columns}
          chosen={chosen}
          choose={choose}
          usual={usual}
          filters={filters}
          rows={visible ?? []}
          shown={shown}
          page={props.more?.has ? props.page : undefined}
          arrange={arrange}
          placeholder={props.placeholder}
          tools={props.tools}
        />
      )}
      {told && visible && (
        <Text size="xs" c="dimmed" mb={6} role="note" data-among-loaded>
          {told}
        </Text>
      )}
      {Boolean(props.error) && <ProblemView error={props.error} retry={props.retry} />}
      {/* What was there stays, though it could not be had again: it is old, and not wrong. */}
      {!visible || (props.error && rows?.length === 0) ? (
        !props.error && <Loading />
      ) : visible.length === 0 ? (
        <div className="tablewrap">
          {narrowed ? (
            <Empty title="Nothing fits these filters">
              {props.more?.has
                ? "Only what has been loaded was looked through: show more, or take a filter off."
                : "Take a filter off to see more."}
            </Empty>
          ) : (
            (props.empty ?? <Empty title="Nothing here yet" />)
          )}
        </div>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by key
        <section className="tablewrap hascards" aria-label={props.label} tabIndex={0}>
          {!phone && (
            <table className="table">
              <caption className="skip">{props.label}</caption>
              <thead>
                <tr>
                  {bulk.length > 0 && (
                    <th style={{ width: 36 }}>
                      <Checkbox
                        size="xs"
                        aria-label="Choose all rows"
                        checked={pickedRows.length === visible.length}
                        indeterminate={pickedRows.length > 0 && pickedRows.length < visible.length}
                        onChange={(event) => setPicked(new Set(event.currentTarget.checked ? visible.map(rowKey) : []))}
                      />
                    </th>
                  )}
                  {shown.map((column) => {
                    const way = sort === column.key ? "ascending" : sort === `-${column.key}` ? "descending" : undefined;
                    return (
                      <th key={column.key} aria-sort={way} data-right={column.right || undefined}>
                        <button type="button" className="sorter" onClick={() => change({ sort: nextSort(sort, column.key) })}>
                          {column.label}
                          {way === "ascending" && <IconArrowUp size={13} aria-hidden />}
                          {way === "descending" && <IconArrowDown size={13} aria-hidden />}
                        </button>
                      </th>
                    );
                  })}
                </tr>
              </thead>
              <tbody>
                {visible.map((row) => (
                  <tr
                    key={rowKey(row)}
                    data-open={opens || undefined}
                    onClick={(event) => {
                      if (opens && !(event.target as HTMLElement).closest("a,button,input,label")) open(row);
                    }}
                  >
                    {bulk.length > 0 && (
                      <td>
                        <Checkbox
                          size="xs"
                          aria-label="Choose this row"
                          checked={picked.has(rowKey(row))}
                          onChange={(event) => pick(rowKey(row), event.currentTarget.checked)}
                        />
                      </td>
                    )}
                    {shown.map((column, at) => (
                      <td key={column.key} data-right={column.right || undefined}>
                        {at === 0 && opens ? <Opener row={row} column={column} to={props.to?.(row)} open={open} /> : shownCell(row, column)}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          {phone && (
            <div className="cards">
              {visible.map((row) => (
                <PhoneCard key={rowKey(row)} row={row} columns={shown} to={props.to?.(row)} open={props.onOpen} />
              ))}
            </div>
          )}
        </section>
      )}
      {bulk.length > 0 && <BulkBar rows={pickedRows} actions={bulk} rowKey={rowKey} clear={() => setPicked(new Set())} />}
      {props.more && visible && <More {...props.more} />}
    </div>
  );
}

export function shownCell<R>(row: R, column: Column<R>): ReactNode {
  if (column.render) return column.render(row);
  const value = column.value(row);
  return value === null || value === undefined || value === "" ? <span aria-hidden>—</span> : value;
}

function Opener<R>({ row, column, to, open }: { row: R; column: Column<R>; to?: string; open: (row: R) => void }) {
  if (to) {
    return (
      <Link to={to} className="rowlink">
        {shownCell(row, column)}
      </Link>
    );
  }
  return (
    <button type="button" className="sorter rowlink" onClick={() => open(row)}>
      {shownCell(row, column)}
    </button>
  );
}

/** A row as a card: the first column and those at the side on top, the others below. Its first column opens it wherever it is pressed, but for
 * what leads elsewhere: nothing that can be pressed is within another. */
function PhoneCard<R>({ row, columns, to, open }: { row: R; columns: ReadonlyArray<Column<R>>; to?: string; open?: (row: R) => void }) {
  const title = columns.find((column) => column.phone === "title") ?? columns[0];
  const side = columns.filter((column) => column.phone === "side");
  const rest = columns.filter((column) => column !== title && !side.includes(column) && column.phone !== "none");
  if (!title) return null;
  return (
    <div className="card rowcard">
      <div className="rowcard-top">
        <strong>{to || open ? <Opener row={row} column={title} to={to} open={(one) => open?.(one)} /> : shownCell(row, title)}</strong>
        <span className="rowcard-side">
          {side.map((column) => (
            <span key={column.key}>{shownCell(row, column)}</span>
          ))}
        </span>
      </div>
      <div className="rowcard-rest">
        {rest.map((column) => (
          <span key={column.key}>
            <span style={{ color: "var(--soft)" }}>{column.label} </span>
            {shownCell(row, column)}
          </span>
        ))}
      </div>
    </div>
  );
}
