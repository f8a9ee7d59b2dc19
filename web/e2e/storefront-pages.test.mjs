// What must be true of every page, on a phone and a desk, light and dark, in several languages: nothing that axe finds serious, nothing wider
// than the screen, nothing that the content policy blocks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, DESK, eventually, findings, kept, noon, open, PASSWORD, PHONE, person } from "./support.mjs";

let browser;
before(async () => {
  browser = await open();
});
after(() => browser?.close());

const STORE = process.env.KIRANA_STORE;

/** An order of the customer's that waits to be paid. */
async function placed() {
  const customer = await as("customer");
  const modifiers = ["choose-sweetness-level/sugar-50pc", "choose-extra-topping-s-chewy-tea/none"].map((sku) => ({ sku }));
  const body = { store_id: STORE, lines: [{ variant_sku: "golden-bubble-milk-tea/small", quantity: 2, modifiers }] };
  const { id } = await customer("POST", "/orders", body, { "idempotency-key": `page-${crypto.randomUUID()}` });
  return { customer, id };
}

/** The same, paid. */
async function order() {
  const { customer, id } = await placed();
  const payment = { order_id: id, gateway: "sandbox", token: "tok_success" };
  await customer("POST", "/payments/initiate", payment, { "idempotency-key": `page-pay-${crypto.randomUUID()}` });
  return id;
}

const CART = {
  storeId: STORE,
  storeName: "The Mall Bangkae",
  currency: "THB",
  lines: [
    {
      variantSku: "golden-bubble-milk-tea/medium",
      productId: "",
      name: "Golden Bubble Milk Tea",
      detail: "Medium",
      quantity: 2,
      modifiers: ["choose-sweetness-level/sugar-50pc", "choose-extra-topping-s-chewy-tea/none"].map((sku) => ({
        sku,
        name: sku.split("/")[1],
      })),
      price: 9000,
      ageRestricted: false,
    },
  ],
  coupons: [],
  fulfilment: "delivery",
  at: null,
  tip: 0,
  note: "",
  table: "",
  address: "",
};

async function fit(page, where) {
  const { wide, screen } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    screen: document.documentElement.clientWidth,
  }));
  assert.ok(wide <= screen, `${where} is ${wide} wide on a screen of ${screen}`);
}

/** Looks at a page when what it has to show is there: its one title, and no problem. `title` is what that is in English. */
async function look(page, path, title, language) {
  await page.goto(path);
  const heading = page.getByRole("heading", { level: 1 });
  if (language === "en") await page.getByRole("heading", { level: 1, name: title }).waitFor();
  else await heading.first().waitFor();
  await eventually(`${path} to have loaded`, () => page.evaluate(() => document.querySelectorAll(".skeleton").length === 0));
  const titles = await heading.allInnerTexts();
  assert.equal(titles.length, 1, `${path} has one title: ${titles}`);
  assert.notEqual(titles[0].trim(), "", path);
  assert.deepEqual(await page.locator(".notice.bad").allInnerTexts(), [], `${path} shows no problem`);
  assert.deepEqual(await findings(page), [], path);
  await fit(page, path);
}

for (const [name, options, language] of [
  ["phone, light", { ...PHONE, colorScheme: "light" }, "en"],
  ["desk, dark", { ...DESK, colorScheme: "dark" }, "en"],
  ["phone, right to left", { ...PHONE, colorScheme: "light" }, "ar"],
  ["phone, Thai, dark", { ...PHONE, colorScheme: "dark" }, "th"],
  // The narrowest that text must flow into (WCAG 1.4.10), in the language with the longest words.
  ["320 wide, Swedish", { ...PHONE, viewport: { width: 320, height: 640 } }, "sv"],
]) {
  test(`every page: ${name}`, { timeout: 240_000 }, async () => {
    const context = await person(browser, options);
    await context.addInitScript(
      ([code, cart]) => {
        // Not in the empty page that comes before the first.
        if (!location.protocol.startsWith("http")) return;
        localStorage.setItem("kirana.language", JSON.stringify(code));
        if (!localStorage.getItem("kirana.cart")) localStorage.setItem("kirana.cart", JSON.stringify(cart));
      },
      [language, CART],
    );
    const page = await context.newPage();
    await page.clock.install({ time: noon() });
    await page.clock.resume();
    await kept(page, `pages-${language}`, async () => {
      for (const [path, title] of [
        ["/", "Where would you like to order?"],
        [`/stores/${STORE}`, "The Mall Bangkae"],
        ["/cart", "Your order"],
        ["/sign-in", "Sign in"],
        ["/register", "Make an account"],
        ["/guest", "Order as a guest"],
        ["/forgot-password", "Forgot the password?"],
        ["/reset-password?token=abc", "Set a new password"],
        ["/verify-email?token=abc", "Is this your address?"],
        ["/account", "Account"],
        ["/orders", "Your orders"],
        ["/help", "Help"],
        ["/nowhere", "There is no such page"],
      ])
        await look(page, path, title, language);
      if (language === "ar") assert.equal(await page.evaluate(() => document.documentElement.dir), "rtl");
      await page.goto(`/stores/${STORE}`);
      await page.locator(".card").nth(7).click();
      await page.getByRole("dialog").waitFor();
      assert.deepEqual(await findings(page), [], "a product's sheet");
      await fit(page, "a product's sheet");

      await page.goto("/sign-in");
      await page.locator("input[type=email]").fill("customer@kirana.example");
      await page.locator("input[type=password]").fill(PASSWORD);
      await page.locator("form button[type=submit]").click();
      await page.waitForURL(/\/account/);
      const [id, unpaid] = [await order(), (await placed()).id];
      for (const [path, title] of [
        ["/account", /^Hello, /],
        ["/account/addresses", "Addresses"],
        ["/account/payment-methods", "Payment methods"],
        ["/account/preferences", "Preferences"],
        ["/account/security", "Sign-in and security"],
        ["/cart", "Your order"],
        [`/pay/${unpaid}`, "Pay"],
        ["/orders", "Your orders"],
        [`/orders/${id}`, /^Order /],
        [`/orders/${id}/receipt`, "Receipt"],
      ])
        await look(page, path, title, language);
      await page.goto("/account/addresses");
      await page.locator("main .button.primary").click();
      await page.getByRole("dialog").waitFor();
      assert.deepEqual(await findings(page), [], "an address");
      assert.deepEqual(context.faults, []);
    });
    await context.close();
  });
}
