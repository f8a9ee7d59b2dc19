// What must be true of every page, and of some in particular: nothing that axe finds serious, nothing wider than the screen, nothing that
// jumps, nothing that the policy blocks; keyboards, languages, second factors, and a shop without a line.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { as, call, DESK, eventually, findings, kept, noon, open, PASSWORD, PHONE, person, signIn, url } from "./support.mjs";

let browser;
before(async () => {
  browser = await open();
});
after(() => browser?.close());

const STORE = process.env.KIRANA_STORE;
const BUDGET = 150_000;

/** An order of the customer's, paid. */
async function order() {
  const customer = await as("customer");
  const modifiers = ["choose-sweetness-level/sugar-50pc", "choose-extra-topping-s-chewy-tea/none"].map((sku) => ({ sku }));
  const body = { store_id: STORE, lines: [{ variant_sku: "golden-bubble-milk-tea/small", quantity: 2, modifiers }] };
  const placed = await customer("POST", "/orders", body, { "idempotency-key": `page-${Date.now()}` });
  const payment = { order_id: placed.id, gateway: "sandbox", token: "tok_success" };
  await customer("POST", "/payments/initiate", payment, { "idempotency-key": `page-pay-${Date.now()}` });
  return placed.id;
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

/** Looks at a page when what it has to show is there. */
async function look(page, path) {
  await page.goto(path);
  await page.locator("h1").first().waitFor();
  await eventually(`${path} to have loaded`, () => page.evaluate(() => document.querySelectorAll(".skeleton").length === 0));
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
  test(`every page: ${name}`, { timeout: 180_000 }, async () => {
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
      for (const path of [
        "/",
        `/stores/${STORE}`,
        "/cart",
        "/sign-in",
        "/register",
        "/forgot-password",
        "/account",
        "/orders",
        "/help",
        "/nowhere",
      ])
        await look(page, path);
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
      const id = await order();
      for (const path of [
        "/account",
        "/account/addresses",
        "/account/preferences",
        "/account/security",
        "/cart",
        "/orders",
        `/orders/${id}`,
        `/orders/${id}/receipt`,
      ])
        await look(page, path);
      await page.goto("/account/addresses");
      await page.locator("main .button.primary").click();
      await page.getByRole("dialog").waitFor();
      assert.deepEqual(await findings(page), [], "an address");
      assert.deepEqual(context.faults, []);
    });
    await context.close();
  });
}

test("the first view is small, soon there, and stays where it is", { timeout: 60_000 }, async () => {
  const context = await person(browser);
  const page = await context.newPage();
  // A phone of some years ago.
  const line = await context.newCDPSession(page);
  await line.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.addInitScript(() => {
    globalThis.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  const scripts = [];
  page.on("response", (answer) => {
    if (/\.js$/.test(new URL(answer.url()).pathname) && !answer.url().endsWith("/sw.js"))
      scripts.push(answer.body().catch(() => Buffer.alloc(0)));
  });
  await page.goto("/");
  await page.locator(".store-row").first().waitFor();
  const bytes = (await Promise.all(scripts)).reduce((sum, body) => sum + gzipSync(body).length, 0);
  const first = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  await page.locator(".store-row").first().click();
  await page.locator(".card").first().waitFor();
  const shift = await page.evaluate(() => globalThis.shift);
  console.log(
    `# first view: ${bytes} bytes of compressed script, first paint ${Math.round(first)} ms at a quarter of the speed, layout shift ${shift.toFixed(4)}`,
  );
  assert.ok(bytes > 20_000 && bytes < BUDGET, `${bytes} bytes of script`);
  assert.ok(first < 3000, `first contentful paint after ${first} ms`);
  assert.ok(shift < 0.05, `layout shift of ${shift}`);
  await context.close();
});

test("the budget holds for what is built, whatever a browser asked for", (t) => {
  const dist = join(import.meta.dirname, "../storefront/dist");
  if (!existsSync(dist)) return t.skip("the storefront was built elsewhere");
  const chunks = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
  const needed = new Set();
  const take = (name) => {
    if (needed.has(name)) return;
    needed.add(name);
    for (const other of chunks[name].imports ?? []) take(other);
  };
  take(Object.keys(chunks).find((name) => chunks[name].isEntry));
  const bytes = [...needed].reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, chunks[name].file))).length, 0);
  assert.ok(bytes < BUDGET, `${bytes} bytes`);
});

