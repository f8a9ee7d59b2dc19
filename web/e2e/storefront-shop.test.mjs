// What a store says of itself beside its prices: what is sold out, what is in it, which times are free; and what customers say back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, call, eventually, findings, kept, noon, open, PHONE, person, signIn } from "./support.mjs";

let browser;
let manager;
const STORE = process.env.KIRANA_STORE;
const overrides = (list) => manager("PUT", `/stores/${STORE}/menu/overrides`, { overrides: list });
let settings;

before(async () => {
  browser = await open();
  manager = await as("manager");
  settings = await manager("GET", `/stores/${STORE}/kitchen/settings`);
});
after(async () => {
  await overrides([]);
  await manager("PUT", `/stores/${STORE}/kitchen/settings`, settings);
  await browser?.close();
});

const CHOICES = ["choose-sweetness-level/sugar-50pc", "choose-extra-topping-s-chewy-tea/none"].map((sku) => ({ sku }));

/** A page whose clock stands at a store's midday. */
async function phone() {
  const context = await person(browser);
  const page = await context.newPage();
  await page.clock.install({ time: noon() });
  await page.clock.resume();
  return { context, page };
}

test("where the device may say where it is, what is open comes first, then the nearest", { timeout: 180_000 }, async () => {
  const { position } = await manager("GET", `/stores/${STORE}`);
  const options = { ...PHONE, permissions: ["geolocation"], geolocation: position, serviceWorkers: "block" };
  const context = await person(browser, options);
  const page = await context.newPage();
  await page.clock.install({ time: noon() });
  await page.clock.resume();
  let order = [];
  // The nearest is closed for once: nothing of the world is changed for it.
  await page.route("**/api/v1/stores/nearby?*", async (route) => {
    const answer = await route.fetch();
    const stores = (await answer.json()).map((store, at) => ({ ...store, paused: at === 0 }));
    order = stores.map(({ id }) => id);
    await route.fulfill({ response: answer, json: stores });
  });
  await kept(page, "near", async () => {
    // Nothing is pressed: it was allowed before.
    await page.goto("/");
    await page.getByRole("heading", { name: /Nearest first/ }).waitFor();
    const shown = await page.locator(".store-list > li").evaluateAll((rows) => rows.map((row) => row.id.replace("store-", "")));
    assert.equal(order[0], STORE, "the store is where the device is");
    assert.deepEqual(shown, [...order.slice(1), order[0]]);
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});

test("what is sold out is shown as that, and what is in a drink is said", { timeout: 180_000 }, async () => {
  await overrides([
    { sku: "plum-green-tea/small", available: false },
    { sku: "plum-green-tea/medium", available: false },
    { sku: "matcha-latte/medium", available: false },
    { sku: "honey-green-tea/small", hidden: true },
    { sku: "honey-green-tea/medium", hidden: true },
    { sku: "extra-toppings/coffee-jelly", available: false },
  ]);
  const { context, page } = await phone();
  await kept(page, "sold-out", async () => {
    await eventually("the menu to say so", async () => {
      await page.goto(`/stores/${STORE}`);
      await page.locator(".card").first().waitFor();
      return (await page.locator(".card.out").count()) > 0;
    });
    await page.locator(".card.out").getByText("Sold out").waitFor();
    assert.equal(await page.getByRole("link", { name: /Honey Green Tea/ }).count(), 0, "what is hidden is not there");
    await page.getByRole("link", { name: /Plum Green Tea/ }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByText("Sold out for now").waitFor();
    assert.equal(await sheet.getByRole("button", { name: /^Add/ }).count(), 0);
    assert.deepEqual(await findings(page), []);
    await page.goto(`/stores/${STORE}`);
    await page.getByRole("link", { name: /Matcha Latte/ }).click();
    assert.ok(await sheet.getByRole("radio", { name: /Medium/ }).isDisabled(), "the other size can be had");
    await sheet.getByText("Allergens and nutrition").click();
    await sheet.locator(".tags").getByText("Milk").waitFor();
    await sheet.getByText("260 kcal").waitFor();
    assert.deepEqual(await findings(page), []);
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});

test("a time is chosen from those that are free, and the cart outlives a sign-out", { timeout: 180_000 }, async () => {
  await manager("PUT", `/stores/${STORE}/kitchen/settings`, { ...settings, slot_minutes: 15, slot_capacity: 1 });
  const { context, page } = await phone();
  await kept(page, "slots", async () => {
    await page.goto(`/stores/${STORE}`);
    await page.getByRole("link", { name: /Golden Bubble Milk Tea/ }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByRole("radio", { name: "Sugar 50%" }).check();
    await sheet.getByRole("radio", { name: "None" }).check();
    await sheet.getByRole("button", { name: /^Add/ }).click();
    await signIn(page, "customer", "/cart");
    await page.getByRole("radio", { name: "Later" }).check();
    const slots = page.locator(".slot");
    await slots.first().waitFor();
    // The first that is free is chosen: what the page shows as chosen is what the cart has.
    const chosen = await eventually("a time to be in the cart", () =>
      page.evaluate(() => JSON.parse(localStorage.getItem("kirana.cart") ?? "null")?.at),
    );
    const taken = new Date(chosen).toISOString();
    await slots.locator("input:checked").waitFor({ state: "attached" });
    assert.deepEqual(await findings(page), []);
    // Somebody else takes it meanwhile: it is said, and the next is there.
    const mali = await as("customer");
    await mali(
      "POST",
      "/orders",
      { store_id: STORE, pickup_at: taken, lines: [{ variant_sku: "golden-bubble-milk-tea/small", quantity: 1, modifiers: CHOICES }] },
      { "idempotency-key": `slot-taken-${Date.now()}` },
    );
    // The page asks once, and again after a minute: it is opened when the store says so.
    await eventually("the slot to be full", async () => {
      const told = await call("GET", `/stores/${STORE}/slots?hours=48`);
      return told.slots.some(({ begins, left }) => Date.parse(begins) === Date.parse(taken) && left === 0);
    });
    await page.reload();
    await page.locator(".slot.full").first().waitFor();
    assert.ok(await page.locator(".slot.full input").first().isDisabled());
    await slots.filter({ hasText: "1 left" }).first().click();

    await page.goto("/account");
    // Of which tier depends on what was bought before.
    await page.getByText(/^\p{L}+ member$/u).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(/\/$/);
    await page.goto("/cart");
    await page.locator(".line").getByText("Golden Bubble Milk Tea").waitFor();
    assert.equal(await page.evaluate(() => localStorage.getItem("kirana.session")), null, "nothing is left of who it was");
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});

test("who has bought it says how it was", { timeout: 180_000 }, async () => {
  await manager("PUT", `/stores/${STORE}/kitchen/settings`, settings);
  const mali = await as("customer");
  const lines = [{ variant_sku: "golden-bubble-milk-tea/small", quantity: 1, modifiers: CHOICES }];
  const { id } = await mali("POST", "/orders", { store_id: STORE, lines }, { "idempotency-key": `review-order-${Date.now()}` });
  const payment = { order_id: id, gateway: "sandbox", token: "tok_success" };
  await mali("POST", "/payments/initiate", payment, { "idempotency-key": `review-pay-${Date.now()}-1` });
  await eventually("the order to be paid", async () => (await mali("GET", `/orders/${id}`)).status === "confirmed");
  for (const _ of [1, 2]) await manager("POST", `/stores/${STORE}/kitchen/tickets/${id}/bump`);
  await manager("PUT", `/orders/${id}/status`, { status: "collected" });
  // Words that nobody has said before, also where the tests have run before.
  const words = `Just right, and quick: ${Date.now()}.`;
  const { context, page } = await phone();
  await kept(page, "review", async () => {
    await signIn(page, "customer", `/orders/${id}`);
    await page.getByText("How was it?").waitFor();
    await page.locator(".star-choice label").nth(3).click();
    await page.getByLabel("Anything to add?").fill(words);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("Your words are shown once the store has read them.").waitFor();
    assert.deepEqual(await findings(page), []);
    const { items } = await manager("GET", `/stores/${STORE}/reviews`);
    const [said] = items.filter((one) => one.words === words);
    await manager("PUT", `/stores/${STORE}/reviews/${said.id}`, { status: "shown", response: "Thank you!" });
    await page.goto(`/stores/${STORE}?item=${said.product_id}`);
    const sheet = page.getByRole("dialog");
    await sheet.getByText(words).waitFor();
    await sheet.getByText("Thank you!").first().waitFor();
    assert.deepEqual(await findings(page), []);
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});

/** The smallest picture there is: one white point. */
const POINT = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4//8/AwAI/AL+p5qgoAAAAABJRU5ErkJggg==", "base64");

test("a product's photo is shown where there is one, and a drawing where it does not come", { timeout: 180_000 }, async () => {
  const admin = await as("admin");
  const { products } = await admin("GET", `/stores/${STORE}/menu`);
  const { id } = products.find(({ name }) => name === "Assam Black Tea");
  const context = await person(browser, { ...PHONE, serviceWorkers: "block" });
  const page = await context.newPage();
  await page.clock.install({ time: noon() });
  await page.clock.resume();
  let lost = false;
  await page.route(`**/api/v1/products/${id}/photo?*`, (route) =>
    lost ? route.fulfill({ status: 404, body: "" }) : route.fulfill({ contentType: "image/png", body: POINT }),
  );
  await page.route(`**/api/v1/stores/${STORE}/menu`, async (route) => {
    const answer = await route.fetch();
    const menu = await answer.json();
    for (const product of menu.products) if (product.id === id) product.photo = `/api/v1/products/${id}/photo?v=${lost ? "gone" : "there"}`;
    await route.fulfill({ response: answer, json: menu });
  });
  await kept(page, "photo", async () => {
    const card = page.getByRole("link", { name: /Assam Black Tea/ });
    await page.goto(`/stores/${STORE}`);
    await card.scrollIntoViewIfNeeded();
    await eventually("the photo to be drawn", () => card.locator("img.photo").evaluate((image) => image.naturalWidth > 0));
    await card.click();
    await page.getByRole("dialog").locator("img.photo").waitFor();
    assert.deepEqual(await findings(page), []);
    lost = true;
    await page.goto(`/stores/${STORE}`);
    await card.scrollIntoViewIfNeeded();
    await card.locator("svg.art").waitFor();
    assert.equal(await card.locator("img").count(), 0);
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});

test("the help page answers, one question at a time", async () => {
  const { context, page } = await phone();
  await kept(page, "help", async () => {
    await page.goto("/help");
    await page.getByRole("heading", { level: 1, name: "Help" }).waitFor();
    const answers = page.locator(".faq details");
    assert.equal(await answers.count(), 6);
    await page.getByText("Where is my order?").click();
    await page.getByText(/^Under Orders\. The page moves by itself/).waitFor();
    await answers.nth(1).locator("summary").click();
    await page.getByText(/^Under Orders\. The page moves by itself/).waitFor({ state: "hidden" });
    assert.equal(await page.locator(".faq details[open]").count(), 1);
    assert.deepEqual(await findings(page), []);
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});
