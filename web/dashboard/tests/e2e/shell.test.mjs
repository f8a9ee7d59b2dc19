// The frame around pages: what was there stays where it cannot be had again, and says so; only what never came has its place taken.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "../browser.mjs";
import { as, stage, withBrowser } from "./support.mjs";

withBrowser();

const problem = (detail) => ({
  status: 500,
  contentType: "application/problem+json",
  json: { type: "about:blank", title: "Internal error", status: 500, code: "internal", detail },
});

/** A road that can be closed: what the platform is asked by it then fails. */
async function road(page, pattern, detail) {
  const state = { closed: false };
  await page.route(pattern, (route) => (state.closed ? route.fulfill(problem(detail)) : route.continue()));
  return state;
}

/** Minutes later somebody comes back to the window: what is old is asked for again. */
async function comesBack(page) {
  await page.clock.fastForward(150_000);
  await page.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
}

test("a list of stores that cannot be had again leaves the page as it is, and says so until it can", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("owner");
  await page.clock.install();
  const stores = await road(page, /\/api\/v1\/stores\?/, "The stores are being moved.");
  await go(`/${store.id}/settings`);
  await settled(page);
  const title = page.getByRole("heading", { level: 1, name: "Store and hours" });
  await title.waitFor();
  await page.getByRole("textbox", { name: "Name" }).first().fill("Half a name");
  stores.closed = true;
  await comesBack(page);
  const warning = page.getByRole("status").filter({ hasText: "The stores could not be asked for again: The stores are being moved." });
  await warning.waitFor();
  assert.ok(await title.isVisible());
  assert.equal(await page.getByRole("textbox", { name: "Name" }).first().inputValue(), "Half a name", "what was typed is there");
  // One goes on elsewhere meanwhile.
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Orders" }).click();
  await page.getByRole("heading", { level: 1, name: "Orders" }).waitFor();
  await warning.getByRole("button", { name: "Try again" }).click();
  await warning.waitFor();
  stores.closed = false;
  await warning.getByRole("button", { name: "Try again" }).click();
  await warning.waitFor({ state: "detached" });
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("a list of stores that never came takes the page's place, until it comes", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("owner");
  const stores = await road(page, /\/api\/v1\/stores\?/, "The stores are being moved.");
  stores.closed = true;
  await go(`/${store.id}/orders`);
  await page.getByText("The stores are being moved.").waitFor();
  assert.equal(await page.getByRole("heading", { level: 1 }).count(), 0);
  stores.closed = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { level: 1, name: "Orders" }).waitFor();
  await context.close();
});

test("rows that cannot be had again stay, and say that they are old", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("owner");
  await page.clock.install();
  const journal = await road(page, /\/journal\?/, "The journal is being read elsewhere.");
  await go(`/${store.id}/stock/journal`);
  const rows = page.getByRole("table", { name: "Movements of stock" }).locator("tbody tr");
  await rows.first().waitFor();
  const before = await rows.count();
  journal.closed = true;
  await comesBack(page);
  const told = page.getByText("The journal is being read elsewhere.");
  await told.waitFor();
  assert.equal(await rows.count(), before, "they are there still");
  journal.closed = false;
  await page.locator("[data-problem]").getByRole("button", { name: "Try again" }).click();
  await told.waitFor({ state: "detached" });
  assert.deepEqual(page.faults, []);
  await context.close();
});
