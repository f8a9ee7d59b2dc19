// A device is added, claims itself with the code on the screen, is there, does what it is told, and is ended; the roll-up leads down to an order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "../browser.mjs";
import { eventually } from "../client.mjs";
import { connect, day } from "../device.mjs";
import { as, platform, stage, withBrowser } from "./support.mjs";

withBrowser();

test("a device is claimed by the code on the screen, and does what it is told", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/devices`);
  await settled(page);
  await page.getByRole("button", { name: "Add a device" }).click();
  await page.getByRole("textbox", { name: /^Name/ }).fill("Fridge at the back");
  await page.getByRole("button", { name: "Show its code" }).click();
  const code = await page.locator("[data-claim]").textContent();
  await page.getByRole("img", { name: `QR code of ${code}` }).waitFor();

  // The device reads it: the screen knows without being asked.
  const claimed = await stage.nobody.post("/devices/claim", { code });
  await page.getByText("Fridge at the back is yours").waitFor();
  await page.getByRole("button", { name: "Look at it" }).click();
  await page.getByRole("heading", { name: "Fridge at the back" }).waitFor();
  const line = await connect(platform, { id: claimed.device_id, key: claimed.hmac_key }, day(Date.now(), 2));
  await page.getByText("Online", { exact: true }).first().waitFor({ timeout: 20_000 });
  await page.getByRole("img", { name: /^Temperature from/ }).waitFor({ timeout: 20_000 });

  await page.getByRole("button", { name: "Tell it to" }).click();
  await page.getByRole("menuitem", { name: "Make it blink" }).click();
  await page.getByText("Done", { exact: true }).waitFor({ timeout: 20_000 });
  assert.deepEqual(
    line.commands.map((one) => one.name),
    ["identify"],
  );

  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  await page.getByRole("button", { name: "Revoke it" }).click();
  await page.getByText("Revoked", { exact: true }).first().waitFor();
  line.close();
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("what may not be told is not there for who may not tell it", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("staff");
  await go(`/${store.id}/devices`);
  await settled(page);
  assert.equal(await page.getByRole("button", { name: "Add a device" }).count(), 0);
  await page.getByRole("link", { name: "Fridge behind the counter" }).first().click();
  await page.getByRole("heading", { name: "Fridge behind the counter" }).waitFor();
  await page.getByText("What it measures").waitFor();
  assert.equal(await page.getByRole("button", { name: "Tell it to" }).count(), 0);
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("the roll-up leads down: chain, franchisee, store, day, orders", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("admin");
  const yesterday = new Intl.DateTimeFormat("sv-SE", { timeZone: store.time_zone, dateStyle: "short" }).format(Date.now() - 86_400_000);
  await go(`/all/today?day=${yesterday}`);
  await settled(page);
  await page.getByRole("button", { name: "Bangkok Bubble Company" }).click();
  await page.getByRole("heading", { name: "Bangkok Bubble Company" }).waitFor();
  await page.getByRole("link", { name: store.name }).first().click();
  await page.getByRole("link", { name: "Its orders" }).click();
  await page.waitForURL(new RegExp(`/orders\\?day=${yesterday}`));
  await page.getByText(`Only orders placed on ${yesterday}`).waitFor();
  await page.locator(".table tbody tr").first().waitFor();
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("stores are searched without losing the franchisees, and each table is sorted by itself", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("admin");
  await go("/all/today");
  await settled(page);
  const [franchisees, stores] = [page.getByRole("table", { name: "Franchisees" }), page.getByRole("table", { name: "Stores" })];
  const count = await franchisees.locator("tbody tr").count();
  assert.ok(count > 1);
  await page.getByLabel("Search these rows").fill(store.name);
  await page.waitForURL(/[?&]q=/);
  await eventually("one store to be left", async () => (await stores.locator("tbody tr").count()) === 1);
  assert.equal(await franchisees.locator("tbody tr").count(), count, "the search is the stores'");
  await franchisees.getByRole("button", { name: "Stores" }).click();
  await page.waitForURL(/franchisees\.sort=stores/);
  assert.equal(await stores.locator("th[aria-sort=ascending]").count(), 0);
  assert.equal(await franchisees.locator("th[aria-sort=ascending]").count(), 1);
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("what is wrong with a store's devices is on its first page", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("manager");
  const api = await stage.nobody.login("manager@kirana.example");
  const { items } = await api.get(`/devices?store_id=${store.id}`);
  const fridge = items.find((one) => one.kind === "fridge");
  // No fridge is warmed up for it: the platform says that one was.
  const at = new Date().toISOString();
  const breach = { id: crypto.randomUUID(), device_id: fridge.id, store_id: store.id, since: at, worst: 11.5, at, batches: [] };
  await page.route("**/api/v1/devices/breaches?*", (route) => route.fulfill({ json: { items: [breach], next_cursor: null } }));
  await go(`/${store.id}/today`);
  await page.getByRole("link", { name: /^1 cold chain broke/ }).click();
  await page.getByRole("heading", { name: "Cold chain" }).waitFor();
  await page.getByText("11.5 °C").first().waitFor();
  await context.close();
});

test("a shift is planned by a manager and seen by who works it; a price stays within the chain's bounds", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/people/shifts?week=2027-03-01`);
  await settled(page);
  await page.getByRole("button", { name: "Plan a shift of Nok" }).first().click();
  await page.getByLabel("What for").fill("Opening");
  await page.getByRole("button", { name: "Plan it" }).click();
  const shift = page.getByRole("button", { name: /^Nok, Mon/ });
  await shift.waitFor();
  await go(`/${store.id}/menu?q=matcha+latte`);
  await settled(page);
  await page.getByRole("button", { name: "Price of Matcha Latte, Small" }).click();
  await page.getByLabel(/Price in this store/).fill("1");
  await page.getByText(/The chain lets it cost .* or more/).waitFor();
  assert.ok(await page.getByRole("button", { name: "Set the price" }).isDisabled());
  const staff = await as("staff");
  await staff.go(`/${store.id}/people/shifts?week=2027-03-01`);
  await settled(staff.page);
  await staff.page.getByRole("button", { name: /^Nok, Mon/ }).waitFor();
  assert.equal(await staff.page.getByRole("button", { name: "Plan a shift", exact: true }).count(), 0);
  await page.keyboard.press("Escape");
  await go(`/${store.id}/people/shifts?week=2027-03-01`);
  await shift.click();
  await page.getByRole("button", { name: "Take it out of the plan" }).click();
  await shift.waitFor({ state: "detached" });
  assert.deepEqual([...page.faults, ...staff.page.faults], []);
  await staff.context.close();
  await context.close();
});

