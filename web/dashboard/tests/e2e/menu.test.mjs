// The menu: a store hides and marks what it does not sell, the chain makes and imports products.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "../browser.mjs";
import { eventually } from "../client.mjs";
import { as, stage, withBrowser } from "./support.mjs";

withBrowser();

const manager = () => stage.nobody.login("manager@kirana.example");
const admin = () => stage.nobody.login("admin@kirana.example");

/** How something of the chain's menu stands in the store. */
const standing = async (api, sku) => (await api.get(`/stores/${stage.known.store.id}/menu/choices`)).find((one) => one.sku === sku);

test("an item is hidden in one store, and back by undo", async () => {
  const { store } = stage.known;
  const api = await manager();
  const sku = "honey-green-tea/small";
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/menu?q=honey+green+tea`);
  await page.getByRole("button", { name: "More about Honey Green Tea, Small" }).click();
  await page.getByRole("menuitem", { name: "Hide it in this store" }).click();
  await page.getByText("Honey Green Tea, Small is off this store's menu").waitFor();
  await eventually("it to be hidden", async () => (await standing(api, sku)).hidden);
  await page.locator("tbody tr").filter({ hasText: "Small" }).getByText("Hidden").first().waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await eventually("it to be there again", async () => !(await standing(api, sku)).hidden);
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("a modifier is sold out by one touch, and back by undo", async () => {
  const { store } = stage.known;
  const api = await manager();
  const choices = (await api.get(`/stores/${store.id}/menu/choices`)).filter((one) => one.kind === "modifier");
  // One whose name no other has, so that it is known which switch it is.
  const one = choices.find(
    (mine) =>
      mine.available &&
      !mine.hidden &&
      choices.filter((other) => other.name.includes(mine.name) || mine.name.includes(other.name)).length === 1,
  );
  assert.ok(one, "a modifier with a name of its own");
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/menu/modifiers`);
  const toggle = page.getByRole("switch", { name: `${one.name} is on sale` });
  await toggle.waitFor();
  await toggle.scrollIntoViewIfNeeded();
  // A touch goes to what is drawn, which lies over the box that it belongs to.
  const { x, y, width, height } = await toggle.boundingBox();
  await page.mouse.click(x + width / 2, y + height / 2);
  await page.getByText(`${one.name} is sold out`).waitFor();
  await eventually("it to be sold out", async () => !(await standing(api, one.sku)).available);
  await page.getByRole("button", { name: "Undo" }).click();
  await eventually("it to be sold again", async () => (await standing(api, one.sku)).available);
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("an owner has a store's menu, and nothing of the chain's", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("owner");
  await go(`/${store.id}/menu`);
  await settled(page);
  const tabs = await page.getByRole("navigation", { name: "Menu", exact: true }).getByRole("link").allInnerTexts();
  assert.deepEqual(tabs.slice(0, 2), ["What this store sells", "Modifiers"]);
  for (const chain of ["The chain's products", "The chain's modifiers", "Import"]) assert.ok(!tabs.includes(chain), chain);
  // Who knows the address is not let further by it.
  await go(`/${store.id}/menu/products`);
  await settled(page);
  assert.equal(await page.getByRole("button", { name: "New product" }).count(), 0);
  await context.close();
});

