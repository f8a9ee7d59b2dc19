//! Where one can go: the navigation, the palette and the keys read this one list. A place that a role has no use for is absent.

import {
  IconBuildingStore,
  IconCash,
  IconChefHat,
  IconDeviceDesktopAnalytics,
  IconDiscount2,
  IconFridge,
  IconHistory,
  IconReceipt,
  IconSettings,
  IconStar,
  IconSun,
  IconToolsKitchen2,
  IconUsers,
  IconUsersGroup,
  type TablerIcon,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import { may } from "../access/index.ts";
import type { Schemas } from "../api/index.ts";
import { WaitingCount } from "../pages/risk/WaitingCount.tsx";

type User = Schemas["User"];

export interface Place {
  path: string;
  label: string;
  icon: TablerIcon;
  group: "Store" | "Chain";
  /** The second key after `g`. */
  key: string;
  /** Only for one store, only for the roll-up, or both. */
  about: "store" | "any";
  /** Has somebody a use for it, in a store or in the roll-up (`all`)? */
  may: (user: User, scope: string) => boolean;
  /** Further words that the palette finds it by. */
  words?: string;
  /** Behind its name: how much waits there for somebody. */
  count?: ComponentType;
}

const crew = (user: User) => may(user, "GET /stores/{id}/kitchen/tickets");

export const PLACES: Place[] = [
  { path: "today", label: "Today", icon: IconSun, group: "Store", key: "t", about: "any", may: () => true, words: "home sales figures" },
  {
    path: "orders",
    label: "Orders",
    icon: IconReceipt,
    group: "Store",
    key: "o",
    about: "any",
    may: () => true,
    words: "refund cancel receipt",
  },
  {
    path: "kitchen",
    label: "Kitchen",
    icon: IconChefHat,
    group: "Store",
    key: "k",
    about: "store",
    may: crew,
    words: "board tickets bump",
  },
  {
    path: "stock",
    label: "Stock",
    icon: IconFridge,
    group: "Store",
    key: "i",
    about: "store",
    may: crew,
    words: "inventory receive count transfer suppliers purchase",
  },
  {
    path: "menu",
    label: "Menu",
    icon: IconToolsKitchen2,
    group: "Store",
    key: "m",
    about: "store",
    may: crew,
    words: "products prices sold out",
  },
  {
    path: "devices",
    label: "Devices",
    icon: IconDeviceDesktopAnalytics,
    group: "Store",
    key: "d",
    about: "any",
    may: (user) => may(user, "GET /devices"),
    words: "fridge machine screen claim qr cold chain telemetry",
  },
  {
    path: "people",
    label: "People",
    icon: IconUsersGroup,
    group: "Store",
    key: "p",
    about: "any",
    // Shifts are for all who work in a store; who works in several stores is not for everybody to know.
    may: (user, scope) => (scope === "all" ? may(user, "GET /users/staff") : crew(user)),
    words: "staff roles invitations shifts",
  },
  {
    path: "reviews",
    label: "Reviews",
    icon: IconStar,
    group: "Store",
    key: "r",
    about: "store",
    may: (user) => may(user, "GET /stores/{id}/reviews"),
    words: "stars ratings moderation",
  },
  {
    path: "customers",
    label: "Customers",
    icon: IconUsers,
    group: "Chain",
    key: "c",
    about: "any",
    may: (user) => may(user, "GET /users/customers"),
    words: "segments tags letters bounced unreachable",
  },
  {
    path: "campaigns",
    label: "Campaigns",
    icon: IconDiscount2,
    group: "Chain",
    key: "a",
    about: "any",
    may: (user) => may(user, "GET /campaigns"),
    words: "offers coupons promotions",
  },
  {
    path: "money",
    label: "Money",
    icon: IconCash,
    group: "Chain",
    key: "y",
    about: "any",
    may: (user) => may(user, "GET /payments"),
    words: "payments refunds review fraud ledger royalties reconciliation",
    count: WaitingCount,
  },
  { path: "audit", label: "Audit", icon: IconHistory, group: "Chain", key: "l", about: "any", may: (user) => may(user, "GET /audit") },
  {
    path: "settings",
    label: "Settings",
    icon: IconSettings,
    group: "Chain",
    key: "s",
    about: "any",
    may: crew,
    words: "hours taxes fees delivery zones api keys feature flags",
  },
];

export const STORE_ICON = IconBuildingStore;

/** The places of somebody in a store, or in the roll-up. */
export function placesOf(user: User, scope: string): Place[] {
  return PLACES.filter((place) => place.may(user, scope) && (place.about === "any" || scope !== "all"));
}
