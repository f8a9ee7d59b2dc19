//! Royalties: a franchisee's statements, the newest first, its terms, and what the chain does about them.

import { isProblem } from "@kirana/api";
import { Button, Select } from "@mantine/core";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { listed, usePages } from "../../table/pages.ts";
import { useAddress } from "../../table/state.ts";
import { Card, Empty, Loading, When } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { sheetAmount } from "./accounts.ts";
import { amountColumn } from "./columns.tsx";
import { useAgreement, useFranchise } from "./franchise.ts";
import { MoneyPage } from "./MoneyPage.tsx";
import { PayoutModal } from "./Payout.tsx";
import { DrawStatement } from "./RoyaltyDraw.tsx";
import { Terms, TermsModal } from "./RoyaltyTerms.tsx";
import { daysOf } from "./royalty.ts";

type Summary = Schemas["RoyaltySummary"];

export function Royalties() {
  const user = useUser();
  const [, change] = useAddress();
  const { id, franchisees = [], chain, waiting, currency, zone } = useFranchise();
  const [task, setTask] = useState<"terms" | "statement" | "payout" | null>(null);
  const agreement = useAgreement(id);
  const none = isProblem(agreement.error) && agreement.error.status === 404;
  const close = () => setTask(null);
  return (
    <MoneyPage
      title="Royalties"
      about="What a franchise owes for each period, drawn on closed books."
      actions={
        <>
          {chain && (
            <Select
              aria-label="Franchisee"
              data={franchisees.map((one) => ({ value: one.id, label: one.name }))}
              value={id ?? null}
              onChange={(value) => change({ franchisee: value ?? undefined })}
              allowDeselect={false}
            />
          )}
          {id && may(user, "PUT /franchisees/{id}/royalty-agreement") && (
            <Button variant="default" onClick={() => setTask("terms")}>
              {none ? "Set terms" : "Change terms"}
            </Button>
          )}
          {id && agreement.data && may(user, "POST /franchisees/{id}/payouts") && (
            <Button variant="default" onClick={() => setTask("payout")}>
              Pay out
            </Button>
          )}
          {id && agreement.data && may(user, "POST /franchisees/{id}/royalties") && (
            <Button onClick={() => setTask("statement")}>Draw a statement</Button>
          )}
        </>
      }
    >
      <div className="grid">
        {id ? (
          <Statements id={id} chain={chain} zone={zone} />
        ) : waiting ? (
          <Loading />
        ) : (
          <Card>
            <Empty title="No franchise">Statements are drawn for whoever has a franchise.</Empty>
          </Card>
        )}
        {id && (
          <Card title="Terms today">
            {none ? (
              <Empty title="No terms yet">The chain sets what of a sale counts, the rate, and the marketing fee.</Empty>
            ) : agreement.error ? (
              <ProblemView error={agreement.error} retry={() => void agreement.refetch()} />
            ) : !agreement.data ? (
              <Loading lines={4} />
            ) : (
              <Terms agreement={agreement.data} />
            )}
          </Card>
        )}
      </div>
      {task === "terms" && id && <TermsModal id={id} agreement={agreement.data} currency={currency} close={close} />}
      {task === "statement" && id && <DrawStatement id={id} close={close} />}
      {task === "payout" && id && <PayoutModal id={id} currency={currency} close={close} />}
    </MoneyPage>
  );
}

/** Closed periods, each with what it came to. */
function Statements({ id, chain, zone }: { id: string; chain: boolean; zone?: string }) {
  const scope = useScope();
  const query = usePages(["royalties", id], (cursor, signal) =>
    take(http.GET("/api/v1/franchisees/{id}/royalties", { params: { path: { id }, query: { limit: 24, cursor } }, signal })),
  );
  const amount = (key: keyof Summary["figures"], label: string, more: Partial<Column<Summary>> = {}) =>
    amountColumn<Summary>(key, label, (one) => one.figures[key], { text: (one) => sheetAmount(one.figures[key]), ...more });
  const columns: Column<Summary>[] = [
    { key: "period", label: "Period", value: (one) => one.period.name, phone: "title" },
    {
      key: "days",
      label: "Days",
      value: (one) => one.period.from,
      text: (one) => daysOf(one.period, zone),
      render: (one) => daysOf(one.period, zone),
    },
    amount("sales", "Sales"),
    amount("base", "What counts"),
    amount("royalty", "Royalty"),
    amount("marketing", "Marketing fund"),
    amount("taxes", "Taxes", { extra: true }),
    amount("total", "To pay", { phone: "side" }),
    { key: "currency", label: "Currency", value: (one) => one.figures.total.currency, extra: true },
    { key: "posted", label: "Drawn", value: (one) => one.posted_at, render: (one) => <When at={one.posted_at} />, right: true },
  ];
  return (
    <DataTable
      id="royalties"
      label="Royalty statements"
      {...listed(query)}
      rowKey={(one) => one.period.name}
      columns={columns}
      to={(one) => `/${scope}/money/royalties/${encodeURIComponent(one.period.name)}${chain ? `?franchisee=${id}` : ""}`}
      empty={
        <Empty title="No statement yet">
          {chain
            ? "Once a period of the ledger is closed, its statement can be drawn."
            : "The chain draws one for each period that is over."}
        </Empty>
      }
    />
  );
}