test("without a line: the app opens, menus are there, the cart is kept", { timeout: 60_000 }, async () => {
  const context = await person(browser);
  const page = await context.newPage();
  await kept(page, "offline", async () => {
    await page.goto("/");
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    await eventually("the service worker to be in charge", () => page.evaluate(() => navigator.serviceWorker.controller !== null));
    await page.goto(`/stores/${STORE}`);
    await page.locator(".card").first().waitFor();
    await eventually("the menu to be kept", () =>
      page.evaluate((path) => caches.match(path).then(Boolean), `/api/v1/stores/${STORE}/menu`),
    );
    await context.setOffline(true);
    await page.goto("/");
    await page.locator(".offline").waitFor();
    await page.goto(`/stores/${STORE}`);
    await page.getByRole("link", { name: /Assam Black Tea/ }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByRole("radio", { name: "Sugar 50%" }).check();
    await sheet.getByRole("radio", { name: "None" }).check();
    await sheet.getByRole("button", { name: /^Add/ }).click();
    await page.getByRole("link", { name: /View order/ }).click();
    await page.locator(".line").getByText("Assam Black Tea").waitFor();
    await page.getByText("The shop cannot be reached.").first().waitFor();
    // Nothing of anybody's own is kept.
    const names = await page.evaluate(async () => {
      const all = await Promise.all(
        (await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)),
      );
      return all.flat();
    });
    assert.ok(
      names.every((name) => !name.startsWith("/api/") || name.startsWith("/api/v1/stores")),
      names.join(),
    );
    await context.setOffline(false);
    await page.locator(".quote .totals").waitFor();
  });
  await context.close();
});

test("a keyboard is enough", { timeout: 60_000 }, async () => {
  const context = await person(browser, DESK);
  const page = await context.newPage();
  await kept(page, "keyboard", async () => {
    await page.goto(`/stores/${STORE}`);
    await page.locator(".card").first().waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.className), "skip", "the first stop leads to the content");
    const card = page.getByRole("link", { name: /Assam Black Tea/ });
    await card.focus();
    await page.keyboard.press("Enter");
    const sheet = page.getByRole("dialog", { name: "Assam Black Tea" });
    await sheet.waitFor();
    assert.ok(await page.evaluate(() => document.activeElement?.closest("dialog") !== null), "the focus is in the sheet");
    await sheet.getByRole("button", { name: /choices to make/ }).focus();
    await page.keyboard.press("Enter");
    assert.equal(
      await page.evaluate(() => document.activeElement?.getAttribute("type")),
      "radio",
      "what is missing is where the focus goes",
    );
    await page.keyboard.press("Space");
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    await eventually("the focus to be back", () => page.evaluate(() => document.activeElement?.classList.contains("card")));
  });
  await context.close();
});

/** A code of an authenticator app (RFC 6238). */
function totp(secret, at) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replace(/=+$/, "")].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