test("an import is seen with what is wrong, and taken when nothing is", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("admin");
  await go(`/${store.id}/menu/import`);
  const name = `Brunch ${Date.now()}`;
  const menu = (price) =>
    JSON.stringify({
      name,
      currency: store.currency,
      items: [
        { name: "Pandan toast", category: "Toast", variants: [{ name: "One", price: 65 }] },
        { name: "Coconut toast", category: "Toast", variants: [{ name: "One", price }] },
      ],
      modifier_groups: {},
    });
  const field = page.getByLabel("The menu as JSON");
  const take = page.getByRole("button", { name: "Import", exact: true });
  await field.fill(menu(-1));
  await page.getByText("One fault at first sight").waitFor();
  await page.getByText("expected a number, zero or more").waitFor();
  await page.getByRole("heading", { name: "What is in the file" }).waitFor();
  assert.ok(await take.isDisabled(), "what is wrong is not sent");
  await field.fill(menu(55));
  await page.getByText("One fault at first sight").waitFor({ state: "detached" });
  await take.click();
  await page.getByText("2 products, 2 variants, 0 modifier groups.").waitFor();
  const menus = await (await admin()).get("/menus");
  assert.equal(menus.find((one) => one.name === name)?.products, 2);
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("the chain makes a product, and stores sell it", async () => {
  const { store } = stage.known;
  const api = await admin();
  const menus = await api.get("/menus");
  // The one that stores sell by.
  const menu = menus.toSorted((a, b) => b.stores - a.stores)[0];
  const name = `Lychee Cooler ${Date.now()}`;
  const { page, go, context } = await as("admin");
  await go(`/${store.id}/menu/products`);
  await page.getByRole("button", { name: "New product" }).click();
  const form = page.getByRole("dialog", { name: "New product" });
  await form.getByRole("combobox", { name: "Onto the menu" }).click();
  await page.getByRole("option", { name: `${menu.name}, ${menu.currency}`, exact: true }).click();
  const make = form.getByRole("button", { name: "Make it" });
  assert.ok(await make.isDisabled());
  await form.getByRole("textbox", { name: "Name" }).first().fill(name);
  await form
    .getByRole("combobox", { name: "Category" })
    .or(form.getByRole("textbox", { name: "Category" }))
    .first()
    .fill("Coolers");
  await form.getByRole("textbox", { name: "Name" }).last().fill("One");
  await form.getByRole("textbox", { name: `Price, ${menu.currency}` }).fill("59.50");
  await make.click();
  await form.waitFor({ state: "hidden" });
  const made = await eventually("stores to sell it", async () => {
    const { products } = await stage.nobody.get(`/stores/${store.id}/menu?at=${Date.now()}`);
    return products.find((product) => product.name === name);
  });
  assert.deepEqual(
    made.variants.map((variant) => [variant.name, variant.price.amount]),
    [["One", 5950]],
  );
  await api.ask("DELETE", `/products/${made.id}`);
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("a manager sees what is chosen of each group, and edits none", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/menu/modifiers`);
  const extra = page.locator(".card").filter({ has: page.getByRole("heading", { name: "Extra toppings" }) });
  await extra.getByText("up to 3").waitFor();
  await extra.getByText("Coffee Jelly").first().waitFor();
  assert.equal(await page.getByRole("link", { name: "The chain's modifiers" }).count(), 0);
  await go(`/${store.id}/menu/groups`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.locator("[data-problem]").first().waitFor();
  assert.equal(await page.getByRole("button", { name: "New group" }).count(), 0);
  await context.close();
});

test("the chain makes a group, changes it and deletes it; stores ask so", async () => {
  const { store } = stage.known;
  const api = await admin();
  const menu = (await api.get("/menus")).toSorted((a, b) => b.stores - a.stores).find((one) => one.currency === store.currency);
  const kept = async (name) => (await api.get(`/modifier-groups?menu_id=${menu.id}`)).find(({ group }) => group.name === name);
  const sku = "honey-green-tea/small";
  const name = `Straw ${Date.now()}`;
  const { page, go, context } = await as("admin");
  await go(`/${store.id}/menu/groups?menu=${menu.id}`);
  await page.getByRole("button", { name: "New group" }).click();
  const form = page.getByRole("dialog", { name: "New group" });
  const make = form.getByRole("button", { name: "Make it" });
  const field = (label) => form.getByRole("textbox", { name: label, exact: true });
  await form.getByRole("textbox", { name: /^Name/ }).fill(name);
  assert.ok(await make.isDisabled(), "an option is waited for");
  await field("Option").fill("Paper");
  await form.getByRole("button", { name: "Another option" }).click();
  await field("Option").nth(1).fill("Bamboo");
  await field(`Price, ${menu.currency}`).nth(1).fill("7.505");
  await form.getByText("Such as 15 or 15.50").waitFor();
  assert.ok(await make.isDisabled(), "what is wrong is not sent");
  await field(`Price, ${menu.currency}`).nth(1).fill("7.50");
  // By keyboard: the second goes before the first.
  await form.getByRole("button", { name: "Bamboo up" }).press("Enter");
  await form.getByRole("checkbox", { name: "Chosen beforehand" }).nth(1).check();
  const variants = form.getByRole("combobox", { name: "Variants that have it" }).or(form.getByLabel("Variants that have it")).first();
  await variants.fill("Honey Green Tea, Small");
  await page.getByRole("option", { name: "Honey Green Tea, Small", exact: true }).click();
  await page.keyboard.press("Escape");
  await make.click();
  await form.waitFor({ state: "hidden" });
  const made = await kept(name);
  assert.deepEqual(made.variants, [sku]);
  const said = ({ group }) => group.modifiers.map((one) => [one.name, one.price.amount, one.preselected ?? false]);
  assert.deepEqual(said(made), [
    ["Bamboo", 750, false],
    ["Paper", 0, true],
  ]);
  await eventually("the store to ask so", async () => {
    const { modifier_groups: groups } = await stage.nobody.get(`/stores/${store.id}/menu?at=${Date.now()}`);
    return groups.some((group) => group.name === name);
  });

  // Changed: an option under another name keeps its sku, one is taken out, another comes.
  await page.getByRole("button", { name, exact: true }).click();
  const edit = page.getByRole("dialog", { name });
  const option = (at) => edit.getByRole("textbox", { name: "Option", exact: true }).nth(at);
  await option(0).fill("Rice");
  await edit.getByRole("button", { name: "Take out Paper" }).click();
  await edit.getByRole("button", { name: "Another option" }).click();
  await option(1).fill("None");
  await edit.getByRole("textbox", { name: "At most" }).fill("2");
  await edit.getByRole("button", { name: "Keep" }).click();
  await edit.waitFor({ state: "hidden" });
  const changed = await kept(name);
  assert.deepEqual(said(changed), [
    ["Rice", 750, false],
    ["None", 0, false],
  ]);
  assert.equal(changed.group.modifiers[0].sku, made.group.modifiers[0].sku);
  assert.deepEqual([changed.group.min, changed.group.max], [0, 2]);

  // Deleted: asked first, with what goes along.
  await page.getByRole("button", { name, exact: true }).click();
  await edit.getByRole("button", { name: "Delete" }).click();
  const sure = page.getByRole("dialog", { name: `Delete ${name}?` });
  await sure.getByText("One variant has it and loses it at once.").waitFor();
  await sure.getByRole("button", { name: "Delete" }).click();
  await page.getByText("Off the menu for good").waitFor();
  assert.equal(await kept(name), undefined);
  await page.getByRole("button", { name, exact: true }).waitFor({ state: "detached" });
  assert.deepEqual(page.faults, []);
  await context.close();
});
