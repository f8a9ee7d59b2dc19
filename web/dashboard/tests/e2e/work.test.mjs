// A manager's work: goods in, counted, money back. And what a role may not do is not there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "../browser.mjs";
import { eventually } from "../client.mjs";
import { as, paidOrder, stage, withBrowser } from "./support.mjs";

withBrowser();

test("a manager receives goods with a scanner", async () => {
  const { store } = stage.known;
  const api = await stage.nobody.login("manager@kirana.example");
  const before = await api.get(`/inventory/${store.id}/lid`);
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/stock/receive`);
  const field = page.getByRole("combobox", { name: "Scan or type" });
  for (const code of ["lid", "lid", "lid"]) {
    await field.fill(code);
    await field.press("Enter");
  }
  await field.fill("(17)271231(10)LID-7");
  await field.press("Enter");
  assert.equal(await page.getByLabel("Quantity, pieces").inputValue(), "3");
  assert.equal(await page.getByLabel("Lot").inputValue(), "LID-7");
  await field.fill("no-such-code");
  await field.press("Enter");
  await page.getByText("No item of this store has the code").waitFor();
  await page.getByRole("button", { name: "Take it in" }).click();
  await page.getByText("One line is in the books").waitFor();
  const after = await api.get(`/inventory/${store.id}/lid`);
  assert.equal(after.on_hand, before.on_hand + 3);
  const batches = await api.get(`/inventory/${store.id}/batches?sku=lid`);
  assert.ok(batches.some((batch) => batch.lot === "LID-7" && batch.expires_at.startsWith("2027-12-31")));
  await context.close();
});

test("one counts, another approves the difference", async () => {
  const { store } = stage.known;
  const api = await stage.nobody.login("manager@kirana.example");
  const before = await api.get(`/inventory/${store.id}/hazelnut-syrup`);
  const manager = await as("manager");
  await manager.go(`/${store.id}/stock/counts`);
  await manager.page.getByRole("button", { name: "Begin a count" }).click();
  const item = manager.page.getByRole("combobox", { name: "Item: scan or type" });
  await item.fill("hazelnut-syrup");
  await item.press("Enter");
  await manager.page.getByLabel("Counted, millilitres").fill(String(before.on_hand - 40));
  await manager.page.getByRole("button", { name: "Write down" }).click();
  await manager.page.getByText("−40 ml").first().waitFor();
  await manager.page.getByText("You counted this").waitFor();
  assert.equal(await manager.page.getByRole("button", { name: "Approve" }).count(), 0);
  const owner = await as("owner");
  await owner.go(new URL(manager.page.url()).pathname.replace("/dashboard", ""));
  await owner.page.getByRole("button", { name: "Approve" }).click();
  await owner.page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await owner.page.getByText("In the books", { exact: true }).waitFor();
  assert.equal((await api.get(`/inventory/${store.id}/hazelnut-syrup`)).on_hand, before.on_hand - 40);
  await manager.context.close();
  await owner.context.close();
});

test("a manager gives a part of the money back", async () => {
  const { store } = stage.known;
  const order = await paidOrder();
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/orders/${order.id}`);
  await page.getByRole("button", { name: "Refund" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("A part").click();
  await dialog.getByLabel("Amount in THB").fill("9999");
  await dialog.getByText(/^At most/).waitFor();
  await dialog.getByLabel("Amount in THB").fill("12.50");
  await dialog.getByRole("button", { name: "Not good" }).click();
  await dialog.getByRole("button", { name: /^Refund ฿12\.50/ }).click();
  await page.getByText("On its way back to the customer").waitFor();
  await page.getByText("฿12.50 given back").waitFor();
  await context.close();
});

test("a proof that is too old is asked for, and the call goes on", async () => {
  const { store } = stage.known;
  const order = await paidOrder();
  const { page, go, context } = await as("manager");
  let refused = false;
  // The API says so after five minutes; here it is said at once, and the proof is a real one.
  await page.route("**/api/v1/payments/*/refund", async (route) => {
    if (refused) return route.continue();
    refused = true;
    await route.fulfill({
      status: 401,
      headers: { "www-authenticate": 'Bearer error="insufficient_user_authentication", max_age=300' },
      contentType: "application/problem+json",
      body: JSON.stringify({
        type: "about:blank",
        title: "Unauthorized",
        status: 401,
        code: "step_up_required",
        detail: "prove again who you are",
      }),
    });
  });
  await go(`/${store.id}/orders/${order.id}`);
  await page.getByRole("button", { name: "Refund" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Wrong item" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Refund ฿/ })
    .click();
  const proof = page.getByRole("dialog", { name: "Please prove it is you" });
  await proof.getByLabel("Your password").fill("kirana-demo");
  await proof.getByRole("button", { name: "Go on" }).click();
  await page.getByText("On its way back to the customer").waitFor();
  await context.close();
});

test("sold out by one touch, and back by undo", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("manager");
  const sells = async () => {
    const menu = await stage.nobody.get(`/stores/${store.id}/menu?at=${Date.now()}`);
    return menu.products.some((product) => product.variants.some((variant) => variant.sku === "matcha-latte/small"));
  };
  await go(`/${store.id}/menu?q=matcha+latte`);
  const toggle = page.getByRole("switch", { name: "Matcha Latte, Small is on sale" });
  // A touch goes to what is drawn, which lies over the box that it belongs to.
  const { x, y, width, height } = await toggle.boundingBox();
  await page.mouse.click(x + width / 2, y + height / 2);
  await eventually("it to be off the menu", async () => !(await sells()));
  await page.getByRole("button", { name: "Undo" }).click();
  await eventually("it to be back", sells);
  await context.close();
});

test("what a role may not do is absent", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("staff");
  await go(`/${store.id}/today`);
  await settled(page);
  const links = await page.getByRole("navigation", { name: "Pages" }).first().getByRole("link").allInnerTexts();
  assert.deepEqual(
    links.map((text) => text.trim()),
    ["Today", "Orders", "Kitchen", "Stock", "Menu", "Devices", "People", "Settings"],
  );
  assert.equal(await page.getByText("Sales by day").count(), 0);
  await go(`/${store.id}/stock`);
  await settled(page);
  assert.equal(await page.getByRole("link", { name: "Purchase orders" }).count(), 0);
  await context.close();
});

test("a foreign owner sees nothing", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("foreign");
  await go("/all/today");
  await page.getByText("You have no stores yet").waitFor();
  await go(`/${store.id}/orders`);
  await page.getByText("No such store, or it is not yours").waitFor();
  const seen = (await page.locator("body").textContent()) ?? "";
  assert.ok(!seen.includes("A-0") && !seen.includes(store.name), seen);
  await context.close();
});

test("whoever signs out leaves nothing, and a customer has no place here", async () => {
  const { page, go, context } = await as("manager");
  await go(`/${stage.known.store.id}/orders`);
  await settled(page);
  await page
    .getByRole("button", { name: /Somchai/ })
    .first()
    .click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByLabel("E-mail address").fill("customer@kirana.example");
  await page.locator("input[autocomplete=current-password]").fill("wrong-password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  await page.locator("input[autocomplete=current-password]").fill("kirana-demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Nothing for you here" }).waitFor();
  await context.close();
});
