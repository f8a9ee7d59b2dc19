//! Ctrl-K: pages, stores, orders, products and actions, found by what one types.

import type { Order } from "@kirana/api";
import { Kbd, UnstyledButton } from "@mantine/core";
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData, spotlight } from "@mantine/spotlight";
import { IconCup, IconLogout, IconReceipt, IconSearch } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { may } from "../access/index.ts";
import { http, type Schemas, take } from "../api/index.ts";
import { signOut, useUser } from "../auth/session.ts";
import { STATUS, useFoundIn } from "../pages/orders/data.ts";
import { PLACES, placesOf, STORE_ICON as StoreIcon } from "./places.ts";
import { useScope, useStores } from "./stores.tsx";

/** Orders that are shown at most. */
const MOST = 5;
/** Stores that are asked for them at most, where the page is about several. */
const STORES = 12;
const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i;

export function PaletteButton() {
  return (
    <UnstyledButton className="navlink" onClick={() => spotlight.open()} style={{ justifyContent: "space-between" }}>
      <span style={{ display: "flex", gap: 10, alignItems: "center" }}>
        <IconSearch size={18} stroke={1.7} aria-hidden />
        Find
      </span>
      <Kbd size="xs">Ctrl K</Kbd>
    </UnstyledButton>
  );
}

export function Palette() {
  const user = useUser();
  const scope = useScope();
  const { stores = [] } = useStores();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [q, setQ] = useState("");
  const further = useFoundIn(scope === "all" ? stores.slice(0, STORES).map((store) => store.id) : [scope], q, MOST);
  if (!user) return null;
  const go = (to: string) => () => void navigate({ to });
  const groups: SpotlightActionGroupData[] = [
    {
      group: "Pages",
      actions: placesOf(user, scope).map((place) => ({
        id: place.path,
        label: place.label,
        keywords: place.words?.split(" "),
        leftSection: <place.icon size={18} stroke={1.7} />,
        rightSection: <Kbd size="xs">G {place.key.toUpperCase()}</Kbd>,
        onClick: go(`/${scope}/${place.path}`),
      })),
    },
  ];
  if (q.trim().length > 1) {
    // What is loaded is there with the key press; what the platform finds further back comes to it.
    const loaded = loadedOrders(client.getQueriesData({ queryKey: ["orders", scope] }), q);
    const known = new Map([...loaded, ...(further.data ?? [])].map((order) => [order.id, order]));
    groups.push({ group: "Orders", actions: [...known.values()].slice(0, MOST).map((order) => found(order, go, q)) });
    const menu = client.getQueryData<Schemas["Menu"]>(["menu", scope]);
    const products = menu?.products.filter((product) => product.name.toLowerCase().includes(q.toLowerCase())).slice(0, 5) ?? [];
    groups.push({
      group: "Menu",
      actions: products.map((product) => ({
        id: product.id,
        label: product.name,
        description: product.category,
        leftSection: <IconCup size={18} stroke={1.7} />,
        onClick: go(`/${scope}/menu?q=${encodeURIComponent(product.name)}`),
      })),
    });
  }
  if (UUID.test(q.trim())) {
    groups.push({
      group: "By id",
      actions: [
        {
          id: "by-id",
          label: `Open order ${q.trim()}`,
          keywords: q,
          leftSection: <IconReceipt size={18} stroke={1.7} />,
          onClick: () => {
            take(http.GET("/api/v1/orders/{id}", { params: { path: { id: q.trim() } } }))
              .then((order) => navigate({ to: `/${order.store_id}/orders/${order.id}` }))
              .catch(() => navigate({ to: `/${scope}/orders/${q.trim()}` }));
          },
        },
      ],
    });
  }
  if (stores.length > 1) {
    groups.push({
      group: "Stores",
      actions: stores.map((store) => ({
        id: store.id,
        label: `${store.number} · ${store.name}`,
        description: store.city,
        leftSection: <StoreIcon size={18} stroke={1.7} />,
        onClick: go(`/${store.id}/today`),
      })),
    });
  }
  groups.push({
    group: "Actions",
    actions: [
      ...(scope !== "all" && placesOf(user, scope).some((place) => place.path === "stock")
        ? [
            { id: "receive", label: "Receive goods", leftSection: icon("stock"), onClick: go(`/${scope}/stock/receive`) },
            { id: "count", label: "Count stock", leftSection: icon("stock"), onClick: go(`/${scope}/stock/counts`) },
          ]
        : []),
      ...(may(user, "GET /payments/assessments")
        ? [
            {
              id: "review",
              label: "Review payments",
              keywords: ["fraud", "approve", "reject"],
              leftSection: icon("money"),
              onClick: go(`/${scope}/money/review`),
            },
          ]
        : []),
      ...(may(user, "GET /payments/risk-rules")
        ? [{ id: "rules", label: "Fraud rules", leftSection: icon("money"), onClick: go(`/${scope}/money/review/rules`) }]
        : []),
      { id: "account", label: "Account and security", onClick: go(`/${scope}/account`) },
      { id: "out", label: "Sign out", leftSection: <IconLogout size={18} stroke={1.7} />, onClick: () => void signOut() },
    ],
  });
  return (
    <Spotlight
      actions={groups.filter((group) => group.actions.length > 0)}
      query={q}
      onQueryChange={setQ}
      shortcut={["mod + K", "mod + P"]}
      nothingFound="Nothing of that name"
      limit={14}
      highlightQuery
      attributes={{ content: { "aria-label": "Find" } }}
      scrollable
      maxHeight={420}
      radius="lg"
      searchProps={{
        placeholder: "Pages, stores, orders, products, actions",
        leftSection: <IconSearch size={18} />,
        "aria-label": "Find",
      }}
    />
  );
}

const icon = (path: string) => {
  const Icon = PLACES.find((place) => place.path === path)?.icon;
  return Icon ? <Icon size={18} stroke={1.7} /> : undefined;
};

/** Orders that have been loaded, by pickup number, customer or id. */
function loadedOrders(caches: Array<[unknown, unknown]>, q: string): Order[] {
  const words = q.trim().toLowerCase();
  const pages = caches.flatMap(([, data]) => (data as { pages?: Array<{ items: Order[] }> } | undefined)?.pages ?? []);
  const known = new Map(pages.flatMap((page) => page.items).map((order) => [order.id, order]));
  return [...known.values()].filter((order) => `${order.pickup_number} ${order.customer.name} ${order.id}`.toLowerCase().includes(words));
}

function found(order: Order, go: (to: string) => () => void, q: string): SpotlightActionData {
  return {
    id: order.id,
    label: `${order.pickup_number} · ${order.customer.name}`,
    description: STATUS[order.status].label,
    // The platform finds by more than is shown here, and the palette must not take it out again.
    keywords: [order.id, q],
    leftSection: <IconReceipt size={18} stroke={1.7} />,
    onClick: go(`/${order.store_id}/orders/${order.id}`),
  };
}
