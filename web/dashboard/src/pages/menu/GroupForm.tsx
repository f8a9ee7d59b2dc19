//! A modifier group as it is changed, or a new one: how many are chosen, of what, and which variants have it.

import { ActionIcon, Button, Checkbox, Group, MultiSelect, NumberInput, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { confirm, useAction } from "../../ui/action.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { useProducts } from "./data.tsx";
import {
  emptyGroup,
  faultsOf,
  MOST,
  moved,
  newOption,
  requestOf,
  type TypedGroup,
  type TypedOption,
  typedOf,
  variantsFor,
} from "./groups.ts";

type OnMenu = Schemas["GroupOnMenu"];
type GroupRequest = Schemas["GroupRequest"];

const STALE = [["modifier-groups"], ["menu"], ["choices"], ["products"]];
const put = (menu_id: string, id: string, body: GroupRequest) =>
  take(http.PUT("/api/v1/modifier-groups/{menu_id}/{id}", { params: { path: { menu_id, id } }, body }));

interface GroupFormProps {
  menu: Schemas["MenuInfo"];
  of: OnMenu | undefined;
  close: () => void;
}

export function GroupForm({ menu, of, close }: GroupFormProps) {
  const user = useUser();
  const [typed, setTyped] = useState<TypedGroup>(() => (of ? typedOf(of.group, of.variants) : emptyGroup()));
  const change = (more: Partial<TypedGroup>) => setTyped({ ...typed, ...more });
  const faults = faultsOf(typed, menu.currency);
  const request = requestOf(typed, menu.currency);
  const was = of && requestOf(typedOf(of.group, of.variants), menu.currency);
  const act = useAction(
    (body: GroupRequest) =>
      of ? put(menu.id, of.group.id, body) : take(http.POST("/api/v1/modifier-groups", { body: { menu_id: menu.id, group: body } })),
    {
      done: of ? "Kept: stores ask so within seconds" : `On the menu ${menu.name}`,
      stale: STALE,
      quiet: true,
      onDone: close,
    },
  );
  const remove = useAction(
    async ({ group, variants }: OnMenu) => {
      // A group that variants have stays on its menu: they lose it first.
      if (variants.length > 0 && was) await put(menu.id, group.id, { ...was, variants: [] });
      await http.DELETE("/api/v1/modifier-groups/{menu_id}/{id}", { params: { path: { menu_id: menu.id, id: group.id } } });
    },
    { done: "Off the menu for good", stale: STALE, quiet: true, onDone: close },
  );
  const removes = of && may(user, "DELETE /modifier-groups/{menu_id}/{id}");
  return (
    <FormModal
      title={of ? of.group.name : "New group"}
      size="xl"
      close={close}
      action={{ error: act.error ?? remove.error, isPending: act.isPending }}
      submit={of ? "Keep" : "Make it"}
      disabled={!request}
      onSubmit={() => request && act.mutate(request)}
      beside={
        removes && (
          <Button variant="subtle" color="chili" loading={remove.isPending} onClick={() => asked(of, () => remove.mutate(of))}>
            Delete
          </Button>
        )
      }
    >
      <TextInput
        label="Name"
        description="What customers are asked, such as “Choose your topping”"
        required
        maxLength={100}
        value={typed.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
        data-autofocus
      />
      <Group grow align="flex-start">
        <NumberInput
          label="At least"
          description="How many must be chosen"
          min={0}
          max={MOST}
          allowDecimal={false}
          value={typed.min}
          onChange={(min) => change({ min })}
        />
        <NumberInput
          label="At most"
          description="How many may be chosen"
          min={1}
          max={MOST}
          allowDecimal={false}
          value={typed.max}
          onChange={(max) => change({ max })}
          error={faults.max}
        />
      </Group>
      <Options options={typed.options} currency={menu.currency} faults={faults} change={(options) => change({ options })} />
      <Variants currency={menu.currency} value={typed.variants} change={(variants) => change({ variants })} />
    </FormModal>
  );
}

/** Deleting is asked about with what goes along. */
function asked({ group, variants }: OnMenu, go: () => void) {
  const have = variants.length === 1 ? "One variant has it and loses" : `${variants.length} variants have it and lose`;
  confirm(
    `Delete ${group.name}?`,
    `${variants.length > 0 ? `${have} it at once. ` : ""}It leaves the menu of every store, for good. Orders that were made with it keep it.`,
    "Delete",
    go,
  );
}

interface OptionsProps {
  options: TypedOption[];
  currency: string;
  faults: Record<string, string>;
  change: (options: TypedOption[]) => void;
}

function Options({ options, currency, faults, change }: OptionsProps) {
  const set = (key: string, more: Partial<TypedOption>) => change(options.map((one) => (one.key === key ? { ...one, ...more } : one)));
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
      <Text component="legend" size="sm" fw={600} mb={6}>
        Options, in the order they are shown
      </Text>
      <Stack gap="xs">
        {options.map((one, at) => {
          const called = one.name.trim() || `option ${at + 1}`;
          return (
            <div key={one.key} className="card" style={{ padding: 10 }}>
              <Group gap="xs" align="flex-start">
                <TextInput
                  style={{ flex: "1 1 170px" }}
                  label="Option"
                  maxLength={100}
                  value={one.name}
                  onChange={(event) => set(one.key, { name: event.currentTarget.value })}
                  error={faults[`${one.key}.name`]}
                />
                <TextInput
                  w={110}
                  label={`Price, ${currency}`}
                  inputMode="decimal"
                  value={one.price}
                  onChange={(event) => set(one.key, { price: event.currentTarget.value })}
                  error={faults[`${one.key}.price`]}
                />
              </Group>
              <Group justify="space-between" mt={8} gap="xs">
                <Group gap="md">
                  <Checkbox
                    size="xs"
                    label="Chosen beforehand"
                    checked={one.preselected}
                    onChange={(event) => set(one.key, { preselected: event.currentTarget.checked })}
                  />
                  <Checkbox
                    size="xs"
                    label="For adults only"
                    checked={one.adults}
                    onChange={(event) => set(one.key, { adults: event.currentTarget.checked })}
                  />
                </Group>
                <Group gap={4} wrap="nowrap" ml="auto">
                  <ActionIcon aria-label={`${called} up`} disabled={at === 0} onClick={() => change(moved(options, at, -1))}>
                    <IconArrowUp size={16} />
                  </ActionIcon>
                  <ActionIcon
                    aria-label={`${called} down`}
                    disabled={at === options.length - 1}
                    onClick={() => change(moved(options, at, 1))}
                  >
                    <IconArrowDown size={16} />
                  </ActionIcon>
                  <Tooltip label={options.length === 1 ? "A group has one option at least" : "Take it out: orders made with it keep it"}>
                    <ActionIcon
                      color="chili"
                      aria-label={`Take out ${called}`}
                      disabled={options.length === 1}
                      onClick={() => change(options.filter((other) => other.key !== one.key))}
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
                  </Tooltip>
                </Group>
              </Group>
            </div>
          );
        })}
        {faults.options && (
          <Text size="sm" c="var(--bad-ink)" role="alert">
            {faults.options}
          </Text>
        )}
        <Button variant="default" disabled={options.length >= MOST} onClick={() => change([...options, newOption()])}>
          Another option
        </Button>
      </Stack>
    </fieldset>
  );
}

/** Which variants have the group. */
function Variants({ currency, value, change }: { currency: string; value: string[]; change: (skus: string[]) => void }) {
  const products = useProducts();
  if (products.error) return <ProblemView error={products.error} retry={() => void products.refetch()} compact />;
  return (
    <MultiSelect
      label="Variants that have it"
      description="Customers are asked when they choose one of these"
      data={variantsFor(products.data ?? [], currency, value)}
      value={value}
      onChange={change}
      searchable
      clearable
      hidePickedOptions
      limit={60}
      nothingFoundMessage="No such variant"
      clearButtonProps={{ "aria-label": "None has it" }}
    />
  );
}
