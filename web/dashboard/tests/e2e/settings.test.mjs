// What is set: where orders are brought, what customers find in the apps, whom offers are for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { as, stage, withBrowser } from "./support.mjs";

withBrowser();

test("a delivery zone is drawn, changed and removed", async () => {
  const { store } = stage.known;
  const api = await stage.nobody.login("owner@kirana.example");
  const path = `/stores/${store.id}/delivery-zones`;
  const { page, go, context } = await as("owner");
  await go(`/${store.id}/settings/zones`);
  await page.getByText("No zones").waitFor();

  await page.getByRole("button", { name: "New zone" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Around the corner");
  await dialog.getByLabel("Fee, THB").fill("25.50");
  await dialog.getByRole("button", { name: "Keep" }).click();
  await page.getByRole("region", { name: "Around the corner" }).waitFor();
  const [first] = await api.get(path);
  assert.deepEqual([first.radius_m, first.fee], [3000, { amount: 2550, currency: "THB" }]);

  // Drawn by pressing on the sheet; the corners can be read and changed beside it.
  await page.getByRole("button", { name: "New zone" }).click();
  await dialog.getByLabel("Name").fill("Riverside");
  await dialog.getByText("Drawn", { exact: true }).click();
  const sheet = dialog.getByRole("img", { name: /^Zones around the store/ });
  const { width, height } = await sheet.boundingBox();
  for (const [x, y] of [
    [0.3, 0.3],
    [0.7, 0.35],
    [0.5, 0.75],
  ])
    await sheet.click({ position: { x: x * width, y: y * height } });
  assert.equal((await dialog.getByLabel("Corners").inputValue()).trim().split("\n").length, 3);
  await dialog.getByLabel("Fee, THB").fill("40");
  await dialog.getByLabel("Orders from, THB").fill("200");
  await dialog.getByRole("button", { name: "Keep" }).click();
  await page.getByRole("region", { name: "Riverside" }).waitFor();

  // What the store says to a wrong outline stands in the form.
  await page.getByRole("button", { name: "Change Riverside" }).click();
  await dialog.getByLabel("Corners").fill("13.74, 100.53\n13.76, 100.55\n13.74, 100.55\n13.76, 100.53");
  await dialog.getByRole("button", { name: "Keep" }).click();
  await dialog
    .getByText(/does not cross or touch itself/)
    .first()
    .waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "hidden" });

  for (const name of ["Riverside", "Around the corner"]) {
    await page.getByRole("button", { name: `Remove ${name}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByText(`${name} is removed`).waitFor();
  }
  await page.getByText("No zones").waitFor();
  assert.deepEqual(await api.get(path), []);
  await context.close();
});

test("who cooks sees the zones and draws none", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("staff");
  await go(`/${store.id}/settings/zones`);
  await page.getByRole("heading", { name: "Delivery zones", level: 1 }).waitFor();
  assert.equal(await page.getByRole("button", { name: "New zone" }).count(), 0);
  await context.close();
});

test("the chain turns a flag off for one store, and takes that back", async () => {
  const { store } = stage.known;
  const tips = async () => (await stage.nobody.get(`/flags?store_id=${store.id}`)).flags.tips;
  assert.equal(await tips(), true);
  const { page, go, context } = await as("admin");
  await go(`/${store.id}/settings/flags`);
  await page.getByRole("button", { name: "Set tips" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "For", exact: true }).click();
  await page.getByRole("option", { name: "One store" }).click();
  await dialog.getByRole("combobox", { name: "Store", exact: true }).click();
  await page.getByRole("option", { name: store.name, exact: true }).click();
  await dialog.getByLabel("On for").fill("0");
  await dialog.getByRole("button", { name: "Keep" }).click();
  const flag = page.getByRole("region", { name: "Tips" });
  await flag.getByText("Off", { exact: true }).waitFor();
  assert.equal(await tips(), false);
  await flag.getByRole("button", { name: `Take back tips for ${store.name}` }).click();
  await flag.getByText("Off", { exact: true }).waitFor({ state: "detached" });
  assert.equal(await tips(), true);
  await context.close();

  const owner = await as("owner");
  await owner.go(`/${store.id}/settings`);
  await owner.page.getByRole("link", { name: "Fees" }).waitFor();
  assert.equal(await owner.page.getByRole("link", { name: "Flags" }).count(), 0, "flags are the chain's");
  await owner.context.close();
});

test("the chain makes a segment, puts somebody into it, and an offer is for them", async () => {
  const { store } = stage.known;
  const api = await stage.nobody.login("admin@kirana.example");
  const { user: mali } = await stage.nobody.login("customer@kirana.example");
  const campaign = await api.post("/campaigns", { name: "For a few", currency: store.currency, starts_at: new Date().toISOString() });
  const name = `choir-${Date.now()}`;
  const { page, go, context } = await as("admin");
  await go(`/${store.id}/customers/segments`);
  await page.getByRole("button", { name: "New segment" }).click();
  const dialog = page.getByRole("dialog");
  // What is typed becomes what offers can call it.
  await dialog.getByLabel("Name").fill(name.toUpperCase().replace("-", " "));
  assert.equal(await dialog.getByLabel("Name").inputValue(), name);
  await dialog.getByLabel("Who belongs into it").fill("Who sings in the choir");
  await dialog.getByRole("button", { name: "Make it" }).click();
  const row = page.getByRole("row").filter({ hasText: name });
  await row.waitFor();

  const segments = async () => (await api.get(`/customers/${mali.id}/segments`)).map((one) => one.segment);
  await go(`/${store.id}/customers/${mali.id}`);
  await page.getByRole("combobox", { name: "Another segment" }).click();
  await page.getByRole("option", { name }).click();
  await page.getByRole("button", { name: "Put in" }).click();
  await page.getByRole("button", { name: `Take out of ${name}` }).waitFor();
  assert.ok((await segments()).includes(name));

  await go(`/${store.id}/campaigns/${campaign.id}`);
  await page.getByRole("button", { name: "Add an offer" }).click();
  await dialog.getByLabel("Name").fill("Ten off for the choir");
  await dialog.getByRole("combobox", { name: "For customers of" }).click();
  await page.getByRole("option", { name }).click();
  // The list stays open for another: the next field closes it.
  await page.keyboard.press("Tab");
  await dialog.getByRole("button", { name: "Add the offer" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText(`for ${name}`).waitFor();
  const [offer] = await api.get(`/campaigns/${campaign.id}/offers`);
  assert.deepEqual(offer.promotion.conditions.segments, [name]);

  await go(`/${store.id}/customers/segments`);
  await row.getByRole("checkbox").check();
  await page.getByRole("toolbar", { name: "Chosen rows" }).getByRole("button", { name: "Remove" }).click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await dialog.getByText("1 done").waitFor();
  assert.ok(!(await segments()).includes(name));
  await context.close();
});
