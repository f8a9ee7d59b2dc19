//! Who works where, over several stores; and what somebody may make others. Pure.

import { isAdmin } from "../../access/index.ts";
import type { Schemas } from "../../api/index.ts";

type Member = Schemas["StaffMember"];
type Role = Schemas["Role"];

/** Somebody who works in stores: once, however many they are. */
export interface Worker {
  id: string;
  name: string;
  email: string;
  roles: Role[];
  /** Ids of the stores, as far as whoever asks may know of them. */
  stores: string[];
  since: string;
}

/** One list of the staff of several stores. Who works in more than one has been there since the first of them. */
export function merged(of: ReadonlyArray<{ store: string; members: readonly Member[] }>): Worker[] {
  const found = new Map<string, Worker>();
  for (const { store, members } of of) {
    for (const { user_id: id, name, email, roles, since } of members) {
      const known = found.get(id);
      found.set(id, {
        id,
        name,
        email,
        roles: [...new Set([...(known?.roles ?? []), ...roles])],
        stores: [...(known?.stores ?? []), store],
        since: known && known.since < since ? known.since : since,
      });
    }
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

type Who = Pick<Schemas["User"], "roles"> | null;

/** The roles that somebody may give in a store: who manages it, its owner or the chain decides. */
export const placesToGive = (user: Who): Array<"staff" | "manager"> =>
  user?.roles.some((role) => role === "owner" || role === "admin") ? ["staff", "manager"] : ["staff"];

/** The roles that somebody may invite others to. */
export const rolesToInvite = (user: Who): Role[] =>
  user && isAdmin(user) ? ["staff", "manager", "owner", "support", "admin"] : placesToGive(user);
