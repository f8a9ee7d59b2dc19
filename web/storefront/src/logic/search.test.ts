import type { Schemas } from "@kirana/api";
import { expect, test } from "vitest";
import { find } from "./search.ts";

const product = (name: string, category: string) => ({ name, category, description: "", tags: [] }) as unknown as Schemas["MenuProduct"];
const menu = [
  product("Milk Tea", "Milk Tea"),
  product("Matcha Latte", "Tea Latte"),
  product("Crème Brûlée Milk", "Milk Tea"),
  product("Plum Green Tea", "Flavored Tea"),
];
const names = (text: string) => find(menu, text).map(({ name }) => name);

test("every word must fit; names come before categories", () => {
  expect(names("mat")).toEqual(["Matcha Latte"]);
  expect(names("tea gre")).toEqual(["Plum Green Tea"]);
  expect(names("latte")).toEqual(["Matcha Latte"]);
  expect(names("")).toHaveLength(4);
  expect(names("coffee")).toEqual([]);
});

test("marks and one wrong letter do not matter", () => {
  expect(names("creme brulee")).toEqual(["Crème Brûlée Milk"]);
  expect(names("macha")).toEqual(["Matcha Latte"]);
  expect(names("matvha")).toEqual(["Matcha Latte"]);
});
