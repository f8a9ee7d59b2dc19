// Both apps at once: a customer orders on a phone, the kitchen makes it, the owner sees the sale, a manager gives the money back, and
// an owner of another franchise sees nothing of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { noon, PHONE } from "../../../e2e/support.mjs";
import { settled, windowOf } from "../browser.mjs";
import { eventually, PASSWORD } from "../client.mjs";
import { as, platform, stage, withBrowser } from "./support.mjs";

withBrowser();

const PATIENT = 60_000;

/** A customer's phone, before the storefront. */
async function phone() {
  const context = await stage.browser.newContext({ baseURL: platform, locale: "en", timezoneId: "Asia/Bangkok", ...PHONE });
  context.setDefaultTimeout(PATIENT);
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  // The store is open by the page's clock, whenever this runs.
  await page.clock.install({ time: noon() });
  await page.clock.resume();
  return { context, page };
}

/** Somebody who owns the stores of another franchisee of the chain. */
async function neighbour() {
  const { stores, store } = stage.known;
  const { franchisee_id } = stores.find((one) => one.franchisee_id !== store.franchisee_id);
  const email = `neighbour-${Date.now()}@kirana.example`;
  const admin = await stage.nobody.login("admin@kirana.example");
  await admin.post("/users", { email, name: "Wichai", password: PASSWORD, roles: ["owner"], franchisee_id });
  return { email, own: stores.filter((one) => one.franchisee_id === franchisee_id) };
}

/** Orders a drink and pays for it; the page is then the order's. */
async function ordered(page, store) {
  await page.goto(`/stores/${store.id}`);
  await page.getByRole("link", { name: /Golden Bubble Milk Tea/ }).click();
  const sheet = page.getByRole("dialog", { name: "Golden Bubble Milk Tea" });
  await sheet.getByRole("radio", { name: /Medium/ }).check();
  await sheet.getByRole("radio", { name: "Sugar 50%" }).check();
  await sheet.getByRole("radio", { name: "None" }).check();
  await sheet.getByRole("button", { name: /^Add/ }).click();
  await page.getByRole("link", { name: /View order/ }).click();
  await page.getByRole("link", { name: /Sign in to order/ }).click();
  await page.getByLabel("E-mail").fill("customer@kirana.example");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(/\/cart/);
  await page.getByRole("button", { name: /Order and pay/ }).click();
  await page.waitForURL(/\/pay\//);
  await page.getByRole("button", { name: /Goes through/ }).click();
  await page.getByRole("button", { name: /^Pay ฿/ }).click();
  await page.waitForURL(/\/orders\//);
  return new URL(page.url()).pathname.split("/").pop();
}

test("one order, seen by everybody whom it concerns", { timeout: 300_000 }, async () => {
  const { store } = stage.known;
  const api = await stage.nobody.login("manager@kirana.example");
  const [customer, kitchen, owner, manager] = [await phone(), await as("staff"), await as("owner"), await as("manager")];
  await kitchen.go(`/${store.id}/kitchen`);
  await kitchen.page.locator("[data-live=live]").waitFor({ timeout: PATIENT });
  await owner.go(`/${store.id}/today`);
  await settled(owner.page);
  const paid = async () => Number(await owner.page.locator('[data-stat="Orders paid"]').textContent());
  const before = await paid();

  // The customer, on a phone.
  const id = await ordered(customer.page, store);
  const stands = (status) => customer.page.locator(`.headline-now[data-status="${status}"]`).waitFor();
  await stands("confirmed");
  await customer.page.locator(".line-state.live").waitFor();
  const wide = await customer.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, "it is no wider than the phone");
  // What a reload would forget.
  await customer.page.evaluate(() => {
    globalThis.neverReloaded = true;
  });
  const order = await api.get(`/orders/${id}`);
  const number = order.pickup_number;
  await customer.page.getByText(number, { exact: true }).first().waitFor();

  // The kitchen has it without being told to look, and the customer's page moves with each bump.
  const ticket = kitchen.page.locator(`[data-ticket="${number}"]`);
  await ticket.getByRole("button", { name: /^Start/ }).click({ timeout: PATIENT });
  await stands("preparing");
  await ticket.getByRole("button", { name: /^Ready/ }).click({ timeout: PATIENT });
  await stands("ready");
  assert.equal(await customer.page.evaluate(() => globalThis.neverReloaded), true);

  // The owner's figures have the sale, and the order is in the list.
  await eventually("the owner's figures to have it", async () => (await paid()) >= before + 1, 90);

  // The manager gives it all back; what was paid is what is given.
  await manager.go(`/${store.id}/orders/${id}`);
  await manager.page.getByRole("button", { name: "Refund" }).click({ timeout: PATIENT });
  const dialog = manager.page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Not good" }).click();
  await dialog.getByRole("button", { name: /^Refund ฿/ }).click();
  await manager.page.getByText("On its way back to the customer").waitFor({ timeout: PATIENT });
  const refunded = await eventually(
    "the money to be back",
    async () => {
      const now = await api.get(`/orders/${id}`);
      return now.payment.refunded.amount > 0 && now;
    },
    60,
  );
  assert.deepEqual(refunded.payment.refunded, order.payment.paid);
  await manager.page
    .getByText(/฿[\d.,]+ given back/)
    .first()
    .waitFor({ timeout: PATIENT });

  // Another franchise's owner: own stores, and nothing of this one.
  const { email, own } = await neighbour();
  const other = await windowOf(stage.browser, stage.served.url, platform, email);
  await other.go("/all/today");
  await other.page.getByRole("table", { name: "Stores" }).getByText(own[0].name).first().waitFor({ timeout: PATIENT });
  const unseen = async () => {
    const text = (await other.page.locator("body").textContent()) ?? "";
    for (const secret of [number, store.name, order.customer.name]) assert.ok(!text.includes(secret), `${secret} in ${text}`);
  };
  await unseen();
  for (const path of [`/${store.id}/orders`, `/${store.id}/orders/${id}`, `/${store.id}/kitchen`]) {
    await other.go(path);
    await other.page.getByText("No such store, or it is not yours").waitFor({ timeout: PATIENT });
    await unseen();
  }
  // Nor through a store of one's own, nor at the API.
  await other.go(`/${own[0].id}/orders/${id}`);
  await other.page.locator("[data-problem]").first().waitFor({ timeout: PATIENT });
  await unseen();
  const theirs = await stage.nobody.login(email);
  for (const path of [`/orders/${id}`, `/orders?store_id=${store.id}`, `/payments?store_id=${store.id}`])
    await theirs.ask("GET", path, undefined, [403, 404]);
  assert.deepEqual(await theirs.get(`/payments/order/${id}`), []);

  for (const { page } of [customer, kitchen, owner, manager]) assert.deepEqual(page.faults, []);
  for (const { context } of [customer, kitchen, owner, manager, other]) await context.close();
});
