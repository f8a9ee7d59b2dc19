// A shop without a line, and a shop without a mouse.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, eventually, kept, open, person } from "./support.mjs";

let browser;
before(async () => {
  browser = await open();
});
after(() => browser?.close());

const STORE = process.env.KIRANA_STORE;

test("without a line: the app opens, menus are there, the cart is kept", { timeout: 180_000 }, async () => {
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
    // Chromium tells a page of the line that is made up for it when that changes: one that opens meanwhile may miss it.
    const lineless = (path) =>
      eventually("the page to know that it has no line", async () => {
        if (!page.url().endsWith(path)) await page.goto(path);
        if (!(await page.evaluate(() => navigator.onLine))) return true;
        await context.setOffline(false);
        await context.setOffline(true);
      });
    await page.goto("/");
    await lineless("/");
    await page.locator(".offline").waitFor();
    await page.goto(`/stores/${STORE}`);
    await lineless(`/stores/${STORE}`);
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

test("a keyboard is enough", { timeout: 180_000 }, async () => {
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
    await sheet.getByRole("button", { name: /Choose 2 more/ }).focus();
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
