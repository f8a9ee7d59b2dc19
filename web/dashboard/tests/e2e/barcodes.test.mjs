// What a scanner reads finds goods; and the journal of all that moved is read and proved.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "../browser.mjs";
import { eventually } from "../client.mjs";
import { BARCODES } from "../world.mjs";
import { as, stage, withBrowser } from "./support.mjs";

withBrowser();

/** A GTIN of 13 digits that nobody has used. */
function gtin() {
  const digits = `20${String(Date.now()).slice(-10)}`;
  const sum = [...digits].reverse().reduce((all, digit, at) => all + Number(digit) * (at % 2 === 0 ? 3 : 1), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

const barcodesOf = async (store, sku) => {
  const manager = await stage.nobody.login("manager@kirana.example");
  const all = await manager.get(`/inventory/${store.id}/barcodes`);
  return all.filter((one) => one.sku === sku).map((one) => one.gtin.replace(/^0/, ""));
};

test("an unknown code is given to a good, and from then on a label fills in good, lot and date", async () => {
  const { store } = stage.known;
  const sku = "cup-small";
  const manager = await stage.nobody.login("manager@kirana.example");
  const before = await manager.get(`/inventory/${store.id}/${sku}`);
  const had = await barcodesOf(store, sku);
  const code = gtin();
  const { page, go, context } = await as("manager");
  page.setDefaultTimeout(60_000);
  await go(`/${store.id}/stock/receive`);
  const field = page.getByRole("combobox", { name: "Scan or type" });
  const scan = async (text) => {
    await field.fill(text);
    await field.press("Enter");
  };
  await scan(code);
  await page.getByText(`No good of this store has the barcode ${code} yet`).waitFor();
  await page.getByRole("button", { name: "Give this code to a good" }).click();
  const dialog = page.getByRole("dialog", { name: `Which good has ${code}?` });
  await dialog.getByRole("combobox", { name: "Good" }).fill(before.name);
  await page.getByRole("option", { name: before.name, exact: true }).click();
  await dialog.getByRole("button", { name: "Give it the code" }).click();
  await page.getByText(`${before.name} has the barcode ${code} now`).waitFor();
  // What was scanned is taken at once: nobody scans it twice.
  const quantity = page.getByLabel("Quantity, pieces");
  await quantity.waitFor();
  assert.deepEqual(await barcodesOf(store, sku), [...had, code].toSorted());
  await scan(`(01)0${code}(17)280229(10)CS-4`);
  await page.getByText("2 lines").waitFor();
  assert.equal(await page.getByLabel("Lot").first().inputValue(), "CS-4");
  assert.equal(await page.getByLabel("Good until").first().inputValue(), "2028-02-29");
  // As scanners send it, one after the other without waiting: all are taken, in their order.
  for (let turn = 0; turn < 3; turn += 1) await scan(`010${code}1728022910CS-4`);
  await eventually("four of the lot", async () => (await quantity.first().inputValue()) === "4");
  await page.getByRole("button", { name: "Take it in" }).click();
  await page.getByText("2 lines are in the books").waitFor();
  await eventually("them to be on hand", async () => (await manager.get(`/inventory/${store.id}/${sku}`)).on_hand === before.on_hand + 5);
  const batches = await manager.get(`/inventory/${store.id}/batches?sku=${sku}`);
  assert.ok(batches.some((batch) => batch.lot === "CS-4" && batch.expires_at.startsWith("2028-02-29")));
  await manager.put(`/inventory/${store.id}/${sku}/barcodes`, { barcodes: had });
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("who works in the kitchen is told that a code is unknown or misread, and gives none", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("staff");
  page.setDefaultTimeout(60_000);
  await go(`/${store.id}/stock/receive`);
  const field = page.getByRole("combobox", { name: "Scan or type" });
  const code = gtin();
  await field.fill(code);
  await field.press("Enter");
  await page.getByText("who leads the store can give it the code").waitFor();
  assert.equal(await page.getByRole("button", { name: "Give this code to a good" }).count(), 0);
  const misread = `${code.slice(0, -1)}${(Number(code.at(-1)) + 1) % 10}`;
  await field.fill(misread);
  await field.press("Enter");
  await page.getByText(`“${misread}” is no barcode`).waitFor();
  await page.getByText(/a digit is wrong/).waitFor();
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("a good is counted by its barcode", async () => {
  const { store } = stage.known;
  const manager = await stage.nobody.login("manager@kirana.example");
  const [code] = BARCODES["cup-medium"];
  const { name, on_hand } = await manager.get(`/inventory/${store.id}/cup-medium`);
  const { id } = await manager.post("/stocktakes", { store_id: store.id });
  const { page, go, context } = await as("manager");
  page.setDefaultTimeout(60_000);
  await go(`/${store.id}/stock/counts/${id}`);
  const item = page.getByRole("combobox", { name: "Item: scan or type" });
  await item.fill(`(01)0${code}(10)CM-1`);
  await item.press("Enter");
  await eventually("the good to be found", async () => (await item.inputValue()) === name);
  await page.getByText("Lot CM-1. A count is of all lots together.").waitFor();
  await page.getByLabel("Counted, pieces").fill(String(on_hand));
  await page.getByRole("button", { name: "Write down" }).click();
  await page.getByRole("table", { name: "What was counted" }).getByText(name).waitFor();
  const { lines } = await manager.get(`/stocktakes/${id}?store_id=${store.id}`);
  assert.deepEqual(
    lines.map((line) => [line.sku, line.counted]),
    [["cup-medium", on_hand]],
  );
  await manager.post(`/stocktakes/${id}/discard`, { store_id: store.id });
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("a good's barcodes are set, those of another are refused", async () => {
  const { store } = stage.known;
  const sku = "creamer";
  const had = await barcodesOf(store, sku);
  const code = gtin();
  const { page, go, context } = await as("manager");
  page.setDefaultTimeout(60_000);
  await go(`/${store.id}/stock/items/${sku}`);
  await page.getByRole("button", { name: /^(Set|Change) barcodes$/ }).click();
  const dialog = page.getByRole("dialog", { name: /^Barcodes of/ });
  const field = dialog.getByLabel("Barcodes", { exact: true });
  const keep = dialog.getByRole("button", { name: "Keep" });
  const type = async (text) => {
    await field.fill(text);
    await field.press("Enter");
  };
  await type("12345");
  await dialog.getByText(/has 5 digits/).waitFor();
  assert.ok(await keep.isDisabled());
  await field.press("Backspace");
  const [milk] = BARCODES["fresh-milk"];
  await type(milk);
  await keep.click();
  await dialog.locator("[data-problem]").waitFor();
  await field.press("Backspace");
  await type(code);
  await keep.click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText(code, { exact: true }).waitFor();
  assert.deepEqual(await barcodesOf(store, sku), [...had, code].toSorted());
  const manager = await stage.nobody.login("manager@kirana.example");
  await manager.put(`/inventory/${store.id}/${sku}/barcodes`, { barcodes: had });
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("the journal is read back from the newest, and the books are proved by it", async () => {
  const { store } = stage.known;
  const owner = await stage.nobody.login("owner@kirana.example");
  const reason = `Counted twice ${Date.now()}`;
  await owner.put(`/inventory/${store.id}/lid/adjust`, { delta: 1, reason });
  const first = await owner.get(`/inventory/${store.id}/journal?order=newest&limit=50`);
  assert.ok(first.next_cursor, "the world has moved more than a page");
  const { page, go, context } = await as("owner");
  page.setDefaultTimeout(60_000);
  await go(`/${store.id}/stock/journal`);
  const table = page.getByRole("table", { name: "Movements of stock" });
  await table.getByText(reason).waitFor();
  assert.equal(await table.getByRole("row").count(), 51);
  await page.getByRole("button", { name: "Show more" }).click();
  await table.getByRole("row").nth(51).waitFor();

  await page.getByRole("combobox", { name: "What" }).click();
  await page.getByRole("option", { name: "Corrected" }).click();
  await table.getByRole("cell", { name: "Sold", exact: true }).first().waitFor({ state: "detached" });
  await table.getByText(reason).waitFor();
  assert.equal(await table.getByRole("cell", { name: "Sold", exact: true }).count(), 0);

  assert.equal(await page.getByText("The books are what the journal says").count(), 0, "nobody asked yet");
  await page.getByRole("button", { name: "Prove the books" }).click();
  const answer = page.getByRole("status").filter({ hasText: "The books are what the journal says" });
  await answer.getByText(/entries were added up, and .* batches compared/).waitFor();
  await settled(page);

  // What would be said if they were not.
  const proof = { entries: 12, batches: 3, differences: ["batch 2 of lid has 5, the journal says 4"] };
  await page.route("**/journal/proof", (route) => route.fulfill({ json: proof }));
  await page.getByRole("button", { name: "Prove the books" }).click();
  await page.getByText("1 batch is not what the journal says").waitFor();
  await page.getByText(proof.differences[0]).waitFor();
  await owner.put(`/inventory/${store.id}/lid/adjust`, { delta: -1, reason: "Taken back" });
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("what the API does not filter a journal by is looked for further back than a page", async () => {
  const { store } = stage.known;
  const owner = await stage.nobody.login("owner@kirana.example");
  const spoilt = [];
  let cursor;
  // As far as the page looks at once.
  for (let turn = 0; turn < 10; turn += 1) {
    const more = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
    const { items, next_cursor } = await owner.get(`/inventory/${store.id}/journal?order=newest&limit=100${more}`);
    spoilt.push(...items.filter((entry) => entry.kind === "spoil"));
    cursor = next_cursor;
    if (!cursor || spoilt.length >= 50) break;
  }
  const { page, go, context } = await as("owner");
  page.setDefaultTimeout(60_000);
  await go(`/${store.id}/stock/journal`);
  const table = page.getByRole("table", { name: "Movements of stock" });
  await table.locator("tbody tr").first().waitFor();
  const filter = page
    .getByRole("combobox", { name: "What" })
    .or(page.getByRole("textbox", { name: "What" }))
    .first();
  await filter.click();
  await page.getByRole("option", { name: "Spoilt" }).click();
  await page.waitForURL(/kind=spoil/);
  if (spoilt.length > 0) {
    await table
      .getByRole("cell", { name: "Spoilt" })
      .nth(spoilt.length - 1)
      .waitFor();
    assert.equal(await table.locator("tbody tr").count(), spoilt.length);
  }
  assert.equal(await page.locator("[data-among-loaded]").count(), 0, "not only what is loaded was looked through");
  if (cursor) await page.getByText(/^Looked through back to /).waitFor();
  else assert.equal(await page.getByRole("button", { name: "Show more" }).count(), 0);
  assert.deepEqual(page.faults, []);
  await context.close();
});
