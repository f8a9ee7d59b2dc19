//! Every movement of the store's stock. Entries are never changed: the books are what they say, and this page proves it when asked.

import { Text } from "@mantine/core";
import { may } from "../../access/index.ts";
import { format, http, LOCALE, money, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { PageOf } from "../../table/follow.ts";
import type { Column, Filter } from "../../table/logic.ts";
import { listed, usePages } from "../../table/pages.ts";
import { sifted } from "../../table/sift.ts";
import { useAddress } from "../../table/state.ts";
import { Empty } from "../../ui/bits.tsx";
import { StockPage, useLevels, useNames, useUnits } from "./data.tsx";
import { Proof, ProveButton, useProof } from "./Proof.tsx";
import { quantity } from "./units.ts";

type Entry = Schemas["JournalEntry"];

const KIND: Record<Schemas["MoveKind"], string> = {
  receive: "Received",
  adjust: "Corrected",
  count: "Counted",
  spoil: "Spoilt",
  expire: "Expired",
  transfer_out: "Sent away",
  transfer_in: "Came from a store",
  sale: "Sold",
  return: "Brought back",
  rfid: "Through the gate",
};

export function Journal() {
  const store = useTheStore();
  const user = useUser();
  const [{ sku, kind }] = useAddress();
  const levels = useLevels(store.id);
  const proof = useProof(store.id);
  const [name, unit] = [useNames(store.id), useUnits(store.id)];
  const looks = Boolean(sku || kind);
  const page: PageOf<Entry> = (cursor, signal) =>
    take(
      http.GET("/api/v1/inventory/{store_id}/journal", {
        params: { path: { store_id: store.id }, query: { order: "newest", limit: looks ? 100 : 50, cursor } },
        signal,
      }),
    );
  // The API filters no journal: what is looked for is looked for further back than a page.
  const fits = (entry: Entry) => (!sku || entry.moves.some((move) => move.sku === sku)) && (!kind || entry.kind === kind);
  const query = usePages(["stock", store.id, "journal", sku, kind], looks ? sifted(page, fits) : page);
  const last = query.data?.pages.at(-1)?.last;
  const columns: Column<Entry>[] = [
    {
      key: "at",
      label: "When",
      value: (entry) => entry.at,
      render: (entry) => format.moment(entry.at, LOCALE, store.time_zone),
      phone: "title",
    },
    { key: "kind", label: "What", value: (entry) => KIND[entry.kind], phone: "side" },
    {
      key: "moves",
      label: "Items",
      value: (entry) => entry.moves.map((move) => `${move.quantity} ${name(move.sku)}`).join(", "),
      render: (entry) => (
        <div>
          {shownMoves(entry, sku).map((move, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: moves have no name of their own
            <Text key={at} size="sm" className="num">
              <Text span fw={600} size="sm" style={{ color: move.quantity < 0 ? "var(--bad-ink)" : "var(--accent)" }}>
                {move.quantity < 0 ? "−" : "+"}
                {quantity(Math.abs(move.quantity), unit(move.sku))}
              </Text>{" "}
              {name(move.sku)}
            </Text>
          ))}
          {entry.moves.length > 2 && (
            <Text size="xs" c="dimmed">
              and {entry.moves.length - 2} more
            </Text>
          )}
        </div>
      ),
    },
    {
      key: "worth",
      label: "Worth",
      value: (entry) => worth(entry),
      render: (entry) => money({ amount: worth(entry), currency: store.currency }),
      right: true,
    },
    { key: "actor", label: "Who", value: (entry) => entry.actor },
    { key: "reason", label: "Why", value: (entry) => entry.reason ?? null },
    { key: "reference", label: "Reference", value: (entry) => entry.reference ?? null, extra: true },
    { key: "id", label: "No.", value: (entry) => entry.id, right: true, extra: true },
  ];
  const filters: Filter<Entry>[] = [
    {
      key: "sku",
      label: "Item",
      options: (levels.data ?? []).map((level) => ({ value: level.sku, label: level.name })),
    },
    {
      key: "kind",
      label: "What",
      options: Object.entries(KIND).map(([value, label]) => ({ value, label })),
    },
  ];
  return (
    <StockPage
      title="Journal"
      about="Every movement of stock, the newest first. Nothing is ever changed in it."
      actions={may(user, "GET /inventory/{store_id}/journal/proof") && <ProveButton proof={proof} />}
    >
      <Proof proof={proof} />
      <DataTable
        id="journal"
        label="Movements of stock"
        {...listed(query)}
        rowKey={(entry) => String(entry.id)}
        columns={columns}
        filters={filters}
        empty={<Empty title="Nothing moved yet" />}
      />
      {looks && last && query.hasNextPage && (
        <Text size="xs" c="dimmed" ta="center" mt={6} role="status">
          Looked through back to {format.moment(last.at, LOCALE, store.time_zone)}. “Show more” looks further back.
        </Text>
      )}
    </StockPage>
  );
}

/** Two of its moves, those of the item that is looked for first. */
const shownMoves = (entry: Entry, sku: string | undefined) =>
  entry.moves.toSorted((a, b) => Number(b.sku === sku) - Number(a.sku === sku)).slice(0, 2);

const worth = (entry: Entry): number => entry.moves.reduce((sum, move) => sum + move.value, 0);