test("the list of devices is told who comes, without being asked for", async () => {
  const { store } = stage.known;
  const manager = await stage.nobody.login("manager@kirana.example");
  const { device, claim } = await manager.post("/devices", { store_id: store.id, kind: "fridge", name: "Fridge in the yard" });
  const { hmac_key } = await stage.nobody.post("/devices/claim", { code: claim.code });
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/devices`);
  await page.getByRole("status", { name: /^Live\. Devices/ }).waitFor({ timeout: 20_000 });
  assert.equal(await page.locator("[data-live]:visible").count(), 1, "one sign for all lines");
  const row = page.getByRole("row").filter({ hasText: "Fridge in the yard" });
  await row.getByText("Offline", { exact: true }).waitFor();
  // While it is told, the list is asked for once a minute: what comes sooner was told.
  const line = await connect(platform, { id: device.id, key: hmac_key });
  await row.getByText("Online", { exact: true }).waitFor({ timeout: 30_000 });
  line.close();
  await manager.post(`/devices/${device.id}/revoke`, {});
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("a configuration is rolled out in stages by who runs the chain, and halted", async () => {
  const { store } = stage.known;
  const lead = await stage.nobody.login("manager@kirana.example");
  // Claimed and never there: it is waited for, until somebody halts it.
  const { device, claim } = await lead.post("/devices", { store_id: store.id, kind: "scale", name: "Scale in the cellar" });
  await stage.nobody.post("/devices/claim", { code: claim.code });
  const { page, go, context } = await as("admin");
  await go(`/${store.id}/devices/rollouts`);
  await page.getByRole("button", { name: "New roll-out" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "For every" }).click();
  await page.getByRole("option", { name: "Scale", exact: true }).click();
  const typed = dialog.getByRole("textbox", { name: "Configuration" });
  await typed.fill("{");
  await dialog.getByText("An object in JSON").waitFor();
  await typed.fill('{"unit": "g"}');
  await dialog.getByRole("textbox", { name: "Stages, %" }).fill("50, 100");
  await dialog.getByRole("button", { name: "Begin" }).click();
  await page.getByRole("heading", { name: "Configuration", level: 1 }).waitFor();
  await page.getByText('"unit": "g"').waitFor();
  await page.getByText("50 %, 100 %").waitFor();
  await page.getByRole("button", { name: "Halt", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Halt", exact: true }).click();
  await page.getByText("Halted", { exact: true }).first().waitFor();
  await lead.post(`/devices/${device.id}/revoke`, {});
  await context.close();

  const manager = await as("manager");
  await manager.go(`/${store.id}/devices`);
  await settled(manager.page);
  assert.equal(await manager.page.getByRole("link", { name: "Roll-outs" }).count(), 0, "fleets are the chain's");
  await manager.context.close();
});
