// A second factor: set up with an authenticator app, asked for at the next sign-in, and a recovery code for the day it is lost.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { windowOf } from "../browser.mjs";
import { eventually } from "../client.mjs";
import { platform, stage, withBrowser } from "./support.mjs";

withBrowser();

/** RFC 6238: what an authenticator app shows now. */
function totp(secret) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replace(/[\s=]/g, "")].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", key).update(counter).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

test("a second factor is set up, and asked for", async () => {
  const admin = await stage.nobody.login("admin@kirana.example");
  const email = `twofold-${Date.now()}@kirana.example`;
  await admin.post("/users", { email, name: "Twofold", password: "kirana-demo", roles: ["staff"], stores: [stage.known.store.id] });
  const { page, go, context } = await windowOf(stage.browser, stage.served.url, platform, email);
  await go(`/${stage.known.store.id}/account`);
  await page.getByRole("button", { name: "Set up" }).first().click();
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("img", { name: /QR code/ }).waitFor();
  const secret = await page.getByRole("dialog").locator("code, pre").first().textContent();
  const used = totp(secret);
  await page.keyboard.type(used);
  await page.getByRole("dialog", { name: "Recovery codes" }).waitFor();
  const [recovery] = await page.getByRole("dialog").locator("pre").allTextContents();
  await page.getByRole("button", { name: "I have them" }).click();
  await page.getByText("On", { exact: true }).waitFor();

  const signIn = async () => {
    await page
      .getByRole("button", { name: /Twofold/ })
      .first()
      .click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByLabel("E-mail address").fill(email);
    await page.locator("input[autocomplete=current-password]").fill("kirana-demo");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "One more step" }).waitFor();
  };
  await signIn();
  await page.getByText("Recovery code", { exact: true }).click();
  await page.getByRole("textbox", { name: "Recovery code" }).fill(recovery);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("navigation", { name: "Pages" }).first().waitFor();

  await signIn();
  await page.keyboard.type("000000");
  await page.getByRole("alert").waitFor();
  await page.locator("[data-pin-input], .mantine-PinInput-input").first().click();
  // A code is good once: the app shows another within half a minute.
  await eventually("another code", async () => totp(secret) !== used, 31);
  await page.keyboard.type(totp(secret));
  await page.getByRole("navigation", { name: "Pages" }).first().waitFor();
  assert.deepEqual(page.faults, []);
  await context.close();
});
