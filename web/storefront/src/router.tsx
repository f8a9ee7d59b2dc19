//! Every address of the app. Pages come when they are gone to; the first view brings only its own.

import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, Link, lazyRouteComponent } from "@tanstack/react-router";
import { menuQuery, storeQuery, storesQuery } from "./data/stores.ts";
import { useI18n } from "./i18n/index.tsx";
import { Stores } from "./pages/Stores.tsx";
import { Empty, ProblemNotice } from "./ui/Notice.tsx";
import { Shell } from "./ui/Shell.tsx";

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: ({ error, reset }) => (
    <div className="page narrow">
      <ProblemNotice error={error} retry={reset} />
    </div>
  ),
});

function NotFound() {
  const { t } = useI18n();
  return (
    <Empty icon="help" page title={t("app.notFound")} hint={t("app.notFoundHint")}>
      <Link to="/" className="button primary">
        {t("app.toStores")}
      </Link>
    </Empty>
  );
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value ? value : undefined);
/** Only a path of this app: what a link says must not lead elsewhere. */
const path = (value: unknown): string | undefined => {
  const found = text(value);
  return found?.startsWith("/") && !found.startsWith("//") && !found.includes("\\") ? found : undefined;
};
/** A search parameter is there or it is not. */
const some = <T extends Record<string, string | undefined>>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string };

const stores = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: Stores,
  loader: ({ context }) => void context.client.prefetchQuery(storesQuery),
});
export const menuRoute = createRoute({
  getParentRoute: () => root,
  path: "/stores/$storeId",
  validateSearch: ({ item, q }: Record<string, unknown>) => some({ item: text(item), q: text(q) }),
  loader: ({ context, params }) => {
    void context.client.prefetchQuery(storeQuery(params.storeId));
    void context.client.prefetchQuery(menuQuery(params.storeId));
  },
  component: lazyRouteComponent(() => import("./pages/Menu.tsx"), "MenuPage"),
});
const cart = createRoute({
  getParentRoute: () => root,
  path: "/cart",
  component: lazyRouteComponent(() => import("./pages/Cart.tsx"), "CartPage"),
});
export const payRoute = createRoute({
  getParentRoute: () => root,
  path: "/pay/$orderId",
  component: lazyRouteComponent(() => import("./pages/Pay.tsx"), "PayPage"),
});
const orders = createRoute({
  getParentRoute: () => root,
  path: "/orders",
  component: lazyRouteComponent(() => import("./pages/Orders.tsx"), "OrdersPage"),
});
export const trackRoute = createRoute({
  getParentRoute: () => root,
  path: "/orders/$orderId",
  component: lazyRouteComponent(() => import("./pages/Track.tsx"), "TrackPage"),
});
export const receiptRoute = createRoute({
  getParentRoute: () => root,
  path: "/orders/$orderId/receipt",
  component: lazyRouteComponent(() => import("./pages/Receipt.tsx"), "ReceiptPage"),
});
export const signInRoute = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: ({ to, code, state, error }: Record<string, unknown>) =>
    some({ to: path(to), code: text(code), state: text(state), error: text(error) }),
  component: lazyRouteComponent(() => import("./pages/SignIn.tsx"), "SignInPage"),
});
export const registerRoute = createRoute({
  getParentRoute: () => root,
  path: "/register",
  validateSearch: ({ to }: Record<string, unknown>) => some({ to: path(to) }),
  component: lazyRouteComponent(() => import("./pages/Register.tsx"), "RegisterPage"),
});
export const guestRoute = createRoute({
  getParentRoute: () => root,
  path: "/guest",
  validateSearch: ({ to }: Record<string, unknown>) => some({ to: path(to) }),
  component: lazyRouteComponent(() => import("./pages/Guest.tsx"), "GuestPage"),
});
const forgot = createRoute({
  getParentRoute: () => root,
  path: "/forgot-password",
  component: lazyRouteComponent(() => import("./pages/Letters.tsx"), "ForgotPage"),
});
export const resetRoute = createRoute({
  getParentRoute: () => root,
  path: "/reset-password",
  validateSearch: ({ token }: Record<string, unknown>) => some({ token: text(token) }),
  component: lazyRouteComponent(() => import("./pages/Letters.tsx"), "ResetPage"),
});
export const verifyRoute = createRoute({
  getParentRoute: () => root,
  path: "/verify-email",
  validateSearch: ({ token }: Record<string, unknown>) => some({ token: text(token) }),
  component: lazyRouteComponent(() => import("./pages/Letters.tsx"), "VerifyPage"),
});
const account = createRoute({
  getParentRoute: () => root,
  path: "/account",
  component: lazyRouteComponent(() => import("./pages/Account.tsx"), "AccountPage"),
});
const addresses = createRoute({
  getParentRoute: () => root,
  path: "/account/addresses",
  component: lazyRouteComponent(() => import("./pages/Addresses.tsx"), "AddressesPage"),
});
const paymentMethods = createRoute({
  getParentRoute: () => root,
  path: "/account/payment-methods",
  component: lazyRouteComponent(() => import("./pages/PaymentMethods.tsx"), "PaymentMethodsPage"),
});
const preferences = createRoute({
  getParentRoute: () => root,
  path: "/account/preferences",
  component: lazyRouteComponent(() => import("./pages/Preferences.tsx"), "PreferencesPage"),
});
const security = createRoute({
  getParentRoute: () => root,
  path: "/account/security",
  component: lazyRouteComponent(() => import("./pages/Security.tsx"), "SecurityPage"),
});
const help = createRoute({
  getParentRoute: () => root,
  path: "/help",
  component: lazyRouteComponent(() => import("./pages/Help.tsx"), "HelpPage"),
});

const tree = root.addChildren([
  stores,
  menuRoute,
  cart,
  payRoute,
  orders,
  trackRoute,
  receiptRoute,
  signInRoute,
  registerRoute,
  guestRoute,
  forgot,
  resetRoute,
  verifyRoute,
  account,
  addresses,
  paymentMethods,
  preferences,
  security,
  help,
]);

export const makeRouter = (client: QueryClient) =>
  createRouter({ routeTree: tree, context: { client }, defaultPreload: "intent", scrollRestoration: true });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
