// Pictures of every page of the storefront, on a phone and a desk, light and dark, and some in other languages: screenshots/<page>-<size>-<look>.png.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { as, DESK, noon, open, PHONE, person, signIn } from "./support.mjs";

const folder = join(import.meta.dirname, "../../screenshots");
mkdirSync(folder, { recursive: true });
// One round only, such as `phone-light-en`.
const only = process.argv[2];
const browser = await open();

/** The page's clock stands at a store's midday. */
async function settle(page) {
  await page.waitForLoadState("networkidle").catch(() => {});
  await page.evaluate(() => document.fonts.ready);
}

async function shoot(page, name) {
  await settle(page);
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
}

async function choose(page) {
  const dialog = page.getByRole("dialog");
  for (const group of await dialog.getByRole("group").all()) {
    const radios = group.getByRole("radio");
    const count = await radios.count();
    if (count) await radios.nth(Math.min(2, count - 1)).check({ force: true });
  }
}

// What is sold out, and times of which there are few, are to be seen too.
const manager = await as("manager");
const here = `/stores/${process.env.KIRANA_STORE}`;
await manager("PUT", `${here}/menu/overrides`, {
  overrides: [
    { sku: "plum-green-tea/small", available: false },
    { sku: "plum-green-tea/medium", available: false },
    { sku: "extra-toppings/coffee-jelly", available: false },
  ],
});
const settings = await manager("GET", `${here}/kitchen/settings`);
await manager("PUT", `${here}/kitchen/settings`, { ...settings, slot_capacity: 2 });

/** All pages, for one size and look. */
async function round(size, options, look, language = "en") {
  if (only && only !== `${size}-${look}-${language}`) return;
  const context = await person(browser, { ...options, colorScheme: look });
  const page = await context.newPage();
  await page.clock.install({ time: noon() });
  await page.clock.resume();
  if (language !== "en") await context.addInitScript((code) => localStorage.setItem("kirana.language", JSON.stringify(code)), language);
  const name = (what) => `${what}-${size}-${look}${language === "en" ? "" : `-${language}`}`;
  const go = async (path, what) => {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await shoot(page, name(what));
  };
  await go("/", "stores");
  await page.goto(`/stores/${process.env.KIRANA_STORE}`);
  await page.locator(".card").first().waitFor();
  await shoot(page, name("menu"));
  const menu = page.url();
  await page.getByRole("searchbox").fill("matcha");
  await page.locator(".results").waitFor();
  await shoot(page, name("menu-search"));
  await page.getByRole("searchbox").fill("zzz");
  await shoot(page, name("menu-empty"));
  await page.goto(menu);
  await page.locator(".card").nth(7).click();
  await page.getByRole("dialog").waitFor();
  await shoot(page, name("item"));
  await choose(page);
  await shoot(page, name("item-chosen"));
  await page.locator("details.facts summary").click();
  await page.locator("details.facts").scrollIntoViewIfNeeded();
  await shoot(page, name("item-facts"));
  await page.locator(".sheet-footer .primary").click();
  await page.locator(".cart-bar").waitFor();
  await page.locator(".card").nth(21).click();
  await page.getByRole("dialog").waitFor();
  await choose(page);
  await page.locator(".sheet-footer .primary").click();
  await page.waitForFunction(() => !document.querySelector("dialog"));
  await shoot(page, name("menu-cart"));
  await go("/cart", "cart-guest");
  await go("/sign-in", "sign-in");
  await go("/register", "register");
  await go("/guest", "guest");
  await go("/forgot-password", "forgot-password");
  await go("/reset-password?token=abc", "reset-password");
  await go("/verify-email?token=abc", "verify-email");
  await go("/account", "account-guest");
  await go("/help", "help");
  await go("/nowhere", "not-found").catch(() => shoot(page, name("not-found")));
  if (language === "en") await signIn(page, "customer", "/cart");
  else {
    await page.goto("/sign-in?to=/cart");
    await page.locator("input[type=email]").fill("customer@kirana.example");
    await page.locator("input[type=password]").fill("kirana-demo");
    await page.locator("form button[type=submit]").click();
    await page.waitForURL(/cart/);
  }
  await page.locator(".totals").waitFor();
  await page.locator("input[name=tip]").nth(1).check({ force: true });
  await page.locator("details.why summary").click();
  await settle(page);
  await page.evaluate(() => scrollTo(0, 0));
  await shoot(page, name("cart"));
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await shoot(page, name("cart-foot"));
  await page.locator("input[name=when]").nth(1).check({ force: true });
  await page.locator(".slot").first().scrollIntoViewIfNeeded();
  await shoot(page, name("cart-time"));
  await page.locator("input[name=when]").nth(0).check({ force: true });
  await page.locator(".cart-side .primary.wide").click();
  await page.waitForURL(/\/pay\//);
  await page.locator(".test-card").first().waitFor();
  await shoot(page, name("pay"));
  await page.locator(".test-card").nth(1).click();
  await page.locator("form .primary").click();
  await page
    .locator(".notice.bad")
    .waitFor({ timeout: 8000 })
    .catch(() => {});
  await shoot(page, name("pay-declined"));
  await page.locator(".test-card").first().click();
  await page.locator("form .primary").click();
  await page.waitForURL(/\/orders\//);
  await page.locator('.headline-now[data-status="confirmed"]').waitFor();
  await page.locator(".line-state.live").waitFor();
  const order = page.url().split("/").pop();
  await shoot(page, name("track"));
  const kitchen = await as("manager");
  await kitchen("POST", `/stores/${process.env.KIRANA_STORE}/kitchen/tickets/${order}/bump`);
  await page.locator('.headline-now[data-status="preparing"]').waitFor();
  await shoot(page, name("track-made"));
  await kitchen("POST", `/stores/${process.env.KIRANA_STORE}/kitchen/tickets/${order}/bump`);
  await kitchen("PUT", `/orders/${order}/status`, { status: "collected" });
  await page.locator(".rate").waitFor();
  await page.locator(".star-choice label").nth(4).click();
  await page.locator(".rate textarea").first().waitFor();
  await page.locator(".rate").scrollIntoViewIfNeeded();
  await shoot(page, name("track-rate"));
  await go(`/orders/${order}/receipt`, "receipt");
  await go("/orders", "orders");
  await go("/account", "account");
  await go("/account/addresses", "addresses");
  await page.locator("main .button.primary").click();
  await shoot(page, name("address"));
  await go("/account/payment-methods", "payment-methods");
  await go("/account/preferences", "preferences");
  await go("/account/security", "security");
  if (context.faults.length) console.error(name("faults"), context.faults);
  await context.close();
}

for (const look of ["light", "dark"]) {
  await round("phone", PHONE, look);
  await round("desk", DESK, look);
}
await round("phone", PHONE, "light", "ar");
await round("phone", PHONE, "light", "th");
await round("phone", PHONE, "dark", "hi");
await round("desk", DESK, "light", "sv");
await browser.close();
