//! The chain's fraud rules: when each fires and what it then asks for; changed by who runs the chain, one at a time.

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { useUser } from "../../auth/session.ts";
import { useScope, useStores } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column, Filter } from "../../table/logic.ts";
import { Empty, Mark, words } from "../../ui/bits.tsx";
import { MoneyPage } from "../money/MoneyPage.tsx";
import { useRules } from "./data.ts";
import { RuleForm } from "./RuleForm.tsx";
import { type Rule, ruleInWords, VERDICT } from "./risk.ts";
import { BOUNDS } from "./ruleForm.ts";

export function Rules() {
  const user = useUser();
  const base = `/${useScope()}/money/review`;
  const { stores = [] } = useStores();
  const query = useRules();
  const [opened, setOpened] = useState<Rule | "new" | null>(null);
  const rules = query.data?.rules;
  const edits = may(user, "PUT /payments/risk-rules");
  const place = (id: string) => stores.find((store) => store.id === id)?.name ?? "another store";
  const columns: Column<Rule>[] = [
    { key: "name", label: "Rule", value: (rule) => words(rule.name), phone: "title" },
    {
      key: "then",
      label: "Asks for",
      value: (rule) => VERDICT[rule.then].word,
      render: (rule) => <Mark tone={VERDICT[rule.then].tone}>{VERDICT[rule.then].word}</Mark>,
      phone: "side",
    },
    { key: "test", label: "Fires when", value: ruleInWords },
    { key: "gateways", label: "Gateways", value: (rule) => rule.gateways?.map(words).join(", ") || "Moving money" },
    { key: "stores", label: "Stores", value: (rule) => rule.stores?.map(place).join(", ") || "All" },
  ];
  const filters: Filter<Rule>[] = [
    {
      key: "then",
      label: "Asks for",
      options: (["step_up", "review"] as const).map((value) => ({ value, label: VERDICT[value].word })),
      passes: (rule, value) => rule.then === value,
    },
  ];
  const version = query.data?.version;
  return (
    <MoneyPage
      title="Fraud rules"
      mark={version === undefined ? undefined : <Mark tone="quiet">{version === 0 ? "Set by nobody yet" : `Version ${version}`}</Mark>}
      about="The strictest rule that fires decides: step-up has the bank ask whoever pays, review has a person look first. They count from the next payment on."
      actions={
        <>
          <Button variant="default" renderRoot={(props) => <Link to={base} {...props} />}>
            Payments to review
          </Button>
          {edits && rules && rules.length < BOUNDS.rules && <Button onClick={() => setOpened("new")}>New rule</Button>}
        </>
      }
    >
      <DataTable
        id="risk-rules"
        label="Fraud rules"
        rows={rules}
        rowKey={(rule) => rule.name}
        columns={columns}
        filters={filters}
        onOpen={edits ? setOpened : undefined}
        error={query.error}
        retry={() => void query.refetch()}
        empty={<Empty title="No rules">Every payment goes on unseen. A new rule says which do not.</Empty>}
      />
      {opened && query.data && <RuleForm known={query.data} rule={opened === "new" ? undefined : opened} close={() => setOpened(null)} />}
    </MoneyPage>
  );
}
