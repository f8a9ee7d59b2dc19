// The kitchen bumps, the order's page moves by itself, the owner sees the sale.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "../browser.mjs";
import { eventually } from "../client.mjs";
import { as, paidOrder, stage, withBrowser } from "./support.mjs";

withBrowser();

/**
 * The digit that bumps a ticket. Only nine tickets have one, the longest waiting first: those of the world that are before it are made
 * by the API until it is among them, so that the key is what is tried.
 */
async function keyOf(page, ticket, order) {
  const api = await stage.nobody.login("manager@kirana.example");
  const base = `/stores/${stage.known.store.id}/kitchen/tickets`;
  const button = ticket.getByRole("button", { name: /^Ready/ });
  const before = (await api.get(base)).filter((one) => one.id !== order.id && ["confirmed", "preparing"].includes(one.status));
  for (const one of before) {
    if (await button.getAttribute("aria-keyshortcuts")) break;
    for (let turn = one.status === "confirmed" ? 2 : 1; turn > 0; turn -= 1) await api.post(`${base}/${one.id}/bump`);
    await page.locator(`[data-ticket="${one.pickup_number}"]`).waitFor({ state: "detached" });
  }
  const key = await button.getAttribute("aria-keyshortcuts");
  assert.match(key ?? "", /^[1-9]$/, "one of nine tickets has a key");
  return key;
}

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

  // Steps that are done are told as well as what is waited for.
  const story = manager.page.getByTestId("timeline");
  await story
    .locator("[data-step=pay][data-state=done]")
    .getByText(/^step done at/)
    .waitFor();

  // It came onto the board by the line, without a reload.
  const ticket = kitchen.page.locator(`[data-ticket="${order.pickup_number}"]`);
  await ticket.waitFor();
  await ticket.getByRole("button", { name: /^Start/ }).click();
  await manager.page.getByText("Being made").first().waitFor({ timeout: 20_000 });

  // The digit on the button does what the button does.
  const key = await keyOf(kitchen.page, ticket, order);
  await kitchen.page.keyboard.press(key);
  await manager.page.getByRole("button", { name: "Handed over" }).waitFor({ timeout: 20_000 });
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

test("a bump is on the board at once, and goes back when it is refused", async () => {
  const { store } = stage.known;
  const order = await paidOrder();
  const { page, go, context } = await as("staff");
  let answer;
  const asked = new Promise((done) => {
    answer = done;
  });
  // The platform thinks about it until it is told to refuse.
  let refuse;
  const held = new Promise((done) => {
    refuse = done;
  });
  await page.route(`**/kitchen/tickets/${order.id}/bump`, async (route) => {
    answer();
    await held;
    await route.fulfill({
      status: 409,
      contentType: "application/problem+json",
      body: JSON.stringify({ type: "about:blank", title: "Conflict", status: 409, code: "wrong_status", detail: "the kitchen is on fire" }),
    });
  });
  await go(`/${store.id}/kitchen`);
  const ticket = page.locator(`[data-ticket="${order.pickup_number}"]`);
  await ticket.getByRole("button", { name: /^Start/ }).click();
  await asked;
  await ticket.getByRole("button", { name: /^Ready/ }).waitFor({ timeout: 20_000 });
  refuse();
  await page.getByText("the kitchen is on fire").waitFor();
  await ticket.getByRole("button", { name: /^Start/ }).waitFor();
  await context.close();
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

test("the week is drawn, told in words and as a table, and a day opens by a key", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("owner");
  await go(`/${store.id}/today`);
  const week = page.getByRole("figure", { name: /^Sales by day/ });
  await week.locator(".chart-picture path.recharts-rectangle").first().waitFor();
  const days = week.getByRole("button");
  assert.equal(await days.count(), 7);
  await days.nth(5).focus();
  const words = await days.nth(5).getAttribute("aria-label");
  await page.keyboard.press("Enter");
  await page.waitForURL(/[?&]day=/);
  assert.equal(await days.nth(5).getAttribute("aria-pressed"), "true");
  // The day by its hours: the same sum, in a table for whoever does not see the picture.
  const hours = page.getByRole("figure", { name: "Sales by hour" });
  await hours.locator(".chart-picture path.recharts-rectangle").first().waitFor();
  await hours.getByText("As a table").click();
  assert.ok((await hours.getByRole("table", { name: "Sales by hour" }).locator("tbody tr").count()) > 0);
  await week.getByText("As a table").click();
  const rows = week.getByRole("table", { name: /^Sales by day/ }).locator("tbody tr");
  assert.equal(await rows.count(), 7);
  const told = await rows.nth(5).locator("td").last().textContent();
  assert.ok(words.includes(`: ${told},`), `${words} and ${told}`);
  assert.deepEqual(page.faults, []);

  // On a phone it is as wide as the screen, and no wider.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await week.locator(".chart-picture path.recharts-rectangle").first().waitFor();
  const { wide, screen } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    screen: document.documentElement.clientWidth,
  }));
  assert.ok(wide <= screen, `${wide} wide on a screen of ${screen}`);
  await context.close();
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
  const story = page.getByTestId("timeline");
  await story.getByText("Placed", { exact: true }).waitFor();
  // What is done is told as well as what is still waited for.
  await story
    .locator("[data-step=pay][data-state=done]")
    .getByText(/^step done at/)
    .waitFor();
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

