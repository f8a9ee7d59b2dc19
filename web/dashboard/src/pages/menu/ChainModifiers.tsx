//! The chain's modifier groups, one menu at a time: what customers choose with an item, of what, and which items ask.

import { Button, Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { may } from "../../access/index.ts";
import { http, money, type Schemas, take } from "../../api/index.ts";
import { useUser } from "../../auth/session.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { useAddress } from "../../table/state.ts";
import { Empty, Loading } from "../../ui/bits.tsx";
import { ProblemView } from "../../ui/problem.tsx";
import { MenuFrame, useMenus } from "./data.tsx";
import { GroupForm } from "./GroupForm.tsx";
import { rule } from "./groups.ts";

type OnMenu = Schemas["GroupOnMenu"];

const prices = ({ group }: OnMenu) => group.modifiers.map((one) => one.price).sort((a, b) => a.amount - b.amount);

/** `free`, `+฿15`, `free to +฿20`: what options of a group cost. */
function range(one: OnMenu): string {
  const [least, most] = [prices(one)[0], prices(one).at(-1)];
  const word = (price: Schemas["Money"] | undefined) => (price?.amount ? `+${money(price, true)}` : "free");
  return least?.amount === most?.amount ? word(least) : `${word(least)} to ${word(most)}`;
}

/** On one line: it reads as one thing. */
const Whole = ({ text }: { text: string }) => <span style={{ whiteSpace: "nowrap" }}>{text}</span>;

const columns: Column<OnMenu>[] = [
  { key: "name", label: "Group", value: ({ group }) => group.name, phone: "title" },
  {
    key: "rule",
    label: "Chosen",
    value: ({ group }) => rule(group.min, group.max),
    render: ({ group }) => <Whole text={rule(group.min, group.max)} />,
    phone: "side",
  },
  {
    key: "options",
    label: "Options",
    value: ({ group }) => group.modifiers.map((one) => one.name).join(", "),
    render: ({ group }) => (
      <Text size="sm" lineClamp={2} maw={420}>
        {group.modifiers.map((one) => one.name).join(", ")}
      </Text>
    ),
  },
  {
    key: "price",
    label: "Price",
    value: (one) => prices(one).at(-1)?.amount ?? 0,
    text: range,
    render: (one) => <Whole text={range(one)} />,
    right: true,
  },
  { key: "variants", label: "Variants that have it", value: ({ variants }) => variants.length, right: true },
  { key: "id", label: "Id", value: ({ group }) => group.id, extra: true },
];

export function ChainModifiers() {
  const store = useTheStore();
  const user = useUser();
  const [search, change] = useAddress();
  const menus = useMenus();
  const [opened, setOpened] = useState<OnMenu | "new" | null>(null);
  // Nobody says which menu a store has: the one that most stores of its money sell by is the likeliest.
  const likely = menus.data?.toSorted((a, b) => b.stores - a.stores);
  const menu = likely?.find((one) => one.id === search.menu) ?? likely?.find((one) => one.currency === store.currency) ?? likely?.[0];
  const id = menu?.id ?? "";
  const groups = useQuery({
    queryKey: ["modifier-groups", id],
    enabled: id !== "",
    queryFn: ({ signal }) => take(http.GET("/api/v1/modifier-groups", { params: { query: { menu_id: id } }, signal })),
  });
  const edits = may(user, "PUT /modifier-groups/{menu_id}/{id}");
  return (
    <MenuFrame
      title="The chain's modifiers"
      about="What customers choose with an item. What changes here changes in every store that has the menu; its own prices stay a store's."
      actions={menu && may(user, "POST /modifier-groups") && <Button onClick={() => setOpened("new")}>New group</Button>}
    >
      {menus.error ? (
        <ProblemView error={menus.error} retry={() => void menus.refetch()} />
      ) : !menus.data ? (
        <Loading />
      ) : !menu ? (
        <Empty title="No menus yet">Import one to begin with.</Empty>
      ) : (
        <>
          {menus.data.length > 1 && (
            <Select
              label="Menu"
              maw={320}
              mb="sm"
              allowDeselect={false}
              data={menus.data.map((one) => ({ value: one.id, label: `${one.name}, ${one.currency}` }))}
              value={menu.id}
              onChange={(value) => change({ menu: value ?? undefined })}
            />
          )}
          <DataTable
            id="modifier-groups"
            label={`Modifier groups of ${menu.name}`}
            rows={groups.data}
            rowKey={({ group }) => group.id}
            columns={columns}
            onOpen={edits ? setOpened : undefined}
            error={groups.error}
            retry={() => void groups.refetch()}
            empty={<Empty title="This menu has no modifiers">Make a group, such as “Sweetness”, and say which variants have it.</Empty>}
          />
          {opened && <GroupForm key={menu.id} menu={menu} of={opened === "new" ? undefined : opened} close={() => setOpened(null)} />}
        </>
      )}
    </MenuFrame>
  );
}
