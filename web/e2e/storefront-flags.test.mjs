// What the chain has turned off is not there; what it has turned on is.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, kept, noon, open, person, signIn } from "./support.mjs";

let browser;
let admin;
const STORE = process.env.KIRANA_STORE;
const say = (name, percent, of = { scope: "store", subject_id: STORE }) => admin("PUT", `/flags/${name}`, { ...of, percent });

before(async () => {
  browser = await open();
  admin = await as("admin");
});
after(async () => {
  await say("tips", null);
  await say("loyalty-card", null, { scope: "chain" });
  await browser?.close();
});

test("tips and the loyalty card are there when they are on, and gone when they are off", { timeout: 180_000 }, async () => {
  const context = await person(browser);
  const page = await context.newPage();
  await page.clock.install({ time: noon() });
  await page.clock.resume();
  await kept(page, "flags", async () => {
    await signIn(page);
    await page.getByRole("region", { name: "Loyalty card" }).waitFor();
    await page.goto(`/stores/${STORE}`);
    await page.getByRole("link", { name: /Golden Bubble Milk Tea/ }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByRole("radio", { name: "Sugar 50%" }).check();
    await sheet.getByRole("radio", { name: "None" }).check();
    await sheet.getByRole("button", { name: /^Add/ }).click();
    await page.goto("/cart");
    await page.getByRole("group", { name: /tip/i }).getByRole("radio").nth(1).check();
    await page.locator(".quote").getByText("Tip", { exact: true }).waitFor();

    // Turned off, the question is gone, and so is the tip that was chosen before.
    await say("tips", 0);
    await page.goto("/cart");
    await page.getByRole("group", { name: /tip/i }).waitFor({ state: "detached" });
    await page.locator(".quote").getByText("Tip", { exact: true }).waitFor({ state: "detached" });

    await say("loyalty-card", 0, { scope: "chain" });
    await page.goto("/account");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.getByRole("region", { name: "Loyalty card" }).waitFor({ state: "detached" });
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});
