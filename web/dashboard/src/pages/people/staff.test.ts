import { expect, test } from "vitest";
import { merged, placesToGive, rolesToInvite } from "./staff.ts";

const member = (user_id: string, name: string, since: string, ...roles: string[]) =>
  ({ user_id, name, email: `${user_id}@kirana.example`, roles, since }) as Parameters<typeof merged>[0][number]["members"][number];
const user = (...roles: string[]) => ({ roles }) as Parameters<typeof placesToGive>[0];

test("who works in two stores is there once, since the first, with both", () => {
  const found = merged([
    { store: "a", members: [member("u1", "Nok", "2026-03-01", "manager"), member("u2", "Dao", "2026-02-01", "staff")] },
    { store: "b", members: [member("u1", "Nok", "2026-01-01", "manager", "staff")] },
    { store: "c", members: [] },
  ]);
  expect(found.map(({ name, stores, since, roles }) => [name, stores, since, roles])).toEqual([
    ["Dao", ["a"], "2026-02-01", ["staff"]],
    ["Nok", ["a", "b"], "2026-01-01", ["manager", "staff"]],
  ]);
});

test("a manager gives staff a place, an owner managers too, the chain anybody", () => {
  expect([user("manager"), user("owner"), user("admin"), null].map(placesToGive)).toEqual([
    ["staff"],
    ["staff", "manager"],
    ["staff", "manager"],
    ["staff"],
  ]);
  expect(rolesToInvite(user("owner"))).toEqual(["staff", "manager"]);
  expect(rolesToInvite(user("manager", "staff"))).toEqual(["staff"]);
  expect(rolesToInvite(user("admin"))).toContain("support");
});
