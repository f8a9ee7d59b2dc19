//! One royalty statement, as one reads a bill: whose, for which days, how its base comes about, each line, and what is to pay.

import { Button, Text } from "@mantine/core";
import { IconDownload, IconPrinter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { format, http, LOCALE, money, type Schemas, take } from "../../api/index.ts";
import { useScope, useStores } from "../../shell/stores.tsx";
import { download } from "../../table/Export.tsx";
import { csv } from "../../table/logic.ts";
import { Card, Empty, Facts, Loading, Mark } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { useAgreement, useFranchise } from "./franchise.ts";
import { MoneyPage } from "./MoneyPage.tsx";
import { agrees, readOff } from "./madeBy.ts";
import { Terms } from "./RoyaltyTerms.tsx";
import { against, BILL_SHEET, type BillLine, billOf, daysOf } from "./royalty.ts";

type Detail = Schemas["RoyaltyDetail"];

export function RoyaltyStatement() {
  const { period = "" } = useParams({ strict: false });
  const scope = useScope();
  const { id, name, waiting, chain, zone } = useFranchise();
  const query = useQuery({
    queryKey: ["royalties", id, "of", period],
    enabled: id !== undefined,
    queryFn: () => take(http.GET("/api/v1/franchisees/{id}/royalties/{period}", { params: { path: { id: id ?? "", period } } })),
  });
  const title = `Royalty statement ${period}`;
  const back = (
    <Link className="quiet-link noprint" to={`/${scope}/money/royalties${chain && id ? `?franchisee=${id}` : ""}`}>
      All statements
    </Link>
  );
  if (query.error)
    return (
      <MoneyPage title={title}>
        <ProblemView error={query.error} retry={() => void query.refetch()} />
        {back}
      </MoneyPage>
    );
  if (!query.data) return <MoneyPage title={title}>{id || waiting ? <Loading /> : <Empty title="No franchise">{back}</Empty>}</MoneyPage>;
  const { posted, posted_at } = query.data;
  const bill = billOf(posted.statement);
  const save = () => download(`royalties-${posted.period.name}.csv`, csv([...bill.basis, ...bill.owed], BILL_SHEET));
  return (
    <MoneyPage
      title={title}
      about={[name, daysOf(posted.period, zone), `drawn ${format.day(posted_at, LOCALE, zone)}`].filter(Boolean).join(" · ")}
      actions={
        <>
          <Button variant="default" leftSection={<IconDownload size={16} />} onClick={save}>
            CSV
          </Button>
          <Button variant="default" leftSection={<IconPrinter size={16} />} onClick={() => window.print()}>
            Print
          </Button>
        </>
      }
    >
      <div className="two">
        <Card>
          <Part title="What it is reckoned from" lines={bill.basis} />
          <Part title="What is owed for it" lines={bill.owed} />
        </Card>
        <div className="grid">
          <MadeBy of={posted.statement} franchisee={id} />
          <Compared detail={query.data} zone={zone} />
          <Earned stores={posted.stores} />
          {back}
        </div>
      </div>
    </MoneyPage>
  );
}

/** A part of the bill: its lines, and what they come to. */
function Part({ title, lines }: { title: string; lines: BillLine[] }) {
  return (
    <section className="bill">
      <table>
        <caption>{title}</caption>
        <thead className="skip">
          <tr>
            <th scope="col">Line</th>
            <th scope="col">Amount</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.key} data-sum={line.sum}>
              <th scope="row">
                {line.label}
                {line.of && (
                  <small>
                    {line.rate ? `${line.rate} of ` : "of "}
                    {money(line.of)}
                  </small>
                )}
              </th>
              <td>{money(line.amount)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The terms: today's where they make this statement, and otherwise what its own lines say, as a statement keeps its figures only. */
function MadeBy({ of, franchisee }: { of: Schemas["RoyaltyStatement"]; franchisee: string | undefined }) {
  const { data: today, isPending } = useAgreement(franchisee);
  const same = today && agrees(of, today);
  if (isPending)
    return (
      <Card title="Terms it was made by">
        <Loading lines={4} />
      </Card>
    );
  return (
    <Card title="Terms it was made by" aside={same === false && <Mark tone="warm">Others today</Mark>}>
      {same ? <Terms agreement={today} /> : <Facts of={readOff(of)} />}
      <Text size="xs" c="dimmed" mt={10}>
        {same
          ? "The terms of today, which come to these figures."
          : "Read off its lines. The terms of today are on the page of all statements."}
      </Text>
    </Card>
  );
}

/** Beside the statement before it, and the year up to it. */
function Compared({ detail, zone }: { detail: Detail; zone?: string }) {
  const { statement } = detail.posted;
  const { previous, year_to_date: year } = detail;
  const change = previous && against(statement.total, previous.figures.total);
  return (
    <Card title="Beside others">
      <Facts
        of={[
          [
            previous ? `Before, ${previous.period.name}` : "Before",
            previous ? `${money(previous.figures.total)} to pay of ${money(previous.figures.base)}` : "This is the first",
          ],
          ["Its days", previous ? daysOf(previous.period, zone) : null],
          ["Against it", change ? `${change} to pay` : null],
          [`In ${year.year}`, year.statements === 1 ? "1 statement" : `${year.statements} statements`],
          ["Counted so far", money(year.figures.base)],
          ["Royalty so far", money(year.figures.royalty)],
          ["Marketing so far", money(year.figures.marketing)],
          ["Taxes so far", year.figures.taxes.amount ? money(year.figures.taxes) : null],
          ["To pay so far", <strong key="t">{money(year.figures.total)}</strong>],
        ]}
      />
    </Card>
  );
}

/** What each store brought in: it is the franchisee's, before what is owed is taken. */
function Earned({ stores: earned }: { stores: Schemas["StoreResult"][] }) {
  const { data: stores = [] } = useStores();
  const name = (id: string) => stores.find((store) => store.id === id)?.name ?? "Another store";
  return (
    <Card title="What the stores earned">
      {earned.length === 0 ? (
        <Empty title="Nothing in this period" />
      ) : (
        <Facts of={earned.map((one) => [name(one.store_id), money(one.amount)])} />
      )}
    </Card>
  );
}
