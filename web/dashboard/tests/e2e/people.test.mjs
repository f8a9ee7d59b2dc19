// Who works here and what they may: invited, given other roles; keys for programs; addresses that take no letters.

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../client.mjs";
import { as, platform, stage, withBrowser } from "./support.mjs";

withBrowser();

test("a manager invites somebody, and takes that back", async () => {
  const { store } = stage.known;
  const api = await stage.nobody.login("manager@kirana.example");
  const email = `fern-${Date.now()}@kirana.example`;
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/people`);
  await page.getByRole("button", { name: "Invite somebody" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite somebody" });
  const send = dialog.getByRole("button", { name: "Send the letter" });
  await dialog.getByLabel("Name").fill("Fern");
  assert.ok(await send.isDisabled());
  await dialog.getByLabel("E-mail address").fill(email);
  await send.click();
  await page.getByText(`A letter is on its way to ${email}`).waitFor();
  const row = page.locator("tbody tr").filter({ hasText: email });
  await row.waitFor();
  const found = async () => (await api.get("/invitations?limit=100")).items.find((one) => one.email === email);
  assert.deepEqual((await found()).roles, ["staff"]);
  await row.getByRole("checkbox").check();
  await page.getByRole("toolbar", { name: "Chosen rows" }).getByRole("button", { name: "Take back" }).click();
  await page.getByRole("dialog", { name: "Take back" }).getByRole("button", { name: "Take back" }).click();
  await eventually("the invitation to be gone", async () => !(await found()));
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("an owner sees the people of all their stores, and invites and places them", async () => {
  const { store, stores } = stage.known;
  const api = await stage.nobody.login("owner@kirana.example");
  const second = stores.find((one) => one.franchisee_id === store.franchisee_id && one.id !== store.id);
  const foreign = stores.find((one) => one.franchisee_id !== store.franchisee_id);
  const stamp = Date.now();
  const email = `tarn-${stamp}@kirana.example`;
  const admin = await stage.nobody.login("admin@kirana.example");
  const { id } = await admin.post("/users", { email, name: "Tarn", password: "kirana-demo", roles: ["customer"] });
  const { page, go, context } = await as("owner");
  await go("/all/today");
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "People" }).click();
  const table = page.getByRole("table", { name: "Staff" });
  const manager = table.getByRole("row").filter({ hasText: "manager@kirana.example" });
  await manager.getByText(store.name).waitFor();
  assert.equal(await page.getByRole("link", { name: "Shifts" }).count(), 0, "shifts are planned store by store");

  // A place in two stores: one person, once in the list.
  for (const place of [store, second]) {
    await page.getByRole("button", { name: "Add somebody" }).click();
    const adding = page.getByRole("dialog", { name: "Add somebody" });
    await adding.getByLabel("E-mail address").fill(email);
    await adding.getByRole("combobox", { name: "In" }).click();
    assert.equal(await page.getByRole("option", { name: foreign.name, exact: true }).count(), 0, "another's store");
    await page.getByRole("option", { name: place.name, exact: true }).click();
    await adding.getByText("Manager", { exact: true }).click();
    await adding.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByText(`${email} works in ${place.name} now`).waitFor();
    await adding.waitFor({ state: "detached" });
  }
  const row = table.getByRole("row").filter({ hasText: email });
  await row.getByText(store.name).waitFor();
  await row.getByText(second.name).waitFor();
  await row.getByText("Manager").waitFor();
  assert.equal(await row.count(), 1);
  await row.getByRole("checkbox").check();
  await page.getByRole("toolbar", { name: "Chosen rows" }).getByRole("button", { name: "Take their places away" }).click();
  const taking = page.getByRole("dialog", { name: "Take their places away" });
  await taking.getByText(/Tarn will not work in .* any more/).waitFor();
  await taking.getByRole("button", { name: "Take their places away" }).click();
  await eventually("them to work nowhere", async () => (await admin.get(`/users/${id}`)).stores.length === 0);
  await taking.getByRole("button", { name: "Close" }).last().click();
  await row.waitFor({ state: "detached" });

  // A letter to a manager of two stores.
  const invited = `fah-${stamp}@kirana.example`;
  await page.getByRole("button", { name: "Invite somebody" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite somebody" });
  await dialog.getByLabel("Name").fill("Fah");
  await dialog.getByLabel("E-mail address").fill(invited);
  const send = dialog.getByRole("button", { name: "Send the letter" });
  assert.ok(await send.isDisabled(), "a store is asked for");
  await dialog.getByRole("combobox", { name: "As" }).click();
  assert.equal(await page.getByRole("option", { name: "Admin" }).count(), 0, "an owner makes no admins");
  await page.getByRole("option", { name: "Manager", exact: true }).click();
  const places = dialog.getByRole("combobox", { name: "In" });
  await places.click();
  for (const place of [store, second]) await page.getByRole("option", { name: place.name, exact: true }).click();
  await page.keyboard.press("Escape");
  await send.click();
  await page.getByText(`A letter is on its way to ${invited}`).waitFor();
  const found = (await api.get("/invitations?limit=100")).items.find((one) => one.email === invited);
  assert.deepEqual([found.roles, found.stores.toSorted()], [["manager"], [store.id, second.id].toSorted()]);
  await table
    .or(page.getByRole("table", { name: "Invitations" }))
    .getByText(invited)
    .waitFor();
  await api.ask("DELETE", `/invitations/${found.id}`);
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("the chain gives somebody another role; who leads a store cannot", async () => {
  const { store } = stage.known;
  const admin = await stage.nobody.login("admin@kirana.example");
  const email = `praew-${Date.now()}@kirana.example`;
  const { id } = await admin.post("/users", { email, name: "Praew", password: "kirana-demo", roles: ["staff"], stores: [store.id] });
  const { page, go, context } = await as("admin");
  await go(`/${store.id}/people`);
  const row = page.locator("tbody tr").filter({ hasText: email });
  await row.getByRole("button", { name: "Praew" }).click();
  const dialog = page.getByRole("dialog", { name: "Praew" });
  const roles = dialog.getByRole("combobox", { name: "Roles" });
  await roles.click();
  await page.getByRole("option", { name: "Staff", exact: true }).click();
  await dialog.getByText("Somebody is at least a customer").waitFor();
  assert.ok(await dialog.getByRole("button", { name: "Change" }).isDisabled());
  await page.getByRole("option", { name: "Manager", exact: true }).click();
  // The list stays open for another: the next field closes it.
  await page.keyboard.press("Tab");
  await dialog.getByRole("button", { name: "Change" }).click();
  await page.getByText("Praew is manager now").waitFor();
  const now = await admin.get(`/users/${id}`);
  assert.deepEqual([now.roles, now.stores], [["manager"], [store.id]]);
  await row.getByText("Manager").waitFor();
  assert.deepEqual(page.faults, []);
  await context.close();

  const manager = await as("manager");
  await manager.go(`/${store.id}/people`);
  await manager.page.locator("tbody tr").filter({ hasText: email }).waitFor();
  assert.equal(await manager.page.getByRole("button", { name: "Praew" }).count(), 0, "rights are the chain's");
  await manager.context.close();
  await admin.ask("DELETE", `/stores/${store.id}/staff/${id}`);
});

test("a key is shown once, lets a program in, and is revoked", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("owner");
  const name = `Till ${Date.now()}`;
  await go(`/${store.id}/settings/keys`);
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog", { name: "New API key" });
  const make = dialog.getByRole("button", { name: "Make the key" });
  await dialog.getByLabel("Name").fill(name);
  assert.ok(await make.isDisabled(), "a key that may nothing is none");
  await dialog.getByRole("checkbox", { name: "orders:read", exact: true }).check();
  await make.click();
  const shown = page.getByRole("dialog", { name: "The key" });
  const secret = (await shown.locator("pre, code").first().textContent()).trim();
  const status = async (path) => (await fetch(`${platform}/api/v1${path}`, { headers: { "x-api-key": secret } })).status;
  const orders = `/orders?store_id=${store.id}&limit=1`;
  await eventually("the key to open the door", async () => (await status(orders)) === 200);
  assert.equal(await status(`/payments?store_id=${store.id}`), 403, "and no other");
  await shown.getByRole("button", { name: "I have it" }).click();
  const row = page.locator("tbody tr").filter({ hasText: name });
  await row.getByRole("checkbox").check();
  await page.getByRole("toolbar", { name: "Chosen rows" }).getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog", { name: "Revoke" }).getByRole("button", { name: "Revoke" }).click();
  await eventually("the key to be of no use", async () => (await status(orders)) === 401);
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("addresses that take no letters are listed, and let letters in again", async () => {
  const { store } = stage.known;
  const { user } = await stage.nobody.login("customer@kirana.example");
  const { page, go, context } = await as("admin");
  // No letter bounces here: the platform says that two did.
  const at = new Date().toISOString();
  let items = [
    { user_id: user.id, address: "gone@kirana.example", provider: "postmark", reason: "HardBounce", at },
    { user_id: crypto.randomUUID(), address: "no-more@kirana.example", provider: "resend", reason: "SpamComplaint", at },
  ];
  const cleared = [];
  await page.route("**/api/v1/notifications/unreachable?*", (route) => route.fulfill({ json: { items, next_cursor: null } }));
  await page.route("**/api/v1/notifications/unreachable/*", (route) => {
    cleared.push(route.request().url().split("/").pop());
    items = items.slice(1);
    return route.fulfill({ status: 204 });
  });
  await go(`/${store.id}/customers`);
  await page.getByRole("link", { name: "Letters that come back" }).click();
  const table = page.getByRole("table", { name: "Addresses that take no letters" });
  await table.getByText("There is no such mailbox").waitFor();
  await table.getByText("Letters are not wanted").waitFor();
  await table.getByRole("row").filter({ hasText: "gone@kirana.example" }).getByRole("checkbox").check();
  await page.getByRole("toolbar", { name: "Chosen rows" }).getByRole("button", { name: "Let letters go again" }).click();
  const dialog = page.getByRole("dialog", { name: "Let letters go again" });
  await dialog.getByText("Letters go to this address again.").waitFor();
  await dialog.getByRole("button", { name: "Let letters go again" }).click();
  await table.getByText("gone@kirana.example").waitFor({ state: "detached" });
  assert.deepEqual(cleared, [user.id]);
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("who takes codes by text message is told what that is worth", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("staff");
  const risk = { code: "text_messages_can_be_read", detail: "whoever takes over your number reads your codes", safer: ["totp"] };
  // No message is sent: the platform's answer is what counts here.
  await page.route("**/api/v1/auth/factors/sms/enrol", (route) => route.fulfill({ status: 202, json: risk }));
  await go(`/${store.id}/account`);
  await page.getByRole("button", { name: "Set up" }).nth(2).click();
  const dialog = page.getByRole("dialog", { name: "Text message" });
  await dialog.getByLabel("Telephone").fill("+66812345678");
  await dialog.getByRole("button", { name: "Go on" }).click();
  const alert = dialog.getByRole("alert", { name: "Text messages can be read by others" });
  await alert.getByText("Whoever takes over your number reads your codes. Safer: authenticator app.").waitFor();
  assert.deepEqual(page.faults, []);
  await context.close();
});
