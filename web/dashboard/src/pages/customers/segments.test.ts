import { expect, test } from "vitest";
import { isTag, segmentChoices, segmentInWords, tagOf } from "./segments.ts";

test("a name becomes a tag as one types it, and is one only where it can be", () => {
  expect(tagOf("Press  2026")).toBe("press-2026");
  for (const name of ["students", "a", "vip-2026"]) expect(isTag(name)).toBe(true);
  for (const name of ["", "Students", "-a", "2026", "tier:blossom", "a b", "a".repeat(41)]) expect(isTag(name)).toBe(false);
});

test("tiers and tags in words", () => {
  expect(segmentInWords("tier:blossom")).toBe("tier Blossom");
  expect(segmentInWords("students")).toBe("students");
});

test("an offer is for what there is, and who may not list tags has the tiers", () => {
  const tiers = [{ name: "leaf" }, { name: "blossom" }];
  expect(segmentChoices(tiers, [{ name: "students" }])).toEqual([
    {
      group: "Tiers of loyalty",
      items: [
        { value: "tier:leaf", label: "Leaf" },
        { value: "tier:blossom", label: "Blossom" },
      ],
    },
    { group: "Segments", items: [{ value: "students", label: "students" }] },
  ]);
  expect(segmentChoices(tiers, []).map(({ group }) => group)).toEqual(["Tiers of loyalty"]);
  expect(segmentChoices([], [])).toEqual([]);
});
