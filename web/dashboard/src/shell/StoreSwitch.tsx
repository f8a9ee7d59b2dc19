//! Which store: with only one to see, it is simply named.

import { Combobox, ScrollArea, Text, useCombobox } from "@mantine/core";
import { IconSelector } from "@tabler/icons-react";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import { useUser } from "../auth/session.ts";
import { placesOf, STORE_ICON as StoreIcon } from "./places.ts";
import { type Store, useScope, useStores } from "./stores.tsx";

export function StoreSwitch() {
  const user = useUser();
  const scope = useScope();
  const { stores = [] } = useStores();
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [q, setQ] = useState("");
  const box = useCombobox({
    onDropdownClose: () => {
      setQ("");
      box.resetSelectedOption();
    },
    onDropdownOpen: () => box.focusSearchInput(),
  });
  const here = stores.find((store) => store.id === scope);
  const label = (
    <>
      <span className="chip" aria-hidden>
        {here ? here.number : <StoreIcon size={16} />}
      </span>
      <span style={{ minWidth: 0, flex: 1 }}>
        <Text size="sm" fw={600} truncate lh={1.25}>
          {here?.name ?? "All stores"}
        </Text>
        <Text size="xs" c="dimmed" truncate lh={1.25}>
          {here ? <Openness store={here} /> : `${stores.length} stores`}
        </Text>
      </span>
    </>
  );
  if (stores.length <= 1) {
    return (
      <div className="switch" style={{ cursor: "default" }}>
        {label}
      </div>
    );
  }
  /** The same page in the other store, as far as it has one. */
  const go = (id: string) => {
    box.closeDropdown();
    const page = path.split("/").find((_, at, parts) => parts[at - 1] === scope) ?? "today";
    const there = user && placesOf(user, id).some((place) => place.path === page);
    void navigate({ to: `/${id}/${there ? page : "today"}` });
  };
  const words = q.toLowerCase();
  const found = stores.filter((store) => `${store.number} ${store.name} ${store.city}`.toLowerCase().includes(words));
  return (
    <Combobox store={box} onOptionSubmit={go} width={320} position="bottom-start" shadow="md">
      <Combobox.Target withAriaAttributes={false}>
        <button type="button" className="switch" onClick={() => box.toggleDropdown()} aria-haspopup="listbox">
          {label}
          <IconSelector size={16} aria-hidden />
        </button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={q}
          onChange={(event) => setQ(event.currentTarget.value)}
          placeholder="Find a store"
          aria-label="Find a store"
        />
        <Combobox.Options>
          <ScrollArea.Autosize mah={360}>
            {!q && <Combobox.Option value="all">All stores</Combobox.Option>}
            {found.map((store) => (
              <Combobox.Option key={store.id} value={store.id} active={store.id === scope}>
                <Text size="sm" fw={store.id === scope ? 600 : 400}>
                  {store.number} · {store.name}
                </Text>
                <Text size="xs" c="dimmed">
                  {store.city}, <Openness store={store} />
                </Text>
              </Combobox.Option>
            ))}
            {found.length === 0 && <Combobox.Empty>No store of that name</Combobox.Empty>}
          </ScrollArea.Autosize>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

export function Openness({ store }: { store: Store }) {
  if (store.paused) return <>Paused</>;
  return <>{store.open_now ? "Open now" : "Closed now"}</>;
}
