// Goods that go to another store, to waste, and that are ordered: from the screen into the books.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "../browser.mjs";
import { eventually } from "../client.mjs";
import { as, stage, withBrowser } from "./support.mjs";

withBrowser();

/** Under load a page takes its time: what is waited for is what it says and what the books say, never a while. */
const SECONDS = 60;
const patient = async (who) => {
  const window = await as(who);
  window.page.setDefaultTimeout(SECONDS * 1000);
  return window;
};
const soon = (what, condition) => eventually(what, condition, SECONDS);

const level = async (store, sku) => (await stage.nobody.login("owner@kirana.example")).get(`/inventory/${store.id}/${sku}`);

test("goods go to another store, and are taken in there", async () => {
  const { store, other } = stage.known;
  const sku = "brown-sugar-syrup";
  const before = await level(store, sku);
  const { page, go, context } = await patient("owner");
  await go(`/${store.id}/stock/transfers`);
  await page.getByRole("button", { name: "Send goods" }).click();
  const dialog = page.getByRole("dialog", { name: "Send goods" });
  await dialog.getByRole("combobox", { name: "To", exact: true }).click();
  await page.getByRole("option", { name: other.name, exact: true }).click();
  await dialog.getByRole("combobox", { name: "Item" }).fill(before.name);
  await page.getByRole("option", { name: before.name, exact: true }).click();
  await dialog.getByLabel(`Quantity of ${before.name}`).fill("130");
  await dialog.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText("Sent: it has left the books here").waitFor();
  await soon("the books to have less", async () => (await level(store, sku)).on_hand <= before.on_hand - 130);
  const owner = await stage.nobody.login("owner@kirana.example");
  const sent = await soon("it to be on its way", async () => {
    const { items } = await owner.get(`/transfers?store_id=${store.id}&limit=100`);
    return items.find((one) => one.status === "sent" && one.lines.some((line) => line.sku === sku && line.quantity === 130));
  });

  // Whoever may there: the other store can be another franchise's.
  const there = await patient("admin");
  await there.go(`/${other.id}/stock/transfers?status=sent&sort=-created`);
  await settled(there.page);
  await there.page
    .getByRole("table", { name: "Transfers" })
    .getByRole("button", { name: `From ${store.name}` })
    .first()
    .click();
  const drawer = there.page.getByRole("dialog", { name: "Transfer" });
  await drawer
    .getByText(/^130 (g|ml|$)/)
    .first()
    .waitFor();
  await drawer.getByRole("button", { name: "Take it in" }).click();
  await soon("it to be received", async () => (await owner.get(`/transfers/${sent.id}`)).status === "received");
  assert.deepEqual([...page.faults, ...there.page.faults], []);
  await there.context.close();
  await context.close();
});

test("what is spoilt is written off, with a reason", async () => {
  const { store } = stage.known;
  const before = await level(store, "creamer");
  const { page, go, context } = await patient("manager");
  await go(`/${store.id}/stock/items/creamer`);
  await page.getByRole("button", { name: "Spoilt" }).click();
  const dialog = page.getByRole("dialog", { name: `Spoilt: ${before.name}` });
  const write = dialog.getByRole("button", { name: "Write off" });
  await dialog.getByLabel(/^How many/).fill("20");
  assert.ok(await write.isDisabled(), "a reason is asked for");
  const reason = `The lid was open over night ${Date.now()}`;
  await dialog.getByLabel("Why").fill(reason);
  await write.click();
  await page.getByText(/^20 (g|ml) written off/).waitFor();
  await soon("the books to have less", async () => (await level(store, "creamer")).on_hand <= before.on_hand - 20);
  const { items } = await (await stage.nobody.login("owner@kirana.example")).get(`/inventory/${store.id}/journal?order=newest&limit=20`);
  const entry = items.find((one) => one.reason === reason);
  assert.deepEqual([entry.kind, entry.moves.reduce((sum, move) => sum + move.quantity, 0)], ["spoil", -20]);
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("a purchase order is proposed, approved, sent and received", async () => {
  const { store } = stage.known;
  const owner = await stage.nobody.login("owner@kirana.example");
  const sku = "cup-small";
  const { name, unit, low_stock_threshold } = await level(store, sku);
  const settings = { name, unit, low_stock_threshold };
  // There may be plenty, of a day on which this was tested before.
  const { available } = await level(store, sku);
  if (available > 500) await owner.put(`/inventory/${store.id}/${sku}/adjust`, { delta: 500 - available, reason: "Lent to an event" });
  // It should last five days longer than it does at the pace of its sales: so something is missing.
  const usage = (await owner.get(`/inventory/${store.id}/usage`)).find((one) => one.sku === sku);
  const cover_days = Math.ceil((usage.cover_tenths ?? 0) / 10) + 5;
  await owner.put(`/inventory/${store.id}/${sku}`, { ...settings, cover_days });
  const { page, go, context } = await patient("owner");
  await go(`/${store.id}/stock/purchases`);
  await page.getByRole("button", { name: "Propose orders" }).click();
  // The platform looks by itself, too: it may have been there first.
  await page.getByText(/drafts? written|Nothing is missing that is not on order already/).waitFor();
  const draft = await soon("a draft to be written", async () => {
    const { items } = await owner.get(`/purchase-orders?store_id=${store.id}&limit=100`);
    return items.find((one) => one.status === "draft" && one.lines.some((line) => line.sku === sku));
  });
  await owner.put(`/inventory/${store.id}/${sku}`, settings);
  const line = draft.lines.find((one) => one.sku === sku);
  const before = await level(store, sku);
  await go(`/${store.id}/stock/purchases/${draft.id}`);
  await page.getByRole("heading", { name: draft.supplier, level: 1 }).waitFor();
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await page.getByRole("button", { name: "Mark as sent" }).click();
  await page.getByRole("button", { name: "Receive goods" }).click();
  const dialog = page.getByRole("dialog", { name: `What came from ${draft.supplier}` });
  await dialog.getByRole("button", { name: "Take it in" }).click();
  await page.getByText("Received: it is on hand now").waitFor();
  const done = await owner.get(`/purchase-orders/${draft.id}`);
  assert.equal(done.status, "received");
  assert.ok(done.approved_by, "who approved it is known");
  const wanted = before.on_hand + line.packs * line.pack_size;
  await soon("it to be on hand", async () => (await level(store, sku)).on_hand >= wanted);
  assert.deepEqual(page.faults, []);
  await context.close();
});
