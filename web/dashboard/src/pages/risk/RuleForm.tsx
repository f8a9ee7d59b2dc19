//! A fraud rule as it is set: its test with the API's bounds, what it asks for, and what it is about.

// biome-ignore-all lint/suspicious/noThenProperty: what a rule asks for is called so by the API

import { Problem } from "@kirana/api";
import { Button, Group, MultiSelect, NumberInput, SegmentedControl, Select, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { http, type Schemas, take } from "../../api/index.ts";
import { useStores } from "../../shell/stores.tsx";
import { confirm, useAction } from "../../ui/action.tsx";
import { words } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { minutesInWords, type Rule } from "./risk.ts";
import { BOUNDS, faultsOf, newRule, ruleOf, type Test, type TypedRule, typedOf, withRule } from "./ruleForm.ts";

const TESTS: Array<{ value: Test; label: string }> = [
  { value: "amount", label: "It is a lot of money" },
  { value: "velocity", label: "The same was seen too often" },
  { value: "new_account", label: "The account is new" },
  { value: "country_mismatch", label: "Two countries are not the same" },
];

const named = (values: readonly string[]) => values.map((value) => ({ value, label: words(value) }));
const SIGNALS = named(["card", "device", "address", "network", "customer"] satisfies Schemas["Signal"][]);
const COUNTS = named(["attempts", "refusals"] satisfies Schemas["Count"][]);
const PLACES = named(["card", "network", "store"] satisfies Schemas["Place"][]);

interface RuleFormProps {
  known: Schemas["KeptRules"];
  /** The one that is changed; none where one is made. */
  rule?: Rule;
  close: () => void;
}

/** Sends the whole set, as the API takes it: not where somebody else has set another meanwhile, whose change would be lost. */
async function setRules(known: Schemas["KeptRules"], rules: Rule[]) {
  const now = await take(http.GET("/api/v1/payments/risk-rules"));
  if (now.version !== known.version)
    throw new Problem(409, "rules_changed", "The rules are others by now", "Somebody has set rules while this form was open.");
  return take(http.PUT("/api/v1/payments/risk-rules", { body: { rules } }));
}

export function RuleForm({ known, rule, close }: RuleFormProps) {
  const { stores = [] } = useStores();
  const currencies = [...new Set(stores.map((store) => store.currency))];
  const [typed, setTyped] = useState<TypedRule>(() => (rule ? typedOf(rule, currencies[0] ?? "THB") : newRule(currencies[0] ?? "THB")));
  const gateways = useQuery({ queryKey: ["gateways"], staleTime: 600_000, queryFn: () => take(http.GET("/api/v1/payments/gateways")) });
  const change = (more: Partial<TypedRule>) => setTyped({ ...typed, ...more });
  const taken = known.rules.filter(({ name }) => name !== rule?.name).map(({ name }) => name);
  const faults = faultsOf(typed, taken);
  const next = ruleOf(typed, taken);
  const act = useAction((wanted: Rule | undefined) => setRules(known, withRule(known.rules, rule?.name, wanted)), {
    done: (_, wanted) => (wanted ? "Set: it counts from the next payment on" : "Taken away"),
    stale: [["risk-rules"]],
    quiet: true,
    onDone: close,
  });
  return (
    <FormModal
      title={rule ? words(rule.name) : "New rule"}
      size="lg"
      close={close}
      action={act}
      submit="Set"
      disabled={!next}
      onSubmit={() => next && act.mutate(next)}
      beside={
        rule && (
          <Button
            variant="subtle"
            color="chili"
            onClick={() =>
              confirm(`Take ${words(rule.name)} away?`, "Payments that only this rule minds go on unseen.", "Take it away", () =>
                act.mutate(undefined),
              )
            }
          >
            Take away
          </Button>
        )
      }
    >
      <TextInput
        label="Name"
        description="Reasons call it so: lower-case letters, digits and hyphens"
        placeholder="very-large"
        required
        maxLength={BOUNDS.name}
        value={typed.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
        error={faults.name}
        data-autofocus
      />
      <Select
        label="It fires when"
        allowDeselect={false}
        data={TESTS}
        value={typed.test}
        onChange={(value) => change({ test: (value ?? "amount") as Test })}
      />
      {typed.test === "velocity" && <Velocity typed={typed} change={change} faults={faults} />}
      {typed.test === "country_mismatch" && <Countries typed={typed} change={change} faults={faults} />}
      {typed.test === "new_account" && (
        <NumberInput
          label="Younger than so many hours"
          description={`1 to ${BOUNDS.hours}: a year`}
          min={1}
          max={BOUNDS.hours}
          clampBehavior="none"
          allowDecimal={false}
          value={typed.hours}
          onChange={(hours) => change({ hours })}
          error={faults.hours}
        />
      )}
      {(typed.test === "amount" || typed.test === "new_account") && (
        <Amounts typed={typed} change={change} faults={faults} currencies={currencies} />
      )}
      <div>
        <Text size="sm" fw={500} mb={4}>
          It asks for
        </Text>
        <SegmentedControl
          fullWidth
          aria-label="It asks for"
          value={typed.then}
          onChange={(value) => change({ then: value as TypedRule["then"] })}
          data={[
            { value: "step_up", label: "Step-up: the bank asks" },
            { value: "review", label: "Review: a person looks" },
          ]}
        />
      </div>
      <MultiSelect
        label="Only by these gateways"
        description="All that move money, if none is named"
        data={named([...new Set([...(gateways.data ?? []).map(({ name }) => name), ...typed.gateways])])}
        value={typed.gateways}
        onChange={(value) => change({ gateways: value })}
      />
      <MultiSelect
        label="Only in these stores"
        description="All, if none is named"
        searchable
        data={stores.map(({ id, name }) => ({ value: id, label: name }))}
        value={typed.stores}
        onChange={(value) => change({ stores: value })}
      />
    </FormModal>
  );
}

interface PartProps {
  typed: TypedRule;
  change: (more: Partial<TypedRule>) => void;
  faults: Record<string, string>;
}

function Velocity({ typed, change, faults }: PartProps) {
  return (
    <>
      <Group grow align="flex-start">
        <NumberInput
          label="More than so many"
          min={0}
          max={BOUNDS.most}
          clampBehavior="none"
          allowDecimal={false}
          value={typed.most}
          onChange={(most) => change({ most })}
          error={faults.most}
        />
        <Select
          label="Of"
          allowDeselect={false}
          data={COUNTS}
          value={typed.count}
          onChange={(value) => change({ count: value as TypedRule["count"] })}
        />
      </Group>
      <Group grow align="flex-start">
        <Select
          label="By the same"
          allowDeselect={false}
          data={SIGNALS}
          value={typed.by}
          onChange={(value) => change({ by: value as TypedRule["by"] })}
        />
        <NumberInput
          label="Within so many minutes"
          description={typeof typed.minutes === "number" && !faults.minutes ? minutesInWords(typed.minutes) : undefined}
          inputWrapperOrder={["label", "input", "description", "error"]}
          min={1}
          max={BOUNDS.minutes}
          clampBehavior="none"
          allowDecimal={false}
          value={typed.minutes}
          onChange={(minutes) => change({ minutes })}
          error={faults.minutes}
        />
      </Group>
    </>
  );
}

function Countries({ typed, change, faults }: PartProps) {
  return (
    <Group grow align="flex-start">
      <Select
        label="The country of the"
        allowDeselect={false}
        data={PLACES}
        value={typed.one}
        onChange={(value) => change({ one: value as TypedRule["one"] })}
      />
      <Select
        label="Is not that of the"
        allowDeselect={false}
        data={PLACES}
        value={typed.other}
        onChange={(value) => change({ other: value as TypedRule["other"] })}
        error={faults.other}
      />
    </Group>
  );
}

/** Currencies that rules of no store's may be about: customers' and neighbours'. */
const FURTHER = ["EUR", "GBP", "INR", "SEK", "THB", "USD"];

/** An amount by currency. One that is left empty is not spoken of. */
function Amounts({ typed, change, faults, currencies }: PartProps & { currencies: string[] }) {
  const known = typed.over.map(({ currency }) => currency);
  const further = [...new Set([...currencies, ...FURTHER])].filter((code) => !known.includes(code));
  const set = (code: string, amount: string) =>
    change({ over: typed.over.map((one) => (one.currency === code ? { ...one, amount } : one)) });
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        {typed.test === "amount" ? "More than" : "And it pays more than; anything if nothing is said"}
      </Text>
      <div className="amounts">
        {typed.over.map(({ currency, amount }) => (
          <TextInput
            key={currency}
            aria-label={`More than, ${currency}`}
            inputMode="decimal"
            leftSection={<span className="amounts-code">{currency}</span>}
            leftSectionWidth={52}
            value={amount}
            onChange={(event) => set(currency, event.currentTarget.value)}
            error={faults[`over.${currency}`]}
          />
        ))}
        {further.length > 0 && (
          <Select
            aria-label="Another currency"
            placeholder="Another currency"
            data={further}
            value={null}
            onChange={(code) => code && change({ over: [...typed.over, { currency: code, amount: "" }] })}
          />
        )}
      </div>
    </div>
  );
}
