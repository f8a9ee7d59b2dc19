//! Addresses that take no letters: nothing is sent there until an admin says that the mailbox is mended.

import { http, type Schemas, take } from "../../api/index.ts";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { listed, usePages } from "../../table/pages.ts";
import { Empty, Mark, When, words } from "../../ui/bits.tsx";
import { CustomersPage } from "./CustomersPage.tsx";

type Unreachable = Schemas["Unreachable"];

/** What a provider's word means, where that is known. */
const REASONS: Record<string, string> = {
  HardBounce: "There is no such mailbox",
  SpamComplaint: "Letters are not wanted",
};

/** Who says that letters are unwanted is not to be written to again lightly: the other faults may be mended. */
const unwanted = (one: Unreachable) => one.reason === "SpamComplaint";

const COLUMNS: Column<Unreachable>[] = [
  { key: "address", label: "Address", value: (one) => one.address, phone: "title" },
  {
    key: "reason",
    label: "Why",
    value: (one) => REASONS[one.reason] ?? one.reason,
    render: (one) => <Mark tone={unwanted(one) ? "bad" : "warm"}>{REASONS[one.reason] ?? one.reason}</Mark>,
    phone: "side",
  },
  { key: "provider", label: "Says", value: (one) => words(one.provider) },
  { key: "at", label: "Since", value: (one) => one.at, render: (one) => <When at={one.at} />, right: true },
];

export function UnreachablePage() {
  const query = usePages(["unreachable"], (cursor, signal) =>
    take(http.GET("/api/v1/notifications/unreachable", { params: { query: { limit: 100, cursor } }, signal })),
  );
  return (
    <CustomersPage
      title="Letters that come back"
      about="Nothing is sent to these addresses. Once a mailbox is mended, letters may go there again."
    >
      <DataTable
        id="unreachable"
        label="Addresses that take no letters"
        {...listed(query)}
        rowKey={(one) => one.user_id}
        columns={COLUMNS}
        empty={<Empty title="Every letter arrives">Addresses where letters bounce, or are not wanted, are listed here.</Empty>}
        bulk={[
          {
            label: "Let letters go again",
            name: (one) => one.address,
            ask: (rows) =>
              rows.some(unwanted)
                ? "Some of them said that they do not want letters: only where they have asked for them since."
                : `Letters go to ${rows.length === 1 ? "this address" : `these ${rows.length} addresses`} again. Those that were not sent are tried once more.`,
            run: (one) => http.DELETE("/api/v1/notifications/unreachable/{user_id}", { params: { path: { user_id: one.user_id } } }),
            after: () => void query.refetch(),
          },
        ]}
      />
    </CustomersPage>
  );
}
