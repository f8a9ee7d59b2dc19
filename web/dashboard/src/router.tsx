//! Every address of the app. Each page comes when somebody goes there.

import type { QueryClient } from "@tanstack/react-query";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { worksHere } from "./access/index.ts";
import { sessions } from "./api/index.ts";
import { SignIn } from "./auth/SignIn.tsx";
import { Shell } from "./shell/Shell.tsx";
import { lastStore } from "./shell/stores.tsx";
import { Empty, Loading, Page } from "./ui/bits.tsx";
import { ProblemView } from "./ui/problem.tsx";

const plain = (search: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(search).map(([key, value]) => [key, String(value)])) as Record<string, string | undefined>;

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, validateSearch: plain });
const signIn = createRoute({ getParentRoute: () => root, path: "/sign-in", component: SignIn });

const join = createRoute({
  getParentRoute: () => root,
  path: "/join",
  component: lazyRouteComponent(() => import("./auth/Join.tsx"), "Join"),
});

/** Whoever is not signed in, or works nowhere, is asked who they are, and comes back. */
const inside = (path: string) => {
  const user = sessions.current?.user;
  if (!user || !worksHere(user)) throw redirect({ to: "/sign-in", search: { next: path } });
  return user;
};

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    const user = inside("/");
    const only = user.stores.length === 1 && !user.roles.includes("owner") ? user.stores[0] : undefined;
    throw redirect({ to: `/${only ?? lastStore.get() ?? "all"}/today` });
  },
});

const store = createRoute({
  getParentRoute: () => root,
  path: "/$store",
  component: Shell,
  notFoundComponent: NotFound,
  beforeLoad: ({ location }) => {
    inside(location.href);
  },
});

const page = (path: string, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({ getParentRoute: () => store, path, component: lazyRouteComponent(load as never, name as never) });

const storeHome = createRoute({
  getParentRoute: () => store,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: `/${params.store}/today` });
  },
});