test("a view is kept, comes back with its filters, and outlives a sign-out; an export has what fits it", async () => {
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
  // All that fit, and not only those that are loaded: tables.test.mjs counts them.
  assert.ok(rows.length - 1 >= (await page.locator("tbody tr").count()));
  for (const row of rows.slice(1)) assert.match(row, /^[^,]+,Completed,.*,Pickup,/);
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

test("an order is called off with a reason, and the money goes back", async () => {
  const { store } = stage.known;
  const order = await paidOrder();
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/orders/${order.id}`);
  await page.getByRole("button", { name: "Cancel order" }).click();
  const dialog = page.getByRole("dialog", { name: `Cancel order ${order.pickup_number}?` });
  const sure = dialog.getByRole("button", { name: "Cancel order" });
  assert.ok(await sure.isDisabled(), "nobody is left without a reason");
  await dialog.getByRole("button", { name: "Customer asked" }).click();
  await sure.click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByTestId("timeline").getByText("“Customer asked”").waitFor();
  const api = await stage.nobody.login("manager@kirana.example");
  const now = await eventually("the money to go back", async () => {
    const found = await api.get(`/orders/${order.id}`);
    return found.payment.refunded.amount === order.totals.total.amount && found;
  });
  assert.ok(["cancelled", "refunded"].includes(now.status), now.status);
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("what is done to several rows says of each how it went", async () => {
  const { store } = stage.known;
  const api = await stage.nobody.login("manager@kirana.example");
  const orders = [await paidOrder(), await paidOrder()];
  for (const { id } of orders) for (const _ of [1, 2]) await api.post(`/stores/${store.id}/kitchen/tickets/${id}/bump`);
  const [good, bad] = orders;
  await eventually("both to be among the store's orders", async () => {
    const { items } = await api.get(`/orders?store_id=${store.id}&status=ready&limit=100`);
    return orders.every(({ id }) => items.some((one) => one.id === id));
  });
  const { page, go, context } = await as("manager");
  await page.route(`**/api/v1/orders/${bad.id}/status`, (route) =>
    route.fulfill({
      status: 409,
      contentType: "application/problem+json",
      json: { type: "about:blank", title: "Conflict", status: 409, code: "invalid_transition", detail: "the bag is not there" },
    }),
  );
  await go(`/${store.id}/orders?status=ready`);
  for (const { id } of orders)
    await page
      .locator("tbody tr")
      .filter({ has: page.locator(`a[href$="/orders/${id}"]`) })
      .getByRole("checkbox")
      .check();
  await page.getByRole("toolbar", { name: "Chosen rows" }).getByRole("button", { name: "Move on" }).click();
  const dialog = page.getByRole("dialog", { name: "Move on" });
  await dialog.getByRole("button", { name: "Move on" }).click();
  await dialog.getByText("1 done, 0 passed over, 1 failed").waitFor();
  await dialog.getByText("the bag is not there").waitFor();
  assert.equal((await api.get(`/orders/${good.id}`)).status, "collected");
  assert.equal((await api.get(`/orders/${bad.id}`)).status, "ready");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await api.put(`/orders/${bad.id}/status`, { status: "collected" });
  await context.close();
});

test("columns are chosen, and stay so on this device", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("manager");
  const head = (name) => page.getByRole("columnheader", { name, exact: true });
  await go(`/${store.id}/orders`);
  await head("Kind").waitFor();
  assert.equal(await head("Paid").count(), 0);
  const choose = async (...names) => {
    await page.getByRole("button", { name: "Choose columns" }).click();
    for (const name of names) await page.getByRole("menuitem", { name, exact: true }).click();
    await page.keyboard.press("Escape");
  };
  await choose("Paid", "Kind");
  await head("Paid").waitFor();
  await head("Kind").waitFor({ state: "detached" });
  await page.reload();
  await head("Paid").waitFor();
  assert.equal(await head("Kind").count(), 0);
  await choose("As they were");
  await head("Kind").waitFor();
  assert.equal(await head("Paid").count(), 0);
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("the palette finds an order that no page has loaded, and opens it", async () => {
  const { store } = stage.known;
  const api = await stage.nobody.login("manager@kirana.example");
  const order = await paidOrder();
  await eventually("the order to be found", async () => {
    const { items } = await api.get(`/orders?store_id=${store.id}&q=${order.pickup_number}&limit=5`);
    return items.some(({ id }) => id === order.id);
  });
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/menu`);
  await settled(page);
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Pages, stores, orders, products, actions").fill(order.pickup_number);
  await page.getByText(`${order.pickup_number} · ${order.customer.name}`).first().click();
  await page.waitForURL(new RegExp(`/orders/${order.id}`));
  await page.getByRole("heading", { name: `Order ${order.pickup_number}` }).waitFor();
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("the kitchen's board takes the whole screen, and gives it back", async () => {
  const { page, go, context } = await as("staff");
  await go(`/${stage.known.store.id}/kitchen`);
  await page.getByRole("heading", { name: "Kitchen", level: 1 }).waitFor();
  const full = () => page.evaluate(() => document.fullscreenElement !== null);
  await page.getByRole("button", { name: "Full screen" }).click();
  await eventually("the whole screen", full, 10);
  // The button keeps the focus; the key is the board's wherever that is.
  await page.keyboard.press("f");
  await eventually("the screen to be given back", async () => !(await full()), 10);
  assert.deepEqual(page.faults, []);
  await context.close();
});
