// Stripe's own form, where a deployment has Stripe: loaded only then, only from Stripe. Stripe itself is not asked here: a script that
// stands in for it says what it was given, and the platform's answers about payments are written by the test.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, call, kept, open, PHONE, person, signIn, url } from "./support.mjs";

let browser;
const STORE = process.env.KIRANA_STORE;
const CHOICES = ["choose-sweetness-level/sugar-50pc", "choose-extra-topping-s-chewy-tea/none"].map((sku) => ({ sku }));

before(async () => {
  browser = await open();
});
after(async () => {
  await browser?.close();
});

async function placed() {
  const customer = await as("customer");
  const lines = [{ variant_sku: "golden-bubble-milk-tea/small", quantity: 1, modifiers: CHOICES }];
  return customer("POST", "/orders", { store_id: STORE, lines }, { "idempotency-key": `stripe-${crypto.randomUUID()}` });
}

/** What Stripe.js would be, as far as the page uses it: it notes what it was given, and declines the first card. */
const STAND_IN = `
  window.asked = { made: [], confirmed: 0 };
  window.Stripe = (key, options) => {
    window.asked.made.push({ key, locale: options.locale });
    return {
      elements: (given) => {
        window.asked.secret = given.clientSecret;
        return { create: (kind) => {
          window.asked.kind = kind;
          const on = {};
          return {
            on: (event, listener) => { on[event] = listener; },
            mount: (at) => { const box = document.createElement("p"); box.textContent = "card of " + given.clientSecret; at.append(box); on.ready(); },
            destroy: () => {},
          };
        } };
      },
      confirmPayment: async ({ confirmParams, redirect }) => {
        window.asked.confirmed += 1;
        window.asked.returnUrl = confirmParams.return_url;
        window.asked.redirect = redirect;
        return window.asked.confirmed === 1 ? { error: { type: "card_error", message: "Your card was declined." } } : { paymentIntent: { status: "succeeded" } };
      },
    };
  };`;

test("a deployment without Stripe has nothing of it", { timeout: 60_000 }, async () => {
  const order = await placed();
  const gateways = await call("GET", "/payments/gateways");
  assert.ok(
    gateways.every(({ name }) => name !== "stripe"),
    "the demo chain has no Stripe",
  );
  const context = await person(browser);
  const page = await context.newPage();
  const foreign = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
  });
  await kept(page, "no-stripe", async () => {
    await signIn(page);
    const answer = await page.goto(`/pay/${order.id}`);
    assert.doesNotMatch(answer.headers()["content-security-policy"], /stripe/, "its policy lets nothing of Stripe in");
    await page.getByLabel("Card number").waitFor();
    assert.deepEqual(foreign, []);
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});

test("with Stripe, its form takes the card, and the platform says what became of it", { timeout: 60_000 }, async () => {
  const order = await placed();
  // The policy of this deployment is closed, as it has no Stripe: what opens it is tested beside it, in the gateway.
  const context = await person(browser, { ...PHONE, bypassCSP: true, serviceWorkers: "block" });
  const page = await context.newPage();
  const payments = [];
  const payment = (status) => ({
    id: `0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e0${payments.length}`,
    order_id: order.id,
    gateway: "stripe",
    amount: order.totals.total,
    status,
  });
  let verdict = "failed";
  await page.route("https://js.stripe.com/v3/", (route) => route.fulfill({ contentType: "text/javascript", body: STAND_IN }));
  await page.route("**/api/v1/payments/gateways", (route) =>
    route.fulfill({ json: [{ name: "stripe", moves_money: true, publishable_key: "pk_test_1" }] }),
  );
  await page.route("**/api/v1/payments/initiate", async (route) => {
    payments.push(route.request().headers()["idempotency-key"]);
    const action = { kind: "client_secret", client_secret: `secret-${payments.length}`, publishable_key: "pk_test_1" };
    await route.fulfill({ status: 201, json: { ...payment("requires_action"), action } });
  });
  await page.route("**/api/v1/payments/verify", (route) => route.fulfill({ json: payment(verdict) }));
  await kept(page, "stripe", async () => {
    await signIn(page);
    // Come within the app, the page is loaded once more, as a document of its own.
    await page.goto(`/orders/${order.id}`);
    await page.getByRole("link", { name: "Pay now" }).click();
    await page.getByText("card of secret-1").waitFor();
    const [entry] = await page.evaluate(() => performance.getEntriesByType("navigation").map(({ name }) => new URL(name).pathname));
    assert.equal(entry, `/pay/${order.id}`);
    assert.equal(await page.getByText("test cards").count(), 0);
    await page.getByRole("button", { name: /^Pay/ }).click();
    // Declined: said, and the next card is another payment with a form of its own.
    await page.getByText("card of secret-2").waitFor();
    assert.equal(new Set(payments).size, 2, "another payment has another key");
    verdict = "pending";
    await page.getByRole("button", { name: /^Pay/ }).click();
    await page.locator(".waiting").waitFor();
    const asked = await page.evaluate(() => window.asked);
    assert.deepEqual([asked.kind, asked.secret, asked.redirect], ["payment", "secret-2", "if_required"]);
    assert.equal(asked.returnUrl, `${url}/pay/${order.id}`);
    assert.ok(asked.made.every(({ key, locale }) => key === "pk_test_1" && locale === "en"));
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});
