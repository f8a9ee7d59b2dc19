// A customer's whole order on a phone: from the list of stores to the number that is called out, with a card that is declined, a line
// that breaks, and a kitchen that works meanwhile.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, call, endHappyHour, eventually, findings, kept, noon, open, PASSWORD, person, signIn } from "./support.mjs";

const STORE = process.env.KIRANA_STORE;
let browser;
before(async () => {
  browser = await open();
  await endHappyHour(STORE);
});
after(() => browser?.close());

test("from a store to the counter", { timeout: 180_000 }, async () => {
  const context = await person(browser);
  const page = await context.newPage();
  // The store is open by the page's clock, whenever this runs.
  await page.clock.install({ time: noon() });
  await page.clock.resume();
  const sockets = [];
  await page.routeWebSocket(/\/track/, (socket) => {
    socket.connectToServer();
    sockets.push(socket);
  });
  await kept(page, "order", async () => {
    await page.goto("/");
    await page.getByRole("searchbox").fill("bangkae");
    await page.getByRole("link", { name: /The Mall Bangkae/ }).click();
    await page.getByRole("heading", { name: "The Mall Bangkae" }).waitFor();

    // Search answers with the key press; the rules of choices are there before they are broken.
    await page.getByRole("searchbox").fill("golden bubble milk");
    await page.getByRole("link", { name: /Golden Bubble Milk Tea/ }).click();
    const sheet = page.getByRole("dialog", { name: "Golden Bubble Milk Tea" });
    await sheet.waitFor();
    assert.equal(await sheet.getByText("Required").count(), 2);
    await sheet.getByRole("radio", { name: /Medium/ }).check();
    await sheet.getByRole("button", { name: /Choose 2 more/ }).click();
    assert.equal(await sheet.count(), 1, "nothing is put in the cart while choices are missing");
    await sheet.getByRole("radio", { name: "Sugar 50%" }).check();
    await sheet.getByRole("radio", { name: "None" }).check();
    for (const extra of ["Golden Bubble", "Grass Jelly", "Aloe Vera"]) await sheet.getByRole("checkbox", { name: extra }).check();
    assert.ok(await sheet.getByRole("checkbox", { name: "Coffee Jelly" }).isDisabled(), "no more than three");
    await sheet.getByRole("checkbox", { name: "Golden Bubble" }).uncheck();
    await sheet.getByRole("checkbox", { name: "Aloe Vera" }).uncheck();
    await sheet.getByRole("button", { name: /^Add/ }).click();
    await page.getByText("Golden Bubble Milk Tea is in your cart").waitFor();
    await page.getByRole("link", { name: /View order/ }).click();

    // A guest sees the store's own price, and why.
    await page.getByText("How this is reckoned").click();
    await page.getByText("1 × (90.00 THB Golden Bubble Milk Tea, Medium + 1 × 20.00 THB Grass Jelly) = 110.00 THB").waitFor();
    await page.getByRole("link", { name: /Sign in to order/ }).click();
    await page.getByLabel("E-mail").fill("customer@kirana.example");
    await page.getByLabel("Password", { exact: true }).fill("wrong-password");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("alert").getByText("This address and password do not belong together.").waitFor();
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL(/\/cart/);

    // Coupon and tip are in the price when it is ordered.
    await page.getByLabel("Coupon", { exact: true }).fill("welcome");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("Welcome: 20.00 THB off").first().waitFor();
    await page.getByRole("radio", { name: "฿10" }).check();
    const order = page.getByRole("button", { name: /Order and pay/ });
    await order.getByText("฿100.00").waitFor();
    await order.click();
    await page.waitForURL(/\/pay\//);

    // A card that is declined takes nothing; the next one goes through.
    await page.getByText("Test payment: no money moves").waitFor();
    await page.getByLabel("Card number").fill("5555555555554444");
    await page.getByText("This is no test card. Do not use a real one here.").waitFor();
    await page.getByRole("button", { name: /Is declined/ }).click();
    await page.getByRole("button", { name: "Pay ฿100.00" }).click();
    await page.getByText("The payment did not go through").waitFor();
    await page.getByRole("button", { name: /Goes through/ }).click();
    await page.getByRole("button", { name: "Pay ฿100.00" }).click();
    await page.waitForURL(/\/orders\//);
    const status = (name) => page.locator(`.headline-now[data-status="${name}"]`);
    await status("confirmed").waitFor();
    await page.locator(".line-state.live").waitFor();
    const id = page.url().split("/").pop();

    // The kitchen bumps it, and the page moves by itself.
    const kitchen = await as("manager");
    const bump = () => kitchen("POST", `/stores/${STORE}/kitchen/tickets/${id}/bump`);
    await eventually("the ticket", () =>
      kitchen("GET", `/stores/${STORE}/kitchen/tickets`).then((all) => all.some((one) => one.id === id)),
    );
    await bump();
    await status("preparing").waitFor();

    // The line breaks, the kitchen goes on, and what was missed comes with the new line.
    const before = sockets.length;
    for (const socket of sockets) await socket.close({ code: 1012 }).catch(() => {});
    await page.locator(".line-state.waiting").waitFor();
    await bump();
    await status("ready").waitFor();
    assert.ok(sockets.length > before, "the page has opened another line");
    assert.deepEqual(await findings(page), []);

    // What was bought is on the receipt, and can be had again.
    await page.getByRole("link", { name: "Receipt" }).click();
    await page.getByText("฿100.00").first().waitFor();
    await kitchen("PUT", `/orders/${id}/status`, { status: "collected" });
    await eventually("the list to know", () =>
      kitchen("GET", `/orders?store_id=${STORE}`).then(({ items }) => items.find((one) => one.id === id)?.status === "collected"),
    );
    await page.goto("/orders");
    await page.getByRole("button", { name: "Order again" }).first().click();
    await page.waitForURL(/\/cart/);
    await page.getByText("Medium · Sugar 50% · None · Grass Jelly").waitFor();
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});

test("an order that is called off gives the money back", { timeout: 180_000 }, async () => {
  const customer = await as("customer");
  const modifiers = ["choose-sweetness-level/sugar-50pc", "choose-extra-topping-s-chewy-tea/none"].map((sku) => ({ sku }));
  const lines = [{ variant_sku: "golden-bubble-milk-tea/small", quantity: 1, modifiers }];
  const order = await customer("POST", "/orders", { store_id: STORE, lines }, { "idempotency-key": `off-${Date.now()}` });
  const body = { order_id: order.id, gateway: "sandbox", token: "tok_success" };
  await customer("POST", "/payments/initiate", body, { "idempotency-key": `off-pay-${Date.now()}` });
  const context = await person(browser);
  const page = await context.newPage();
  await kept(page, "called-off", async () => {
    await page.goto(`/sign-in?to=/orders/${order.id}`);
    await page.getByLabel("E-mail").fill("customer@kirana.example");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.locator('.headline-now[data-status="confirmed"]').waitFor();
    await page.getByRole("button", { name: "Call the order off" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Call the order off" }).click();
    await page.locator('.headline-now[data-status="cancelled"], .headline-now[data-status="refunded"]').waitFor();
    await page.getByText("฿70.00 goes back the way it came.").waitFor();
  });
  await context.close();
});

test("answers that are lost do not order twice", { timeout: 180_000 }, async () => {
  const made = await call("POST", "/auth/register", {
    name: "Ploy",
    email: `ploy-${Date.now()}@kirana.example`,
    password: "a few good words",
  });
  const modifiers = ["choose-sweetness-level/sugar-50pc", "choose-extra-topping-s-chewy-tea/none"].map((sku) => ({ sku, name: sku }));
  const line = {
    variantSku: "golden-bubble-milk-tea/small",
    productId: "",
    name: "Golden Bubble Milk Tea",
    detail: "",
    quantity: 1,
    modifiers,
    price: 7000,
    ageRestricted: false,
  };
  const cart = {
    storeId: STORE,
    storeName: "The Mall Bangkae",
    currency: "THB",
    lines: [line],
    coupons: [],
    fulfilment: "pickup",
    at: null,
    tip: 0,
    note: "",
    table: "",
    address: "",
  };
  const session = {
    accessToken: made.access_token,
    refreshToken: made.refresh_token,
    endsAt: noon().getTime() + 9 * 60_000,
    sessionId: made.session_id,
    user: made.user,
  };
  const context = await person(browser);
  await context.addInitScript(
    ([session, cart]) => {
      if (!location.protocol.startsWith("http") || localStorage.getItem("kirana.session")) return;
      localStorage.setItem("kirana.session", JSON.stringify(session));
      localStorage.setItem("kirana.cart", JSON.stringify(cart));
    },
    [session, cart],
  );
  const page = await context.newPage();
  await page.clock.install({ time: noon() });
  await page.clock.resume();
  let lost = 0;
  await page.route("**/api/v1/orders", async (route) => {
    if (route.request().method() !== "POST" || lost === 3) return route.continue();
    lost += 1;
    // It arrives and is placed; only nobody hears of it.
    await route.fetch();
    await route.abort("connectionreset");
  });
  await kept(page, "lost-answers", async () => {
    await page.goto("/cart");
    const button = page.getByRole("button", { name: /Order and pay/ });
    await button.click();
    await page.getByText("The shop cannot be reached.").waitFor();
    assert.equal(lost, 3, "the client has tried for itself");
    await page.reload();
    await button.click();
    await page.waitForURL(/\/pay\//);
    const id = page.url().split("/").pop();
    const mine = { authorization: `Bearer ${made.access_token}` };
    const { items } = await eventually("the list to have it", async () => {
      const list = await call("GET", "/orders", undefined, mine);
      return list.items.length ? list : undefined;
    });
    assert.deepEqual(
      items.map((order) => order.id),
      [id],
    );
  });
  await context.close();
});

/** A cart with one tea, put in by hand. */
async function tea(page) {
  await page.goto(`/stores/${STORE}`);
  await page.getByRole("link", { name: /Golden Bubble Milk Tea/ }).click();
  const sheet = page.getByRole("dialog");
  await sheet.getByRole("radio", { name: "Sugar 50%" }).check();
  await sheet.getByRole("radio", { name: "None" }).check();
  await sheet.getByRole("button", { name: /^Add/ }).click();
  await page.getByRole("link", { name: /View order/ }).click();
}

test("a delivery is ordered for a time of its own", { timeout: 180_000 }, async () => {
  const context = await person(browser);
  const page = await context.newPage();
  await page.clock.install({ time: noon() });
  await page.clock.resume();
  await kept(page, "delivery-slot", async () => {
    await signIn(page, "customer", "/account");
    await tea(page);
    await page.getByRole("radio", { name: "Delivery" }).check();
    await page.getByLabel("Street, house, floor and door").fill("99 Phet Kasem Road, floor 4");
    await page.getByRole("radio", { name: "Later" }).check();
    const slots = page.locator(".slot:not(.full)");
    await slots.nth(1).waitFor();
    await slots.nth(1).click();
    const at = await page.evaluate(() => JSON.parse(localStorage.getItem("kirana.cart")).at);
    assert.ok(Date.parse(at) > 0, "a time is chosen");
    assert.deepEqual(await findings(page), []);
    const go = page.getByRole("button", { name: /^Order and pay/ });
    await eventually("the order to be possible", async () => !(await go.isDisabled()));
    await go.click();
    await page.waitForURL(/\/pay\//);
    const customer = await as("customer");
    const order = await customer("GET", `/orders/${page.url().split("/").pop()}`);
    assert.equal(order.fulfilment, "delivery");
    assert.equal(order.deliver_to.address, "99 Phet Kasem Road, floor 4");
    assert.equal(Date.parse(order.pickup_at ?? order.slot), Date.parse(at));
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});

test("a guest places an order and pays it, without an account", { timeout: 180_000 }, async () => {
  const context = await person(browser);
  const page = await context.newPage();
  await page.clock.install({ time: noon() });
  await page.clock.resume();
  await kept(page, "guest-order", async () => {
    await tea(page);
    await page.getByRole("link", { name: /Sign in to order/ }).click();
    await page.getByRole("link", { name: "Order as a guest" }).click();
    await page.getByLabel("What should we call you?").fill("Ploy");
    await page.getByLabel("E-mail").fill(`guest-${Date.now()}@kirana.example`);
    await page.getByRole("button", { name: "Go on as a guest" }).click();
    await page.waitForURL((now) => now.pathname === "/cart");
    const go = page.getByRole("button", { name: /^Order and pay/ });
    await eventually("the order to be possible", async () => !(await go.isDisabled()));
    await go.click();
    await page.waitForURL(/\/pay\//);
    await page.locator(".test-card").first().click();
    await page.getByRole("button", { name: /^Pay / }).click();
    await page.waitForURL(/\/orders\//);
    await page.locator('.headline-now[data-status="confirmed"]').waitFor();
    const manager = await as("manager");
    const order = await manager("GET", `/orders/${page.url().split("/").pop()}`);
    assert.equal(order.customer.name, "Ploy");
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});