test("a new customer registers, and a second factor is asked for at the next sign-in", { timeout: 120_000 }, async () => {
  const context = await person(browser);
  const page = await context.newPage();
  await kept(page, "second-factor", async () => {
    await page.goto("/register");
    await page.getByLabel("What should we call you?").fill("Nok");
    await page.getByLabel("E-mail").fill(`nok-${Date.now()}@kirana.example`);
    await page.getByLabel("Password", { exact: true }).fill("short");
    await page.getByRole("button", { name: "Make the account" }).click();
    await page.locator("input[aria-invalid]").waitFor();
    await page.getByLabel("Password", { exact: true }).fill("a few good words");
    await page.getByRole("button", { name: "Make the account" }).click();
    await page.getByRole("heading", { name: "Hello, Nok" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${url}/`);

    // Somebody whose address is known: made by an admin.
    const email = `dao-${Date.now()}@kirana.example`;
    const admin = await as("admin");
    await admin("POST", "/users", { email, name: "Dao", password: PASSWORD, roles: ["customer"] });
    const enter = async () => {
      await page.goto("/sign-in?to=/account/security");
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
    };
    await enter();
    await page.getByRole("button", { name: "Add an authenticator app" }).click();
    const sheet = page.getByRole("dialog", { name: "Add an authenticator app" });
    await sheet.waitFor();
    assert.deepEqual(await findings(page), [], "adding a factor");
    const secret = (await sheet.locator("code.key").textContent()).trim();
    await sheet.getByLabel("Code").fill(totp(secret, Date.now()));
    await sheet.getByRole("button", { name: "Confirm" }).click();
    const codes = page.getByRole("dialog", { name: "Recovery codes" });
    await codes.locator("code").first().waitFor();
    const [recovery] = await codes.locator("code").allTextContents();
    assert.ok(recovery, "recovery codes are shown");
    await codes.getByRole("button", { name: "Close" }).last().click();
    await page.evaluate(() => localStorage.removeItem("kirana.session"));
    await enter();
    await page.getByRole("heading", { name: "One more step" }).waitFor();
    assert.deepEqual(await findings(page), [], "the second factor");
    await page.getByRole("button", { name: "Use a recovery code" }).click();
    await page.getByLabel("One of your recovery codes").fill(recovery);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL(/\/account\/security/);
    await page.getByText("Authenticator app", { exact: true }).waitFor();
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});

test("addresses and preferences are kept, and what is wrong is said at its field", { timeout: 60_000 }, async () => {
  const context = await person(browser);
  const page = await context.newPage();
  await kept(page, "addresses", async () => {
    await signIn(page, "customer", "/account/addresses");
    await page.getByRole("button", { name: "Add an address" }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByLabel("What to call it").fill("Home");
    await sheet.getByLabel("Who takes it there").fill("Mali");
    await sheet.getByLabel("Street, house, floor").fill("99 Soi Ari 1, floor 4");
    await sheet.getByLabel("City").fill("Bangkok");
    await sheet.getByLabel(/Phone at the door/).fill("081");
    await sheet.getByRole("button", { name: "Save" }).click();
    await sheet.locator("input[aria-invalid]").waitFor();
    await sheet.getByLabel(/Phone at the door/).fill("+66812345678");
    await sheet.getByRole("button", { name: "Save" }).click();
    await page.getByText("99 Soi Ari 1, floor 4, Bangkok").waitFor();
    await page.goto("/account/preferences");
    await page.getByLabel("What you do not eat").fill("vegan, no peanuts");
    await page.getByLabel("Show organic first").check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.reload();
    assert.equal(await page.getByLabel("What you do not eat").inputValue(), "vegan, no peanuts");
    assert.ok(await page.getByLabel("Show organic first").isChecked());
  });
  await context.close();
});

test("pages, files and calls are what they are", async () => {
  const get = (path, accept) => fetch(`${url}${path}`, { headers: { accept } });
  const browserAccept = "text/html,application/xhtml+xml,*/*;q=0.8";
  const page = await get(`/stores/${STORE}`, browserAccept);
  assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
  const policy = page.headers.get("content-security-policy");
  assert.match(policy, /script-src 'self';/);
  assert.ok(!/script-src[^;]*unsafe/.test(policy), policy);
  assert.equal((await get("/assets/gone-00000000.js", browserAccept)).status, 404);
  assert.equal((await get("/api/v1/nothing", browserAccept)).headers.get("content-type"), "application/problem+json");
  const text = await page.text();
  assert.ok(!/<script(?![^>]*\bsrc=)/.test(text) && !/\son\w+=/.test(text), "no inline script");
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(text)[1];
  assert.equal((await get(script, "*/*")).headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.match((await get("/sw.js", "*/*")).headers.get("cache-control"), /max-age=0/);
  const docs = await get("/docs", browserAccept);
  assert.match(await docs.text(), /client\.js/);
  await call("GET", "/stores");
});
