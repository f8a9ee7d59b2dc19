// What a franchise owes: an owner reads a statement as a bill; the chain draws one, on closed books.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { settled } from "../browser.mjs";
import { as, stage, withBrowser } from "./support.mjs";

withBrowser();

/** By the digits: how an amount is written is tested where that is done. */
const digits = (text) => text.replace(/[^0-9.]/g, "");
const exact = ({ amount }) => (Math.abs(amount) / 100).toFixed(2);

test("an owner reads a statement line by line, on paper and in a spreadsheet", async () => {
  const { store } = stage.known;
  const owner = await stage.nobody.login("owner@kirana.example");
  const path = `/franchisees/${store.franchisee_id}/royalties`;
  const { items } = await owner.get(`${path}?limit=100`);
  const [newest] = items;
  const { posted, previous, year_to_date } = await owner.get(`${path}/${newest.period.name}`);
  const { page, go, context } = await as("owner", { acceptDownloads: true });
  await go("/all/money");
  await page.getByRole("link", { name: "Royalties", exact: true }).click();
  const table = page.getByRole("table", { name: "Royalty statements" });
  await table.getByRole("row").nth(items.length).waitFor();
  assert.equal(await table.getByRole("row").count(), items.length + 1);
  for (const name of ["Draw a statement", "Change terms", "Pay out"])
    assert.equal(await page.getByRole("button", { name }).count(), 0, `${name}: the chain's`);
  await table.getByRole("link", { name: newest.period.name }).click();
  await page.getByRole("heading", { level: 1, name: `Royalty statement ${newest.period.name}` }).waitFor();
  await settled(page);

  const amount = async (line) => digits(await page.getByRole("row", { name: line }).getByRole("cell").last().textContent());
  const { statement } = posted;
  assert.equal(await amount(/^Sales/), exact(statement.sales));
  assert.equal(await amount(/^What counts/), exact(statement.base));
  assert.equal(await amount(/^Royalty/), exact(statement.bands[0].royalty));
  assert.equal(await amount(/^Marketing fund/), exact(statement.marketing));
  assert.equal(await amount(/^To pay/), exact(statement.total));
  await page.getByText(/^6% of/).waitFor();
  await page.getByText(`Before, ${previous.period.name}`).waitFor();
  const fact = page.locator("dl.facts > div").filter({ has: page.getByText("To pay so far", { exact: true }) });
  assert.equal(digits(await fact.locator("dd").textContent()), exact(year_to_date.figures.total));

  // By which terms: today's, as long as they come to the same.
  const terms = page.locator("section.card").filter({ has: page.getByRole("heading", { name: "Terms it was made by" }) });
  await terms.getByText("6%", { exact: true }).waitFor();
  await terms.getByText("sales less discounts").waitFor();

  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "CSV" }).click()]);
  assert.equal(file.suggestedFilename(), `royalties-${newest.period.name}.csv`);
  const sheet = await readFile(await file.path(), "utf8");
  assert.ok(sheet.includes(`To pay,,,${statement.total.amount / 100},${statement.total.currency}`), sheet);
  assert.ok(sheet.includes(`Royalty,${statement.base.amount / 100},6%,${statement.royalty.amount / 100}`), sheet);

  await page.emulateMedia({ media: "print" });
  assert.equal(await page.getByRole("navigation").filter({ visible: true }).count(), 0, "paper has nowhere to go");
  assert.ok(await page.getByRole("row", { name: /^To pay/ }).isVisible());
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("a statement waits for closed books, which are closed from there, and is drawn once", async () => {
  const { store } = stage.known;
  const admin = await stage.nobody.login("admin@kirana.example");
  const franchisees = await admin.get("/franchisees?limit=100");
  const leaf = franchisees.items.find((one) => one.name === "Chiang Mai Leaf Co.");
  await admin.put(`/franchisees/${leaf.id}/royalty-agreement`, {
    base: "net",
    currency: "THB",
    royalty: { type: "percentage", rate: 50_000 },
    marketing_rate: 0,
    fees_count: false,
    excluded_categories: [],
    excluded_tenders: [],
    taxes: [],
    minimum: { amount: 250_000, currency: "THB" },
  });
  // Two months ago: the world has closed its books later than that.
  const at = new Date();
  const month = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - 2, 1)).toISOString().slice(0, 7);
  const { page, go, context } = await as("admin");
  // The platform says that the books are open, as it does for a month that is just over.
  const until = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - 1, 1)).toISOString();
  const close_first = { name: month, from: `${month}-01T00:00:00Z`, until };
  const detail = `a statement is drawn on closed books: close the ledger's period ${month} first`;
  const refusal = { status: 409, code: "period_not_closed", title: "Conflict", detail, close_first };
  let closed;
  await page.route("**/api/v1/ledger/periods/*/close", (route) => {
    closed = { name: route.request().url().split("/").at(-2), ...route.request().postDataJSON() };
    return route.fulfill({ json: { name: month, from: close_first.from, until } });
  });
  await page.route(`**/api/v1/franchisees/${leaf.id}/royalties`, (route) =>
    route.request().method() !== "POST" || closed
      ? route.continue()
      : route.fulfill({ status: 409, contentType: "application/problem+json", json: refusal }),
  );
  await go(`/${store.id}/money/royalties`);
  await page.getByRole("combobox", { name: "Franchisee" }).click();
  await page.getByRole("option", { name: leaf.name }).click();
  await page.getByRole("button", { name: "Draw a statement" }).click();
  const dialog = page.getByRole("dialog", { name: "Draw a royalty statement" });
  await dialog.getByLabel("Month").fill(month);
  await dialog.getByRole("button", { name: "Compute and post" }).click();
  await dialog.getByText(detail).waitFor();
  assert.equal(await dialog.getByText("It changed meanwhile").count(), 0);
  await dialog.getByRole("button", { name: `Close ${month}, then draw` }).click();
  await page.getByRole("heading", { level: 1, name: `Royalty statement ${month}` }).waitFor({ timeout: 20_000 });
  assert.deepEqual(closed, { name: month, from: close_first.from, until });
  const made = await admin.get(`/franchisees/${leaf.id}/royalties/${month}`);
  assert.equal(made.posted.statement.total.amount, 250_000);
  const least = page.getByRole("row", { name: /^Up to the minimum/ });
  assert.equal(digits(await least.getByRole("cell").textContent()), "2500.00");
  await page.getByText(leaf.name).first().waitFor();
  // Other terms since then: what it was made by is read off its lines.
  const agreement = await admin.get(`/franchisees/${leaf.id}/royalty-agreement`);
  await admin.put(`/franchisees/${leaf.id}/royalty-agreement`, { ...agreement, minimum: { amount: 300_000, currency: "THB" } });
  await page.reload();
  await page.getByText("Others today").waitFor();
  await page.getByText("Read off its lines.").waitFor();
  assert.deepEqual(page.faults, []);
  await context.close();
});
