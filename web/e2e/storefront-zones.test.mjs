// A store that delivers by zones: the fee and the minimum follow from where it goes, and what is too far is refused kindly.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { as, eventually, findings, kept, noon, open, PHONE, person, signIn } from "./support.mjs";

let browser;
let admin;
let store;
let zone;
const STORE = process.env.KIRANA_STORE;
const PATH = `/stores/${STORE}/delivery-zones`;

before(async () => {
  browser = await open();
  admin = await as("admin");
  store = await admin("GET", `/stores/${STORE}`);
  zone = await admin("POST", PATH, { name: "Old town", radius_m: 3000, fee: { amount: 3500, currency: store.currency } });
});
after(async () => {
  if (zone) await admin("DELETE", `${PATH}/${zone.id}`);
  await browser?.close();
});

test("the fee follows from the place, and a place outside is refused with what would do", { timeout: 180_000 }, async () => {
  const { latitude, longitude } = store.position;
  const options = { ...PHONE, permissions: ["geolocation"], geolocation: { latitude: latitude + 0.5, longitude } };
  const context = await person(browser, options);
  const page = await context.newPage();
  await page.clock.install({ time: noon() });
  await page.clock.resume();
  await kept(page, "zones", async () => {
    await signIn(page);
    await page.goto(`/stores/${STORE}`);
    await page.getByRole("link", { name: /Golden Bubble Milk Tea/ }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByRole("radio", { name: "Sugar 50%" }).check();
    await sheet.getByRole("radio", { name: "None" }).check();
    await sheet.getByRole("button", { name: /^Add/ }).click();
    await page.goto("/cart");
    await page.getByRole("radio", { name: "Delivery" }).check();
    await page.getByLabel("Street, house, floor and door").fill("Charoen Krung 1");
    await eventually("the zone to be shown", async () => (await page.getByText("Old town").count()) > 0);
    await page.getByText("Say where that is on the map").waitFor();
    const go = page.getByRole("button", { name: /^Order and pay/ });
    assert.ok(await go.isDisabled(), "nobody orders before it is known where to");

    // Half a degree north is fifty kilometres away.
    await page.getByRole("button", { name: "I am there now" }).click();
    await page.getByText("outside the area this store delivers to").waitFor();
    await page.getByText("It delivers to: Old town").waitFor();
    assert.deepEqual(await findings(page), []);

    await context.setGeolocation({ latitude: latitude + 0.01, longitude });
    // A page that was opened anew does not answer by what it knew before; what was typed is still there.
    await page.goto("/cart");
    await page.getByRole("button", { name: "I am there now" }).click();
    await page.locator(".quote").getByText("Delivery", { exact: true }).waitFor();
    await page.locator(".quote").getByText(/35/).first().waitFor();
    await eventually("the order to be possible", async () => !(await go.isDisabled()));
    assert.deepEqual(context.faults, []);
  });
  await context.close();
});
