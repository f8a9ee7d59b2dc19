//! The chain's menus: who sells by them, and how far a store may go from their prices.

import { Button, Group, NumberInput, Text } from "@mantine/core";
import { useState } from "react";
import { http, type Schemas, take } from "../../api/index.ts";
import { useTheStore } from "../../shell/stores.tsx";
import { DataTable } from "../../table/DataTable.tsx";
import type { Column } from "../../table/logic.ts";
import { useAction } from "../../ui/action.tsx";
import { Empty } from "../../ui/bits.tsx";
import { FormModal } from "../../ui/FormModal.tsx";
import { MenuFrame, useMenus } from "./data.tsx";
import { assignMenu } from "./MenuPage.tsx";

type Info = Schemas["MenuInfo"];

const percent = (value: number | null | undefined, sign: string) => (value == null ? "any" : `${sign}${value}%`);

export function Menus() {
  const store = useTheStore();
  const query = useMenus();
  const [opened, setOpened] = useState<Info | null>(null);
  const columns: Column<Info>[] = [
    { key: "name", label: "Menu", value: (one) => one.name, phone: "title" },
    { key: "currency", label: "Currency", value: (one) => one.currency, phone: "side" },
    { key: "products", label: "Products", value: (one) => one.products, right: true },
    { key: "stores", label: "Stores", value: (one) => one.stores, right: true },
    {
      key: "below",
      label: "Cheaper by",
      value: (one) => one.below_percent ?? null,
      render: (one) => percent(one.below_percent, "−"),
      right: true,
    },
    {
      key: "above",
      label: "Dearer by",
      value: (one) => one.above_percent ?? null,
      render: (one) => percent(one.above_percent, "+"),
      right: true,
    },
  ];
  return (
    <MenuFrame title="The chain's menus" about="A store has one of them, and may set its own prices as far as the menu lets it.">
      <DataTable
        id="menus"
        label="Menus"
        rows={query.data}
        rowKey={(one) => one.id}
        columns={columns}
        onOpen={setOpened}
        error={query.error}
        retry={() => void query.refetch()}
        empty={<Empty title="No menus yet">Import one to begin with.</Empty>}
      />
      {opened && <Edit menu={opened} store={store} close={() => setOpened(null)} />}
    </MenuFrame>
  );
}

function Edit({ menu, store, close }: { menu: Info; store: { id: string; name: string; currency: string }; close: () => void }) {
  const [below, setBelow] = useState<number | string>(menu.below_percent ?? "");
  const [above, setAbove] = useState<number | string>(menu.above_percent ?? "");
  const stale = [["menus"], ["choices"]];
  const number = (value: number | string) => (value === "" ? null : Number(value));
  const put = (body: Schemas["PriceBounds"]) => take(http.PUT("/api/v1/menus/{id}/bounds", { params: { path: { id: menu.id } }, body }));
  const act = useAction(put, {
    done: "Kept: stores set their prices within these from now on",
    undo: () => put({ below_percent: menu.below_percent, above_percent: menu.above_percent }),
    stale,
    quiet: true,
    onDone: close,
  });
  const give = useAction((_: string) => assignMenu(store.id, menu.id), {
    done: `${store.name} sells by ${menu.name} now`,
    stale: [...stale, ["menu", store.id]],
    quiet: true,
    onDone: close,
  });
  return (
    <FormModal
      title={menu.name}
      close={close}
      action={{ error: act.error ?? give.error, isPending: act.isPending }}
      submit="Keep"
      onSubmit={() => act.mutate({ below_percent: number(below), above_percent: number(above) })}
      beside={
        menu.currency === store.currency && (
          <Button variant="default" loading={give.isPending} onClick={() => give.mutate("")}>
            Give it to {store.name}
          </Button>
        )
      }
    >
      <Text size="sm">How far a store may go from the menu's prices. Empty: as far as it likes. Prices that are set already stay.</Text>
      <Group grow align="flex-start">
        <NumberInput label="Cheaper by at most" suffix=" %" min={0} max={100} allowDecimal={false} value={below} onChange={setBelow} />
        <NumberInput label="Dearer by at most" suffix=" %" min={0} max={1000} allowDecimal={false} value={above} onChange={setAbove} />
      </Group>
    </FormModal>
  );
}