const pages = [
  page("today", () => import("./pages/today/Today.tsx"), "Today"),
  page("orders", () => import("./pages/orders/Orders.tsx"), "Orders"),
  page("orders/$order", () => import("./pages/orders/OrderPage.tsx"), "OrderPage"),
  page("kitchen", () => import("./pages/kitchen/Kitchen.tsx"), "Kitchen"),
  page("stock", () => import("./pages/stock/OnHand.tsx"), "OnHand"),
  page("stock/batches", () => import("./pages/stock/Batches.tsx"), "Batches"),
  page("stock/receive", () => import("./pages/stock/Receive.tsx"), "Receive"),
  page("stock/counts", () => import("./pages/stock/Counts.tsx"), "Counts"),
  page("stock/counts/$count", () => import("./pages/stock/CountPage.tsx"), "CountPage"),
  page("stock/transfers", () => import("./pages/stock/Transfers.tsx"), "Transfers"),
  page("stock/purchases", () => import("./pages/stock/Purchases.tsx"), "Purchases"),
  page("stock/purchases/$purchase", () => import("./pages/stock/PurchasePage.tsx"), "PurchasePage"),
  page("stock/suppliers", () => import("./pages/stock/Suppliers.tsx"), "Suppliers"),
  page("stock/journal", () => import("./pages/stock/Journal.tsx"), "Journal"),
  page("stock/items/$sku", () => import("./pages/stock/ItemPage.tsx"), "ItemPage"),
  page("menu", () => import("./pages/menu/MenuPage.tsx"), "MenuPage"),
  page("menu/modifiers", () => import("./pages/menu/Modifiers.tsx"), "Modifiers"),
  page("menu/products", () => import("./pages/menu/Products.tsx"), "Products"),
  page("menu/groups", () => import("./pages/menu/ChainModifiers.tsx"), "ChainModifiers"),
  page("menu/menus", () => import("./pages/menu/Menus.tsx"), "Menus"),
  page("menu/import", () => import("./pages/menu/ImportPage.tsx"), "ImportPage"),
  page("devices", () => import("./pages/devices/Devices.tsx"), "Devices"),
  page("devices/cold-chain", () => import("./pages/devices/ColdChain.tsx"), "ColdChain"),
  page("devices/rollouts", () => import("./pages/devices/Rollouts.tsx"), "Rollouts"),
  page("devices/rollouts/$rollout", () => import("./pages/devices/RolloutPage.tsx"), "RolloutPage"),
  page("devices/$device", () => import("./pages/devices/DevicePage.tsx"), "DevicePage"),
  page("people", () => import("./pages/people/People.tsx"), "People"),
  page("people/shifts", () => import("./pages/people/Shifts.tsx"), "Shifts"),
  page("people/invitations", () => import("./pages/people/Invitations.tsx"), "Invitations"),
  page("customers", () => import("./pages/customers/Customers.tsx"), "Customers"),
  page("customers/segments", () => import("./pages/customers/Segments.tsx"), "Segments"),
  page("customers/unreachable", () => import("./pages/customers/Unreachable.tsx"), "UnreachablePage"),
  page("reviews", () => import("./pages/customers/Reviews.tsx"), "Reviews"),
  page("customers/$customer", () => import("./pages/customers/CustomerPage.tsx"), "CustomerPage"),
  page("campaigns", () => import("./pages/campaigns/Campaigns.tsx"), "Campaigns"),
  page("campaigns/$campaign", () => import("./pages/campaigns/CampaignPage.tsx"), "CampaignPage"),
  page("money", () => import("./pages/money/Payments.tsx"), "Payments"),
  page("money/refunds", () => import("./pages/money/Refunds.tsx"), "Refunds"),
  page("money/review", () => import("./pages/risk/ReviewPage.tsx"), "ReviewPage"),
  page("money/review/rules", () => import("./pages/risk/Rules.tsx"), "Rules"),
  page("money/exceptions", () => import("./pages/money/Exceptions.tsx"), "Exceptions"),
  page("money/ledger", () => import("./pages/money/Ledger.tsx"), "Ledger"),
  page("money/ledger/$account", () => import("./pages/money/AccountPage.tsx"), "AccountPage"),
  page("money/royalties", () => import("./pages/money/Royalties.tsx"), "Royalties"),
  page("money/royalties/$period", () => import("./pages/money/RoyaltyStatement.tsx"), "RoyaltyStatement"),
  page("audit", () => import("./pages/audit/Audit.tsx"), "Audit"),
  page("settings", () => import("./pages/settings/StoreSettings.tsx"), "StoreSettings"),
  page("settings/kitchen", () => import("./pages/settings/KitchenSettings.tsx"), "KitchenSettings"),
  page("settings/fees", () => import("./pages/settings/Fees.tsx"), "Fees"),
  page("settings/zones", () => import("./pages/settings/Zones.tsx"), "Zones"),
  page("settings/taxes", () => import("./pages/settings/Taxes.tsx"), "Taxes"),
  page("settings/keys", () => import("./pages/settings/Keys.tsx"), "Keys"),
  page("settings/flags", () => import("./pages/settings/Flags.tsx"), "Flags"),
  page("settings/apps", () => import("./pages/settings/Apps.tsx"), "Apps"),
  page("account", () => import("./pages/account/Account.tsx"), "Account"),
];

const tree = root.addChildren([signIn, join, home, store.addChildren([storeHome, ...pages])]);

export function makeRouter(_client: QueryClient) {
  return createRouter({
    routeTree: tree,
    basepath: import.meta.env.BASE_URL,
    defaultPreload: "intent",
    defaultPendingComponent: () => (
      <div className="page">
        <Loading />
      </div>
    ),
    defaultErrorComponent: ({ error, reset }) => (
      <div className="page">
        <ProblemView error={error} retry={reset} />
      </div>
    ),
    defaultNotFoundComponent: NotFound,
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const pairs = Object.entries(search).filter(([, value]) => value !== undefined && value !== "");
      return pairs.length > 0 ? `?${new URLSearchParams(pairs as [string, string][])}` : "";
    },
    scrollRestoration: true,
  });
}

function NotFound() {
  return (
    <Page title="There is no such page">
      <Empty title="Nothing is at this address">It may be mistyped, or of another version.</Empty>
    </Page>
  );
}
