import { expect, test } from "vitest";
import { lacking, rightsOf } from "./rights.ts";

const user = (...roles: string[]) => ({ roles }) as Parameters<typeof rightsOf>[0];

test("stores go with who works in one, a franchise with who owns it, and other roles stay", () => {
  const wish = { roles: ["manager"], stores: ["s1", "s2"], franchisee: "f1" };
  expect(rightsOf(user("staff", "rider"), wish)).toEqual({ roles: ["manager", "rider"], stores: ["s1", "s2"], franchisee_id: null });
  expect(rightsOf(user("staff"), { ...wish, roles: ["owner"] })).toEqual({ roles: ["owner"], stores: [], franchisee_id: "f1" });
  expect(rightsOf(user("admin"), { ...wish, roles: [] })).toEqual({ roles: [], stores: [], franchisee_id: null });
});

test("what cannot be asked for is said before it is", () => {
  expect(lacking({ roles: [] })).toMatch(/at least/);
  expect(lacking({ roles: ["staff"], stores: [] })).toMatch(/needs one/);
  expect(lacking({ roles: ["owner"], stores: [] })).toMatch(/franchise/);
  expect(lacking({ roles: ["staff"], stores: ["s1"] })).toBeUndefined();
  expect(lacking({ roles: ["support"] })).toBeUndefined();
});
