// What is for adults only: asked before it is in the cart, shown before it is ordered; and a bank that asks before it pays.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, eventually, findings, kept, noon, open, PASSWORD, PHONE, person, signIn } from "./support.mjs";

let browser;
before(async () => {
  browser = await open();
});
after(() => browser?.close());

const STORE = process.env.KIRANA_STORE;

test("a drink for adults, paid at a bank that asks first", { timeout: 180_000 }, async () => {
  const admin = await as("admin");
  const menu = await admin("GET", `/stores/${STORE}/menu`);
  const { id, variants } = menu.products.find(({ name }) => name === "Golden Bubble Fresh Milk");
  const { menu_id: _, id: __, ...product } = await admin("GET", `/products/${id}`);
  await admin("PUT", `/products/${id}`, { ...product, age_restricted: true });
  // Somebody who has never shown how old they are: it is asked once of each.
  const who = `dao-${Date.now()}`;
  await admin("POST", "/users", { email: `${who}@kirana.example`, name: "Dao", password: PASSWORD, roles: ["customer"] });
  const customer = await as(who);
  const wanted = { store_id: STORE, lines: [{ variant_sku: variants[0].sku, quantity: 1 }] };
  // Orders keep a menu for some seconds.
  await eventually("orders to know", async () => (await customer("POST", "/quotes", wanted)).lines[0].age_restricted);

  const context = await person(browser);
  const page = await context.newPage();
  await page.clock.install({ time: noon() });
  await page.clock.resume();
  await kept(page, "age", async () => {
    await signIn(page, who, "/");
    await page.goto(`/stores/${STORE}?item=${id}`);
    const sheet = page.getByRole("dialog", { name: "Golden Bubble Fresh Milk" });
    await sheet.getByText("For adults only").waitFor();
    await sheet.getByRole("button", { name: /^Add/ }).click();
    const gate = page.getByRole("dialog", { name: "Are you old enough for this?" });
    await gate.waitFor();
    assert.deepEqual(await findings(page), [], "the question");
    await gate.getByRole("button", { name: "Yes, I am" }).click();
    await page.getByRole("link", { name: /View order/ }).click();
    await page.getByRole("button", { name: /Order and pay/ }).click();
    const proof = page.getByRole("dialog", { name: "Show that you are old enough" });
    await proof.getByText(/for people of 20 and over/).waitFor();
    await proof.getByText(/Sandbox: nothing is checked/).waitFor();
    assert.deepEqual(await findings(page), [], "the proof");
    await proof.getByRole("button", { name: "Show the sandbox document" }).click();
    await page.waitForURL(/\/pay\//);
    await page.getByRole("button", { name: /The bank asks first/ }).click();
    await page.getByRole("button", { name: /^Pay / }).click();
    await page.getByRole("heading", { name: "Waiting for your bank" }).waitFor();
    assert.deepEqual(await findings(page), [], "waiting");
    await page.waitForURL(/\/orders\//, { timeout: 40_000 });
    await page.locator('.headline-now[data-status="confirmed"]').waitFor();
    assert.deepEqual(context.faults, []);
  }).finally(() => admin("PUT", `/products/${id}`, { ...product, age_restricted: false }));
  await context.close();
});

test("a choice for adults is asked about as a product for adults is", { timeout: 180_000 }, async () => {
  const context = await person(browser, { ...PHONE, serviceWorkers: "block" });
  const page = await context.newPage();
  await page.clock.install({ time: noon() });
  await page.clock.resume();
  // The demo chain serves no rum: for this page the grass jelly is for adults.
  await page.route(`**/api/v1/stores/${STORE}/menu`, async (route) => {
    const answer = await route.fetch();
    const menu = await answer.json();
    for (const { modifiers } of menu.modifier_groups)
      for (const one of modifiers) if (one.name === "Grass Jelly") one.age_restricted = true;
    await route.fulfill({ response: answer, json: menu });
  });
  await kept(page, "age-choice", async () => {
    await page.goto(`/stores/${STORE}`);
    await page.getByRole("link", { name: /Golden Bubble Milk Tea/ }).click();
    const sheet = page.getByRole("dialog", { name: "Golden Bubble Milk Tea" });
    await sheet.getByRole("radio", { name: "Sugar 50%" }).check();
    await sheet.getByRole("radio", { name: "None" }).check();
    await sheet.getByRole("checkbox", { name: /^Grass Jelly\s*For adults only/ }).check();
    assert.deepEqual(await findings(page), [], "a choice for adults");
    await sheet.getByRole("button", { name: /^Add/ }).click();
    const gate = page.getByRole("dialog", { name: "Are you old enough for this?" });
    await gate.waitFor();
    await page.keyboard.press("Escape");
    await gate.waitFor({ state: "detached" });
    const cart = () => page.evaluate(() => JSON.parse(localStorage.getItem("kirana.cart") ?? "null")?.lines ?? []);
    assert.deepEqual(await cart(), [], "nothing is in the cart before it is answered");
    await sheet.getByRole("button", { name: /^Add/ }).click();
    await gate.getByRole("button", { name: "Yes, I am" }).click();
    await page.getByText("Golden Bubble Milk Tea is in your cart").waitFor();
    assert.deepEqual(
      (await cart()).map((line) => line.ageRestricted),
      [true],
    );

    // Without that choice it is for everybody.
    await page.getByRole("link", { name: /Golden Bubble Milk Tea/ }).click();
    await sheet.getByRole("radio", { name: "Sugar 50%" }).check();
    await sheet.getByRole("radio", { name: "None" }).check();
    await sheet.getByRole("button", { name: /^Add/ }).click();
    await sheet.waitFor({ state: "detached" });
    assert.equal(await gate.count(), 0);
    assert.deepEqual(
      (await cart()).map((line) => line.ageRestricted),
      [true, false],
    );
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});
