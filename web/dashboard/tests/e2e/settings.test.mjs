// What is set: where orders are brought, what customers find in the apps.

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
  await page.keyboard.press("Escape");

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
