import { expect, test } from "vitest";
import { may, ownStores, scopesOf, worksHere } from "./index.ts";

const user = (roles: string[], more = {}) =>
  ({ roles, stores: [], franchisee_id: null, ...more }) as unknown as Parameters<typeof ownStores>[0];

test("roles get as far as the platform's document lets them", () => {
  expect(may(user(["staff"]), "POST /stores/{id}/kitchen/tickets/{order_id}/bump")).toBe(true);
  expect(may(user(["staff"]), "POST /payments/{id}/refund")).toBe(false);
  expect(may(user(["owner"]), "GET /ledger/trial-balance")).toBe(true);
  expect(may(user(["owner"]), "GET /audit")).toBe(false);
  expect(may(user(["admin"]), "PUT /customer-segments/{name}")).toBe(true);
  expect(may(user(["support", "owner"]), "GET /customer-segments")).toBe(false);
  expect(may(null, "GET /audit")).toBe(false);
});

test("a customer has no place here", () => {
  expect([worksHere(user(["customer"])), worksHere(user(["customer", "staff"]))]).toEqual([false, true]);
});

test("stores are one's own: by work, by franchise, or all for the chain", () => {
  const stores = [
    { id: "a", franchisee_id: "f" },
    { id: "b", franchisee_id: "g" },
  ];
  const ids = (who: ReturnType<typeof user>) => ownStores(who, stores).map((store) => store.id);
  expect(ids(user(["manager"], { stores: ["b"] }))).toEqual(["b"]);
  expect(ids(user(["owner"], { franchisee_id: "f" }))).toEqual(["a"]);
  expect(ids(user(["manager"], { franchisee_id: "f" }))).toEqual([]);
  expect(ids(user(["admin"]))).toEqual(["a", "b"]);
  expect(ids(user(["owner"], { franchisee_id: "other" }))).toEqual([]);
});

test("a key's scopes are what its role has a use for", () => {
  expect(scopesOf("owner")).toContain("ledger:read");
  expect(scopesOf("staff")).not.toContain("ledger:read");
  expect(scopesOf("staff")).toContain("orders:read");
});
