import { expect, test } from "vitest";
import { audiences, told } from "./views.ts";

const values = (roles: string[], inStore: boolean, franchisee_id: string | null = null) =>
  audiences({ roles: roles as never, franchisee_id }, inStore).map(({ value }) => value);

test("who leads shares with the franchise, where it is known whose that is; the chain with everybody", () => {
  expect(values(["staff"], true)).toEqual(["own"]);
  expect(values(["manager"], true)).toEqual(["own", "franchisee"]);
  expect(values(["manager"], false)).toEqual(["own"]);
  expect(values(["owner"], false, "f1")).toEqual(["own", "franchisee"]);
  expect(values(["admin"], true)).toEqual(["own", "franchisee", "chain"]);
  expect(values(["admin"], false)).toEqual(["own", "chain"]);
});

test("of an address, only what it says is kept", () => {
  expect(told({ q: "milk", status: undefined, sort: "" })).toEqual({ q: "milk" });
});
