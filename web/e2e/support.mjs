// A browser, and the platform that it is pointed at. `cargo xtask test` and `cargo xtask screenshots` say where both are.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const url = process.env.KIRANA_URL ?? "http://127.0.0.1:8787";
export const PASSWORD = "kirana-demo";
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
export const DESK = { viewport: { width: 1280, height: 860 } };

/** A store's midday: clocks of pages stand there, so that what is open and what is closed does not depend on when tests run. */
export const noon = () => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1, 5, 0));
};

export async function open() {
  const executablePath = process.env.KIRANA_BROWSER ?? "/usr/bin/chromium";
  const root = process.getuid?.() === 0;
  return chromium.launch({ executablePath, args: [...(root ? ["--no-sandbox"] : []), "--disable-dev-shm-usage"] });
}

/** A new person's browser. What the page says on its console as an error, or throws, is in `context.faults`. */
export async function person(browser, options = PHONE) {
  const context = await browser.newContext({ baseURL: url, locale: "en", timezoneId: "Asia/Bangkok", ...options });
  context.setDefaultTimeout(60_000);
  context.faults = [];
  context.on("weberror", (error) => context.faults.push(`${error.error()}`));
  // A refused call is part of some tests; what the policy blocks is part of none.
  context.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource|WebSocket connection/.test(message.text()))
      context.faults.push(message.text());
  });
  return context;
}

/**
 * Waits until what moves into its place is there. A sheet that is being faded in has, for a quarter of a second, text of a colour that no
 * sheet has: whoever measures contrast then measures the movement. What moves for ever, such as a waiting sign, is not waited for.
 */
export async function still(page) {
  await page.evaluate(async () => {
    const ending = () => document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    const frame = () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    // What ends may begin another: a colour that is inherited follows that of what is around it. One that somebody paused would be waited for
    // without end.
    const end = performance.now() + 5000;
    do {
      await Promise.race([Promise.allSettled(ending().map((one) => one.finished)), new Promise((done) => setTimeout(done, 1000))]);
      await frame();
    } while (ending().length > 0 && performance.now() < end);
  });
}

/** What axe finds that matters: serious or critical. */
export async function findings(page) {
  await still(page);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary?.split("\n")[1]?.trim() ?? ""}`).join(" | ")}`,
    );
}

/** Calls the API as somebody. */
export async function as(who) {
  const login = await call("POST", "/auth/login", { email: `${who}@kirana.example`, password: PASSWORD });
  return (method, path, body, headers = {}) => call(method, path, body, { authorization: `Bearer ${login.access_token}`, ...headers });
}

export async function call(method, path, body, headers = {}) {
  // One key for all tries: a call whose answer was lost is made once.
  const key = method === "POST" ? { "idempotency-key": crypto.randomUUID() } : {};
  const sent = {
    method,
    headers: { ...key, ...(body ? { "content-type": "application/json" } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  };
  let answer;
  for (let turn = 0; !answer; turn += 1) {
    answer = await fetch(`${url}/api/v1${path}`, sent).catch((error) => {
      // A connection that was kept, and is closed by the other side just then.
      if (!["ECONNRESET", "UND_ERR_SOCKET"].includes(error.cause?.code) || turn >= 4) throw error;
    });
  }
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/** Waits until `look` says something that is not nothing; how it stands is asked, never slept for. */
export async function eventually(what, look, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Ends the demo chain's happy hour: prices are then the same whenever a test runs. */
export async function endHappyHour(store) {
  const admin = await as("admin");
  for (const { id } of (await admin("GET", "/campaigns?limit=100")).items)
    for (const { promotion, withdrawn } of await admin("GET", `/campaigns/${id}/offers`))
      if (promotion.name === "Happy hour" && !withdrawn) await admin("DELETE", `/campaigns/${id}/offers/${promotion.id}`);
  const customer = await as("customer");
  const modifiers = ["choose-sweetness-level/sugar-50pc", "choose-extra-topping-s-chewy-tea/none"].map((sku) => ({ sku }));
  const lines = [{ variant_sku: "golden-bubble-milk-tea/small", quantity: 1, modifiers }];
  await eventually("the end of the happy hour", async () => {
    const { totals } = await customer("POST", "/quotes", { store_id: store, lines });
    return !totals.discount || totals.discount.amount === 0;
  });
}

/** Signs in on the page it is on. */
export async function signIn(page, who = "customer", to = "/account") {
  await page.goto(`/sign-in?to=${encodeURIComponent(to)}`);
  await page.getByLabel("E-mail").fill(`${who}@kirana.example`);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL((now) => !now.pathname.startsWith("/sign-in"));
}

/** Keeps how the page looks when a test fails. */
export async function kept(page, name, work) {
  try {
    await work();
  } catch (error) {
    const folder = join(import.meta.dirname, "../../target/web-e2e");
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true }).catch(() => {});
    throw error;
  }
}
