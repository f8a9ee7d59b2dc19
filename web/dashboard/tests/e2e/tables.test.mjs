// Lists that are longer than a screen: the API filters and searches them, what the table does with a part is said, and a file has all.

import assert from "node:assert/strict";
import { test } from "node:test";
import { as, stage, withBrowser } from "./support.mjs";

withBrowser();

const PATIENT = { timeout: 180_000 };

/** All of a list, as the API has it. */
async function everything(api, path) {
  const items = [];
  let cursor;
  do {
    const page = await api.get(`${path}&limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return items;
}

async function textOf(download) {
  const parts = await (await download.createReadStream()).toArray();
  return Buffer.concat(parts).toString("utf8");
}

test("a file has every row that matches, and not only what is loaded", PATIENT, async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/orders?kind=pickup&sort=-total`);
  const table = page.getByRole("table", { name: "Orders" });
  await table.locator("tbody tr").first().waitFor();
  const loaded = await table.locator("tbody tr").count();
  await page.getByText(`Only the ${loaded} rows that are loaded are sorted. An export has all that match.`).waitFor();
  const file = page.waitForEvent("download", PATIENT);
  await page.getByRole("button", { name: "Export CSV" }).click();
  const [head, ...rows] = (await textOf(await file)).trim().split("\r\n");
  const api = await stage.nobody.login("manager@kirana.example");
  const all = await everything(api, `/orders?store_id=${store.id}&fulfilment=pickup`);
  assert.ok(all.length > loaded, `${all.length} are more than the ${loaded} that are loaded`);
  assert.match(head, /Order,Status,Customer/);
  assert.equal(rows.length, all.length);
  // In the order of the table, and with what is on no page yet.
  const numbers = new Set(all.map((order) => order.pickup_number));
  assert.ok(rows.every((row) => numbers.has(row.split(",")[0])));
  await page.getByText(`${all.length} rows exported`).waitFor();
  assert.equal(await table.locator("tbody tr").count(), loaded, "the table is as it was");
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("an export that is stopped makes no file, and asks no more", PATIENT, async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/orders`);
  await page.getByRole("table", { name: "Orders" }).locator("tbody tr").first().waitFor();
  let files = 0;
  page.on("download", () => {
    files += 1;
  });
  // The second page is a long time coming.
  let asked = 0;
  let release;
  const held = new Promise((done) => {
    release = done;
  });
  await page.route(/\/api\/v1\/orders\?.*cursor=/, async (route) => {
    asked += 1;
    await held;
    await route.continue().catch(() => {});
  });
  await page.getByRole("button", { name: "Export CSV" }).click();
  const dialog = page.getByRole("dialog", { name: "Export" });
  await dialog.getByText("50 rows read").waitFor();
  await dialog.getByRole("button", { name: "Stop" }).press("Enter");
  await dialog.waitFor({ state: "hidden" });
  release();
  // Another list is asked for and comes: nothing of the export does.
  await page.getByRole("link", { name: "Menu", exact: true }).first().click();
  await page.getByRole("table", { name: "What this store sells" }).locator("tbody tr").first().waitFor();
  assert.deepEqual({ files, asked }, { files: 0, asked: 1 });
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("an export that breaks off says why, and is tried again", PATIENT, async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("owner");
  await go(`/${store.id}/stock/journal`);
  await page.getByRole("table", { name: "Movements of stock" }).locator("tbody tr").first().waitFor();
  let broken = true;
  await page.route(/\/journal\?.*cursor=/, (route) =>
    broken
      ? route.fulfill({
          status: 403,
          contentType: "application/problem+json",
          json: { type: "about:blank", title: "Forbidden", status: 403, code: "forbidden", detail: "not this page" },
        })
      : route.continue(),
  );
  await page.getByRole("button", { name: "Export CSV" }).click();
  const dialog = page.getByRole("dialog", { name: "Export" });
  await dialog.getByText("not this page").waitFor();
  broken = false;
  const file = page.waitForEvent("download", PATIENT);
  await dialog.getByRole("button", { name: "Try again" }).click();
  const rows = (await textOf(await file)).trim().split("\r\n");
  assert.ok(rows.length - 1 > 50, `${rows.length - 1} entries`);
  await context.close();
});

test("what the API can look for, it looks for", PATIENT, async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("admin");
  const asked = (path, words) =>
    page.waitForRequest((request) => {
      const url = new URL(request.url());
      return url.pathname === `/api/v1${path}` && Object.entries(words).every(([key, value]) => url.searchParams.get(key) === value);
    });
  const search = page.getByLabel("Search these rows");

  await go(`/${store.id}/customers`);
  let request = asked("/users/customers", { q: "malee@kirana" });
  await search.fill("malee@kirana");
  await request;
  await page.getByRole("table", { name: "Customers" }).getByRole("link", { name: "Malee" }).waitFor();
  assert.equal(await page.locator("[data-among-loaded]").count(), 0, "nothing was looked for among a part only");

  await go(`/${store.id}/audit`);
  request = asked("/audit", { q: "Kamon" });
  await search.fill("Kamon");
  await request;

  await go(`/${store.id}/orders`);
  request = asked("/orders", { fulfilment: "delivery" });
  await page
    .getByRole("combobox", { name: "Kind" })
    .or(page.getByRole("textbox", { name: "Kind" }))
    .first()
    .click();
  await page.getByRole("option", { name: "Delivery" }).click();
  await request;

  await go(`/${store.id}/money`);
  request = asked("/payments", { status: "completed" });
  await page
    .getByRole("combobox", { name: "State" })
    .or(page.getByRole("textbox", { name: "State" }))
    .first()
    .click();
  await page.getByRole("option", { name: "Completed" }).click();
  await request;
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("on a phone a row is a card: it opens wherever it is pressed, and what leads elsewhere in it does so", PATIENT, async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("manager", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  await go(`/${store.id}/money?status=completed`);
  const card = page.locator(".rowcard").first();
  await card.waitFor();
  assert.equal(await page.locator(".rowcard :is(a, button) :is(a, button)").count(), 0, "nothing that can be pressed is within another");
  const { width, height } = await card.boundingBox();
  await card.tap({ position: { x: width - 6, y: height - 6 } });
  await page.getByRole("dialog", { name: "Refund" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await card.locator("a.quiet-link").tap();
  await page.getByRole("heading", { level: 1, name: /^Order / }).waitFor();
  assert.deepEqual(page.faults, []);
  await context.close();
});
