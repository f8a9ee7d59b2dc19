// Accounts: registering, a second factor, addresses, preferences.
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { as, call, findings, kept, open, PASSWORD, PHONE, person, signIn, url } from "./support.mjs";

let browser;
before(async () => {
  browser = await open();
});
after(() => browser?.close());

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

test("a guest goes on with a name and an address, and has orders of their own", { timeout: 180_000 }, async () => {
  const context = await person(browser);
  const page = await context.newPage();
  await kept(page, "guest", async () => {
    await page.goto("/sign-in?to=/orders");
    await page.getByRole("link", { name: "Order as a guest" }).click();
    await page.getByRole("heading", { name: "Order as a guest" }).waitFor();
    assert.deepEqual(await findings(page), [], "going on as a guest");
    await page.getByLabel("What should we call you?").fill("Ploy");
    await page.getByLabel("E-mail").fill("passing@kirana.example");
    await page.getByRole("button", { name: "Go on as a guest" }).click();
    await page.waitForURL((now) => now.pathname === "/orders");
    await page.goto("/account");
    await page.getByRole("heading", { name: "Hello, Ploy" }).waitFor();
  });
  await context.close();
});

test("a new customer registers, and a second factor is asked for at the next sign-in", { timeout: 180_000 }, async () => {
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
    await page.getByRole("radio", { name: "Dark" }).check();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${url}/`);
    await page.goto("/account");
    await page.getByRole("heading", { name: "Sign in for faster orders" }).waitFor();
    assert.ok(await page.getByRole("radio", { name: "Dark" }).isChecked(), "how it looks is kept, who it was is not");

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

test("who comes back from another provider, and has a second factor, arrives where they were going", { timeout: 180_000 }, async () => {
  const context = await person(browser, { ...PHONE, serviceWorkers: "block" });
  const page = await context.newPage();
  const session = await call("POST", "/auth/login", { email: "customer@kirana.example", password: PASSWORD });
  let challenge;
  let verifier;
  await page.route("**/api/v1/oauth/providers", (route) => route.fulfill({ json: ["google"] }));
  // The provider lets everybody in, and sends the browser back.
  await page.route("**/api/v1/oauth/login/google?*", (route) => {
    const query = new URL(route.request().url()).searchParams;
    challenge = query.get("code_challenge");
    const back = `${query.get("return_to")}?code=good&amp;state=${query.get("state")}`;
    return route.fulfill({ contentType: "text/html", body: `<!doctype html><meta http-equiv="refresh" content="0;url=${back}">` });
  });
  const problem = { type: "about:blank", title: "Unauthorized", status: 401, code: "second_factor_required", detail: "a code is needed" };
  await page.route("**/api/v1/oauth/session", (route) => {
    verifier = route.request().postDataJSON().code_verifier;
    const json = { ...problem, login_token: "half", kinds: ["totp", "recovery"] };
    return route.fulfill({ status: 401, contentType: "application/problem+json", json });
  });
  await page.route("**/api/v1/auth/login/second-factor", (route) => {
    assert.deepEqual(route.request().postDataJSON(), { code: "123456", kind: "totp", login_token: "half" });
    return route.fulfill({ json: session });
  });
  await kept(page, "social", async () => {
    await page.goto("/sign-in?to=/account/preferences");
    await page.getByRole("button", { name: /Google/ }).click();
    await page.getByRole("heading", { name: "One more step" }).waitFor();
    assert.equal(createHash("sha256").update(verifier).digest("base64url"), challenge, "the code is good with our verifier only");
    assert.equal(await page.evaluate(() => sessionStorage.getItem("kirana.social")), null, "and once");
    await page.getByLabel("Code").fill("123456");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL((now) => now.pathname === "/account/preferences");
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});

test("addresses and preferences are kept, and what is wrong is said at its field", { timeout: 180_000 }, async () => {
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
