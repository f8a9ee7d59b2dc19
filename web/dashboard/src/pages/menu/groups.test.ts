import { expect, test } from "vitest";
import { emptyGroup, faultsOf, moved, newOption, requestOf, rule, type TypedGroup, typedOf, variantsFor } from "./groups.ts";

const baht = (amount: number) => ({ amount, currency: "THB" });
const GROUP = {
  id: "7",
  name: "Toppings",
  min: 0,
  max: 2,
  modifiers: [
    { sku: "toppings/grass-jelly", name: "Grass Jelly", price: baht(1500), preselected: true },
    { sku: "toppings/rum", name: "Rum", price: baht(4050), age_restricted: true },
  ],
};
const typed = (change: Partial<TypedGroup> = {}): TypedGroup => ({ ...typedOf(GROUP, ["tea/small"]), ...change });

test("what is there comes back as it was, and options keep their skus under another name", () => {
  expect(typed().options.map(({ price }) => price)).toEqual(["15", "40.50"]);
  expect(requestOf(typed(), "THB")).toEqual({
    name: "Toppings",
    min: 0,
    max: 2,
    variants: ["tea/small"],
    options: [
      { sku: "toppings/grass-jelly", name: "Grass Jelly", price: baht(1500), age_restricted: false, preselected: true },
      { sku: "toppings/rum", name: "Rum", price: baht(4050), age_restricted: true, preselected: false },
    ],
  });
  const [jelly, rum] = typed().options;
  if (!jelly || !rum) throw new Error("two options");
  const renamed = requestOf(typed({ options: [{ ...jelly, name: " Black Jelly " }, { ...newOption(), name: "Pearls" }, rum] }), "THB");
  expect(renamed?.options.map(({ sku, name }) => [sku, name])).toEqual([
    ["toppings/grass-jelly", "Black Jelly"],
    [undefined, "Pearls"],
    ["toppings/rum", "Rum"],
  ]);
});

test("a new group waits for its words and blames nobody", () => {
  expect(faultsOf(emptyGroup(), "THB")).toEqual({});
  expect(requestOf(emptyGroup(), "THB")).toBeUndefined();
  expect(requestOf({ ...emptyGroup(), name: "Ice", options: [{ ...newOption(), name: "Less" }] }, "THB")?.options).toEqual([
    { name: "Less", price: baht(0), age_restricted: false, preselected: false },
  ]);
});

test("what is wrong is said at its field, and is not sent", () => {
  const wrong = (change: Partial<TypedGroup>) => {
    expect(requestOf(typed(change), "THB")).toBeUndefined();
    return Object.keys(faultsOf(typed(change), "THB"));
  };
  expect(wrong({ min: 3 })).toEqual(["max"]);
  expect(wrong({ min: 0, max: 0 })).toEqual(["max", "options"]);
  expect(wrong({ min: "" })).toEqual([]);
  expect(wrong({ options: [] })).toEqual([]);
  const [jelly, rum] = typed().options;
  if (!jelly || !rum) throw new Error("two options");
  expect(wrong({ options: [jelly, { ...rum, price: "4.555" }] })).toEqual(["toppings/rum.price"]);
  expect(wrong({ options: [jelly, { ...rum, name: "grass jelly" }] })).toEqual(["toppings/rum.name"]);
  const chosen = [jelly, { ...rum, preselected: true }];
  expect(wrong({ max: 1, options: chosen })).toEqual(["options"]);
});

test("options change places, and stay at the ends", () => {
  expect(moved(["a", "b", "c"], 1, -1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], 1, 1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
  expect(moved(["a", "b"], 1, 1)).toEqual(["a", "b"]);
});

test("how many are chosen, in words", () => {
  expect([rule(1, 1), rule(0, 3), rule(1, 3)]).toEqual(["exactly 1", "up to 3", "1 to 3"]);
});

test("a sku that two menus have is offered once, and what is in other money is not", () => {
  const product = (name: string, sku: string, currency: string) =>
    ({ name, variants: [{ sku, name: "One", price: { amount: 1, currency }, modifier_groups: [] }] }) as unknown as Parameters<
      typeof variantsFor
    >[0][number];
  const products = [product("Toast", "toast/one", "THB"), product("Toast", "toast/one", "THB"), product("Fika", "fika/one", "SEK")];
  expect(variantsFor(products, "THB", ["gone/one"])).toEqual([
    { value: "toast/one", label: "Toast, One" },
    { value: "gone/one", label: "gone/one" },
  ]);
});
