//! Adds an offer: what it gives, for which orders, how often. An offer is never changed, so it is seen in words before.

import { Alert, Button, Checkbox, Chip, Group, MultiSelect, NumberInput, Select, TagsInput, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { format, http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useAction } from "../../ui/action.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { useSegments, useTiers } from "../customers/data.ts";
import { segmentChoices } from "../customers/segments.ts";
import { useProducts } from "../menu/data.tsx";
import type { Campaign } from "./Campaigns.tsx";
import { benefitInWords, conditionsInWords, DAYS } from "./offer.ts";

type Kind = Schemas["Benefit"]["kind"];

const KINDS: Array<{ value: Kind; label: string }> = [
  { value: "percentage", label: "Per cent off" },
  { value: "amount_off", label: "An amount off the order" },
  { value: "amount_off_each", label: "An amount off each piece" },
  { value: "buy_get", label: "Buy some, get some" },
  { value: "bulk_tiers", label: "The more, the cheaper" },
];

/** Which customers an offer can be for: owners choose among tiers, who runs the chain among its segments too. */
function useChoices() {
  const user = useUser();
  const segments = useSegments(may(user, "GET /customer-segments"));
  return segmentChoices(useTiers().data ?? [], segments.data ?? []);
}

export function OfferModal({ campaign, close }: { campaign: Campaign; close: () => void }) {
  const products = useProducts();
  const categories = [...new Set(products.data?.map((product) => product.category))].sort();
  const { currency } = campaign;
  const [name, setName] = useState("");
  const [kind, setKind] = useState<Kind>("percentage");
  const [percent, setPercent] = useState<number | string>(10);
  const [amount, setAmount] = useState("");
  const [buy, setBuy] = useState<number | string>(2);
  const [get, setGet] = useState<number | string>(1);
  const [tiers, setTiers] = useState<Array<{ from: number | string; percent: number | string }>>([{ from: 6, percent: 5 }]);
  const [on, setOn] = useState<string[]>([]);
  const [coupon, setCoupon] = useState("");
  const [least, setLeast] = useState("");
  const [first, setFirst] = useState(false);
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const [days, setDays] = useState<string[]>([]);
  const [total, setTotal] = useState<number | string>("");
  const [each, setEach] = useState<number | string>("");
  const [alone, setAlone] = useState(false);
  const [segments, setSegments] = useState<string[]>([]);
  const choices = useChoices();

  const minor = format.parseMoney(amount, currency);
  const floor = least ? format.parseMoney(least, currency) : undefined;
  const selector = on.length > 0 ? { categories: on } : undefined;
  const bp = Math.round(Number(percent) * 100);
  const benefit = ((): Schemas["Benefit"] | undefined => {
    const where = selector ? { on: selector } : {};
    if (kind === "percentage") return bp > 0 && bp <= 10_000 ? { kind, percent_bp: bp, ...where } : undefined;
    if (kind === "amount_off" || kind === "amount_off_each")
      return minor ? { kind, amount: { amount: minor, currency }, ...where } : undefined;
    if (kind === "buy_get") {
      const given = Number(percent) > 0 ? bp : 10_000;
      return Number(buy) > 0 && Number(get) > 0
        ? { kind, buy: Number(buy), get: Number(get), percent_bp: given, ...(selector ? { buy_on: selector, get_on: selector } : {}) }
        : undefined;
    }
    if (kind === "bulk_tiers") {
      const steps = tiers
        .filter((tier) => Number(tier.from) > 0 && Number(tier.percent) > 0)
        .map((tier) => ({ from: Number(tier.from), percent_bp: Math.round(Number(tier.percent) * 100) }));
      return steps.length > 0 ? { kind, measure: "pieces", tiers: steps.sort((a, b) => a.from - b.from), ...where } : undefined;
    }
    return undefined;
  })();
  const conditions: Schemas["Conditions"] = {
    ...(coupon ? { coupon: coupon.trim().toUpperCase() } : {}),
    ...(floor ? { min_subtotal: { amount: floor, currency } } : {}),
    ...(first ? { first_order: true } : {}),
    ...(segments.length > 0 ? { segments } : {}),
    ...(from && until
      ? { hours: [{ from: `${from}:00`, until: `${until}:00`, ...(days.length > 0 ? { days: days as Schemas["Day"][] } : {}) }] }
      : {}),
  };
  const act = useAction(
    (body: Schemas["NewOffer"]) => take(http.POST("/api/v1/campaigns/{id}/offers", { params: { path: { id: campaign.id } }, body })),
    {
      done: "Added",
      stale: [["campaign", campaign.id]],
      quiet: true,
      onDone: close,
    },
  );
  const good = name.trim() && benefit && (!least || floor !== undefined) && Boolean(from) === Boolean(until);
  return (
    <FormModal
      title={`An offer for ${campaign.name}`}
      size="lg"
      close={close}
      action={act}
      submit="Add the offer"
      disabled={!good}
      onSubmit={() => {
        if (!benefit) return;
        act.mutate({
          name: name.trim(),
          benefit,
          conditions,
          stacking: alone ? { kind: "exclusive" } : { kind: "stackable" },
          ...(total === "" ? {} : { total_limit: Number(total) }),
          ...(each === "" ? {} : { customer_limit: Number(each) }),
        });
      }}
    >
      <TextInput
        label="Name"
        description="On quotes and receipts"
        required
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <Group grow align="flex-end">
        <Select
          label="What it gives"
          data={KINDS}
          value={kind}
          onChange={(value) => setKind((value ?? "percentage") as Kind)}
          allowDeselect={false}
        />
        {kind === "percentage" && (
          <NumberInput label="Per cent" min={0} max={100} decimalScale={2} suffix=" %" value={percent} onChange={setPercent} />
        )}
        {(kind === "amount_off" || kind === "amount_off_each") && (
          <TextInput
            label={`Amount, ${currency}`}
            inputMode="decimal"
            value={amount}
            onChange={(event) => setAmount(event.currentTarget.value)}
            error={amount && minor === undefined ? "Such as 12.50" : undefined}
          />
        )}
      </Group>
      {kind === "buy_get" && (
        <Group grow>
          <NumberInput label="Buy" min={1} value={buy} onChange={setBuy} />
          <NumberInput label="Get" min={1} value={get} onChange={setGet} />
          <NumberInput label="At per cent off" min={1} max={100} suffix=" %" value={percent} onChange={setPercent} />
        </Group>
      )}
      {kind === "bulk_tiers" &&
        tiers.map((tier, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps have no name
          <Group key={at} grow>
            <NumberInput
              label="From pieces"
              min={1}
              value={tier.from}
              onChange={(value) => setTiers(tiers.map((one, index) => (index === at ? { ...one, from: value } : one)))}
            />
            <NumberInput
              label="Per cent off"
              min={0}
              max={100}
              suffix=" %"
              value={tier.percent}
              onChange={(value) => setTiers(tiers.map((one, index) => (index === at ? { ...one, percent: value } : one)))}
            />
          </Group>
        ))}
      {kind === "bulk_tiers" && (
        <Button variant="default" size="xs" w="fit-content" onClick={() => setTiers([...tiers, { from: "", percent: "" }])}>
          Another step
        </Button>
      )}
      <TagsInput
        label="On"
        placeholder={on.length === 0 ? "Everything, or choose categories" : undefined}
        data={categories}
        value={on}
        onChange={(values) => setOn(values.filter((value) => categories.includes(value)))}
      />
      <Text size="sm" fw={600}>
        For which orders
      </Text>
      <Group grow align="flex-start">
        <TextInput
          label="Coupon"
          description="Empty: nobody has to ask"
          value={coupon}
          onChange={(event) => setCoupon(event.currentTarget.value)}
        />
        <TextInput
          label={`From a sum of, ${currency}`}
          description="By list price"
          inputMode="decimal"
          value={least}
          onChange={(event) => setLeast(event.currentTarget.value)}
          error={least && floor === undefined ? "Such as 100" : undefined}
        />
      </Group>
      <Group grow align="flex-start">
        <TextInput label="Daily from" type="time" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
        <TextInput label="until" type="time" value={until} onChange={(event) => setUntil(event.currentTarget.value)} />
      </Group>
      {from && until && (
        <Chip.Group multiple value={days} onChange={setDays}>
          <Group gap={6}>
            {DAYS.map((day) => (
              <Chip key={day} value={day} size="xs">
                {day.slice(0, 3)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      )}
      <Group grow align="flex-start">
        <NumberInput label="In all at most" placeholder="no limit" min={1} value={total} onChange={setTotal} />
        <NumberInput label="For each customer" placeholder="no limit" min={1} value={each} onChange={setEach} />
      </Group>
      {choices.length > 0 && (
        <MultiSelect
          label="For customers of"
          description="Whoever is in one of them"
          placeholder={segments.length === 0 ? "Everybody, or choose" : undefined}
          searchable
          data={choices}
          value={segments}
          onChange={setSegments}
        />
      )}
      <Checkbox label="Only for a customer's first order" checked={first} onChange={(event) => setFirst(event.currentTarget.checked)} />
      <Checkbox label="Not together with other offers" checked={alone} onChange={(event) => setAlone(event.currentTarget.checked)} />
      {benefit && (
        <Alert variant="light" color="pandan" py={8}>
          <Text size="sm">
            {[benefitInWords(benefit), ...conditionsInWords(conditions)].join(", ")}. An offer is not changed later: it is withdrawn, and
            another added.
          </Text>
        </Alert>
      )}
    </FormModal>
  );
}
