// Stripe's own form, where a deployment has Stripe: loaded only then, only from Stripe. Stripe itself is not asked here: a script that
// stands in for it says what it was given, and the platform's answers about payments are written by the test.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, call, findings, kept, open, PHONE, person, signIn, url } from "./support.mjs";

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

/** A payment of an order, the first, second, ..., as the platform would tell of it. */
const paid = (order, number, status) => ({
  id: `0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e0${number}`,
  order_id: order.id,
  gateway: "stripe",
  amount: order.totals.total,
  status,
});

/** Somebody on a phone, where the deployment has Stripe. Its policy is closed, as it has none: what opens it is tested in the gateway. */
async function withStripe() {
  const context = await person(browser, { ...PHONE, bypassCSP: true, serviceWorkers: "block" });
  const page = await context.newPage();
  await page.route("https://js.stripe.com/v3/", (route) => route.fulfill({ contentType: "text/javascript", body: STAND_IN }));
  await page.route("**/api/v1/payments/gateways", (route) =>
    route.fulfill({ json: [{ name: "stripe", moves_money: true, publishable_key: "pk_test_1" }] }),
  );
  return { context, page };
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

test("a deployment without Stripe has nothing of it", { timeout: 180_000 }, async () => {
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

test("with Stripe, its form takes the card, and the platform says what became of it", { timeout: 180_000 }, async () => {
  const order = await placed();
  const { context, page } = await withStripe();
  const payments = [];
  const payment = (status) => paid(order, payments.length, status);
  let verdict = "failed";
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

test("kept cards are seen and removed, one pays, and a new one is kept when that is asked for", { timeout: 180_000 }, async () => {
  const order = await placed();
  const { context, page } = await withStripe();
  const card = (end, brand, last4, expires_year, expires_month) => ({
    id: `0199f6a1-7a10-7c3e-9f02-5d2a6c1b8f0${end}`,
    gateway: "stripe",
    brand,
    last4,
    expires_year,
    expires_month,
  });
  const visa = card(1, "visa", "4242", 2099, 12);
  const old = card(2, "mastercard", "4444", 2020, 1);
  let cards = [visa, old];
  const asked = [];
  await page.route("**/api/v1/payments/methods", (route) => route.fulfill({ json: cards }));
  await page.route("**/api/v1/payments/methods/*", async (route) => {
    assert.equal(route.request().method(), "DELETE");
    cards = cards.filter(({ id }) => !route.request().url().endsWith(id));
    await route.fulfill({ status: 204 });
  });
  await page.route("**/api/v1/payments/initiate", async (route) => {
    const { method_id, save } = route.request().postDataJSON();
    asked.push({ method_id, save, key: route.request().headers()["idempotency-key"] });
    const action = { kind: "client_secret", client_secret: `secret-${asked.length}`, publishable_key: "pk_test_1" };
    const answer = method_id
      ? { ...paid(order, 1, "failed"), failure: "declined" }
      : { ...paid(order, asked.length, "requires_action"), action };
    await route.fulfill({ status: 201, json: answer });
  });
  await page.route("**/api/v1/payments/verify", (route) => route.fulfill({ json: paid(order, asked.length, "pending") }));
  await kept(page, "kept-cards", async () => {
    await signIn(page);
    await page.getByRole("link", { name: "Payment methods" }).click();
    await page.getByText("Visa •••• 4242").waitFor();
    await page.getByText("Expires 12/99").waitFor();
    await page.getByText("Expired 01/20").waitFor();
    assert.deepEqual(await findings(page), [], "kept cards");
    await page.getByRole("button", { name: "Remove: Mastercard 4444" }).click();
    const sheet = page.getByRole("dialog");
    await sheet.waitFor();
    assert.equal(cards.length, 2, "not before it was asked");
    assert.deepEqual(await findings(page), [], "removing one");
    await sheet.getByRole("button", { name: "Remove" }).click();
    await page.getByText("Mastercard •••• 4444 is removed").waitFor();
    await page.getByRole("button", { name: "Remove: Mastercard 4444" }).waitFor({ state: "detached" });
    assert.deepEqual(cards, [visa]);

    // The expired one is back, to be seen where it cannot be chosen.
    cards = [old, visa];
    await page.goto(`/pay/${order.id}`);
    await page.getByRole("radio", { name: /4242/ }).waitFor();
    assert.ok(await page.getByRole("radio", { name: /4242/ }).isChecked(), "the first that is good");
    assert.ok(await page.getByRole("radio", { name: /4444/ }).isDisabled(), "an expired one pays nothing");
    assert.equal(asked.length, 0, "nothing is begun before it is wanted");
    await page.getByRole("button", { name: /^Pay/ }).click();
    await page.getByText("The payment did not go through").waitFor();
    await page.getByRole("radio", { name: "Another card" }).check();
    await page.getByText("card of secret-2").waitFor();
    const keep = page.getByRole("checkbox", { name: "Keep this card for next time" });
    assert.ok(!(await keep.isChecked()), "nothing is kept that nobody asked for");
    await keep.check();
    await page.getByText("card of secret-3").waitFor();
    assert.deepEqual(await findings(page), [], "paying with kept cards");
    const wishes = asked.map(({ method_id, save }) => [method_id, save]);
    assert.deepEqual(wishes, [
      [visa.id, undefined],
      [undefined, undefined],
      [undefined, true],
    ]);
    assert.equal(new Set(asked.map(({ key }) => key)).size, 3, "each is another payment");
    // The stand-in declines it; what counts is what the platform was told.
    await page.getByRole("button", { name: /^Pay/ }).click();
    await page.locator(".waiting").waitFor();
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});

test("who comes back from their bank hears what it has decided, and begins no other payment", { timeout: 180_000 }, async () => {
  const order = await placed();
  const { context, page } = await withStripe();
  const begun = [];
  const verified = [];
  await page.route("**/api/v1/payments/initiate", async (route) => {
    begun.push(route.request().url());
    await route.abort();
  });
  await page.route("**/api/v1/payments/order/*", (route) =>
    route.fulfill({ json: [paid(order, 1, "requires_action"), { ...paid(order, 2, "requires_action"), reference: "pi_2" }] }),
  );
  await page.route("**/api/v1/payments/verify", async (route) => {
    verified.push(route.request().postDataJSON().payment_id);
    await route.fulfill({ json: { ...paid(order, 2, "pending"), reference: "pi_2" } });
  });
  await kept(page, "back-from-bank", async () => {
    await signIn(page);
    await page.goto(`/pay/${order.id}?payment_intent=pi_2&payment_intent_client_secret=secret&redirect_status=succeeded`);
    await page.locator(".waiting").waitFor();
    assert.deepEqual([verified, begun], [[paid(order, 2).id], []]);
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});
