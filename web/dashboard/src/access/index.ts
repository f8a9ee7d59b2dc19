//! Who may do what, by the platform's own document: what a role would be refused is not shown.

import type { Schemas } from "../api/index.ts";
import document from "./routes.json";

const { routes, scopes } = document;

export type Role = Schemas["Role"];
type Who = Pick<Schemas["User"], "roles">;
type Route = keyof typeof routes;

/** May somebody with these roles get as far as this route? The domain still decides about each thing. */
export function may(user: Who | null | undefined, route: Route): boolean {
  if (!user) return false;
  // A gateway of another version may not know a route yet.
  const allowed: readonly string[] = routes[route] ?? [];
  return user.roles.some((role) => allowed.includes(role));
}

/** What a key that acts as this role may be given. */
export function scopesOf(role: Role): string[] {
  return Object.entries(scopes).flatMap(([scope, roles]: [string, string[]]) =>
    roles.length === 0 || roles.includes(role) ? [scope] : [],
  );
}

export const isAdmin = (user: Who): boolean => user.roles.includes("admin");

/** Does this app serve somebody with these roles at all? */
export function worksHere(user: Who): boolean {
  return user.roles.some((role) => ["staff", "manager", "owner", "support", "admin"].includes(role));
}

/** The stores that somebody works in, or whose franchise is theirs. */
export function ownStores<S extends { id: string; franchisee_id: string }>(user: Schemas["User"], stores: S[]): S[] {
  if (isAdmin(user) || user.roles.includes("support")) return stores;
  const franchise = user.roles.includes("owner") ? user.franchisee_id : null;
  return stores.filter((store) => user.stores.includes(store.id) || store.franchisee_id === franchise);
}
