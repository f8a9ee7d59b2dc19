//! What somebody is to the chain, as it is asked for: a store only for who works in one, a franchise only for who owns it. Pure.

import type { Schemas } from "../../api/index.ts";

type Role = Schemas["Role"];
type Rights = Schemas["Rights"];

/** The roles that are given here; others that somebody has, such as a rider's, stay. */
export const GIVEN: Role[] = ["customer", "staff", "manager", "owner", "support", "admin"];

export interface Wish {
  roles: string[];
  stores: string[];
  /** Whose franchise an owner's is. */
  franchisee: string | null | undefined;
}

export const inStores = (roles: readonly string[]): boolean => roles.includes("staff") || roles.includes("manager");

export function rightsOf(before: Pick<Schemas["User"], "roles">, wish: Wish): Rights {
  const kept = before.roles.filter((role) => !GIVEN.includes(role));
  const roles = [...GIVEN.filter((role) => wish.roles.includes(role)), ...kept];
  return {
    roles,
    stores: inStores(roles) ? wish.stores : [],
    franchisee_id: roles.includes("owner") ? (wish.franchisee ?? null) : null,
  };
}

/** What is missing, in words; nothing where it can be asked for. */
export function lacking({ roles, stores, franchisee_id }: Rights): string | undefined {
  if (roles.length === 0) return "Somebody is at least a customer";
  if (inStores(roles) && !stores?.length) return "Who works in a store needs one";
  if (roles.includes("owner") && !franchisee_id) return "An owner has a franchise";
  return undefined;
}
