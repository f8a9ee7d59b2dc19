import { expect, test } from "vitest";
import boba from "../../../../../data/menu_boba.json";
import { type Preview, readMenuFile } from "./menuFile.ts";

test("the demo chain's own menu has no fault", () => {
  const preview = readMenuFile(JSON.stringify(boba)) as Preview;
  expect(preview.faults).toEqual([]);
  expect(preview.items.length).toBeGreaterThan(30);
  expect(preview.groups).toBeGreaterThan(5);
});

test("each fault is named with the way to it", () => {
  const item = { name: "Tea", category: "Tea", variants: [{ name: "Small", price: -1, modifier_groups: ["ice"] }] };
  const preview = readMenuFile(
    JSON.stringify({ name: "", currency: "baht", items: [item, item, { name: "Toast" }], modifier_groups: {} }),
  ) as Preview;
  expect(preview.faults.map((fault) => fault.path)).toEqual([
    "name",
    "currency",
    "items[0].variants[0].price",
    "items[0].variants[0].modifier_groups",
    "items[1].name",
    "items[1].variants[0].price",
    "items[1].variants[0].modifier_groups",
    "items[2].category",
    "items[2].variants",
  ]);
  expect(readMenuFile("{")).toMatchObject({ path: "" });
  expect(readMenuFile("[]")).toMatchObject({ path: "" });
});
