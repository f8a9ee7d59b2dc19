// The kitchen bumps, the order's page moves by itself, the owner sees the sale.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "../browser.mjs";
import { eventually } from "../client.mjs";
import { as, paidOrder, stage, withBrowser } from "./support.mjs";

withBrowser();

test("the kitchen bumps an order by key and touch, and the order's page moves live", async () => {
  const { store } = stage.known;
  const kitchen = await as("staff");
  await kitchen.go(`/${store.id}/kitchen`);
  await kitchen.page.locator("[data-live=live]").waitFor();
  const order = await paidOrder();
  const manager = await as("manager");
  await manager.go(`/${store.id}/orders/${order.id}`);
  await manager.page.locator("aside [data-live=live]").waitFor();
  await manager.page.getByRole("heading", { name: `Order ${order.pickup_number}` }).waitFor();

  // It came onto the board by the line, without a reload.
  const ticket = kitchen.page.locator(`[data-ticket="${order.pickup_number}"]`);
  await ticket.waitFor();
  await ticket.getByRole("button", { name: /^Start/ }).click();
  await manager.page.getByText("Being made").first().waitFor({ timeout: 5000 });

  // The digit on the button does what the button does.
  const key = await ticket.getByRole("button", { name: /^Ready/ }).getAttribute("aria-keyshortcuts");
  if (key) await kitchen.page.keyboard.press(key);
  else await ticket.getByRole("button", { name: /^Ready/ }).click();
  await manager.page.getByRole("button", { name: "Handed over" }).waitFor({ timeout: 5000 });
  assert.equal((await stage.nobody.login("manager@kirana.example").then((who) => who.get(`/orders/${order.id}`))).status, "ready");

  // A recall brings it back.
  await kitchen.page.getByRole("button", { name: `Recall ${order.pickup_number}` }).click();
  await ticket.waitFor();
  await manager.page.getByRole("button", { name: "Ready", exact: true }).click();
  await manager.page.getByRole("button", { name: "Handed over" }).click();
  await ticket.waitFor({ state: "detached" });
  assert.deepEqual([...kitchen.page.faults, ...manager.page.faults], []);
  await kitchen.context.close();
  await manager.context.close();
});

test("the owner sees the sale", async () => {
  const { store } = stage.known;
  const owner = await as("owner");
  await owner.go(`/${store.id}/today`);
  await settled(owner.page);
  const figure = async (name) => Number((await owner.page.locator(`[data-stat="${name}"]`).textContent()) ?? 0);
  const before = { paid: await figure("Orders paid"), open: await figure("Under way") };
  await paidOrder();
  // By the line at once; the figures, which events bring, a moment later.
  await eventually("the order to be under way", async () => (await figure("Under way")) === before.open + 1, 10);
  await eventually("the figures to have it", async () => (await figure("Orders paid")) >= before.paid + 1, 60);
  await owner.context.close();
});

test("filters are in the address, and a row leads to the whole story", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/orders?status=completed&q=Tea`);
  await settled(page);
  await page.locator("tbody tr").first().waitFor();
  assert.equal(await page.getByLabel("Search these rows").inputValue(), "Tea");
  const marks = await page.locator("tbody tr").allInnerTexts();
  assert.ok(marks.length > 0 && marks.every((row) => row.includes("Completed")));
  await page.getByRole("button", { name: "Total" }).click();
  await page.waitForURL(/sort=total/);
  await page.locator("tbody tr").first().getByRole("link").click();
  await page.getByTestId("timeline").getByText("Placed").waitFor();
  await context.close();
});

test("the line goes down visibly, and comes back by itself", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/orders`);
  await page.locator("aside [data-live=live]").waitFor();
  await context.setOffline(true);
  await page.getByText("This device is offline.").waitFor();
  await context.setOffline(false);
  await page.locator("aside [data-live=live]").waitFor({ timeout: 30_000 });
  await context.close();
});

test("a receipt goes to the printer as the platform writes it", async () => {
  const { store } = stage.known;
  const order = await paidOrder();
  const { page, go, context } = await as("staff");
  await go(`/${store.id}/orders/${order.id}`);
  await page.getByRole("button", { name: "Receipt" }).click();
  const receipt = page.locator("iframe[title=Receipt]");
  await receipt.waitFor({ state: "attached" });
  const text = await receipt.contentFrame().locator("pre").textContent();
  assert.ok(text.includes(order.pickup_number), text);
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("a view is kept, comes back with its filters, and outlives a sign-out; an export has what is shown", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/orders?status=completed&kind=pickup`);
  await page.locator("tbody tr").first().waitFor();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export CSV" }).click();
  const csv = await (await download)
    .createReadStream()
    .then((stream) => stream.toArray())
    .then((parts) => Buffer.concat(parts).toString("utf8"));
  const rows = csv.trim().split("\r\n");
  assert.ok(csv.startsWith("\ufeff"), "spreadsheets are to know that it is UTF-8");
  assert.equal(rows[0], "Order,Status,Customer,Kind,Items,Total,Placed");
  assert.equal(rows.length - 1, await page.locator("tbody tr").count());
  await page.getByRole("button", { name: "Saved views" }).click();
  await page.getByRole("textbox", { name: "Name of the view" }).fill("Counter sales");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Counter sales", exact: true }).waitFor();
  await page.getByRole("button", { name: "Everything" }).click();
  await page.waitForURL((url) => !url.search.includes("kind"));
  await page.keyboard.press("Escape");
  await page
    .getByRole("button", { name: /Somchai/ })
    .first()
    .click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByLabel("E-mail address").fill("manager@kirana.example");
  await page.locator("input[autocomplete=current-password]").fill("kirana-demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Orders", exact: true }).first().click();
  await page.getByRole("button", { name: "Saved views" }).click();
  await page.getByRole("button", { name: "Counter sales", exact: true }).click();
  await page.waitForURL(/kind=pickup/);
  await context.close();
});

test("a view that a manager shares is there for the owner, who may remove it", async () => {
  const { store } = stage.known;
  const manager = await as("manager");
  await manager.go(`/${store.id}/orders?status=completed`);
  await manager.page.locator("tbody tr").first().waitFor();
  await manager.page.getByRole("button", { name: "Saved views" }).click();
  await manager.page.getByRole("textbox", { name: "Name of the view" }).fill("Over and done");
  await manager.page.getByRole("combobox", { name: "For" }).click();
  await manager.page.getByRole("option", { name: "The franchise" }).click();
  await manager.page.getByRole("button", { name: "Save", exact: true }).click();
  await manager.page.getByRole("button", { name: /^Over and done/ }).waitFor();
  await manager.context.close();

  const owner = await as("owner");
  await owner.go(`/${store.id}/orders`);
  await owner.page.locator("tbody tr").first().waitFor();
  await owner.page.getByRole("button", { name: "Saved views" }).click();
  await owner.page.getByRole("button", { name: /^Over and done/ }).click();
  await owner.page.waitForURL(/status=completed/);
  await owner.page.getByRole("button", { name: "Saved views" }).click();
  await owner.page.getByRole("button", { name: "Remove the view Over and done" }).click();
  await owner.page.getByRole("button", { name: /^Over and done/ }).waitFor({ state: "detached" });
  await owner.context.close();
});
