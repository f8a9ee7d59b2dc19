// What does not agree is decided about; and what a campaign would have cost is said before it runs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { as, stage, withBrowser } from "./support.mjs";

withBrowser();

test("what does not agree with a gateway's report is decided about, with a reason", async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("admin");
  // The sandbox's books agree: the platform says that one line does not.
  const found_at = new Date().toISOString();
  const thb = (amount) => ({ amount, currency: "THB" });
  let exception = {
    id: "amount_differs/stripe/ch_1",
    kind: "amount_differs",
    gateway: "stripe",
    reference: "ch_1",
    status: "open",
    explanation: "The gateway has five baht less than our books.",
    theirs: thb(9500),
    ours: thb(10_000),
    differences: [thb(500)],
    lines: [3],
    resolutions: ["ask_gateway", "accept_difference"],
    found_at,
    seen_at: found_at,
  };
  let asked;
  await page.route("**/api/v1/payments/exceptions?*", (route) => {
    const wanted = new URL(route.request().url()).searchParams.get("status");
    return route.fulfill({ json: { items: exception.status === wanted ? [exception] : [], next_cursor: null } });
  });
  await page.route("**/api/v1/payments/exceptions/*", (route) => {
    asked = { id: decodeURIComponent(route.request().url().split("/").pop()), ...route.request().postDataJSON() };
    exception = { ...exception, status: "resolved", resolution: asked.resolution, note: asked.note };
    return route.fulfill({ json: exception });
  });
  await go(`/${store.id}/money/exceptions`);
  await page.getByRole("table", { name: "What does not agree" }).getByRole("button", { name: "Amount differs" }).click();
  const drawer = page.getByRole("dialog", { name: "Amount differs" });
  await drawer.getByText("The gateway has five baht less than our books.").waitFor();
  const decide = drawer.getByRole("button", { name: "Decide" });
  await drawer.getByRole("radio", { name: "Accept the difference" }).check();
  assert.ok(await decide.isDisabled(), "a reason is asked for");
  await drawer.getByLabel("Why").fill("Their rounding, for years");
  await decide.click();
  await page.getByText("Everything agrees").waitFor();
  assert.deepEqual(asked, { id: exception.id, resolution: "accept_difference", note: "Their rounding, for years" });
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("a campaign's preview says what the platform reckons", async () => {
  const { store } = stage.known;
  const owner = await stage.nobody.login("owner@kirana.example");
  const { items } = await owner.get("/campaigns?limit=100");
  const campaign = items.find((one) => one.name === "Loy Krathong");
  const { page, go, context } = await as("owner");
  await go(`/${store.id}/campaigns/${campaign.id}`);
  const heard = page.waitForResponse((answer) => answer.url().endsWith(`/campaigns/${campaign.id}/preview`));
  await page.getByRole("button", { name: "Look" }).click();
  const found = await (await heard).json();
  assert.ok(found.orders > 0 && found.discount.amount > 0, JSON.stringify(found));
  const fact = (name) =>
    page
      .locator("dl.facts > div")
      .filter({ has: page.getByText(name, { exact: true }) })
      .locator("dd");
  assert.equal(await fact("Orders with something off").textContent(), `${found.discounted} of ${found.orders}`);
  const given = await fact("Would have given").textContent();
  // By the digits: how the amount is written is tested where that is done.
  const digits = (text) => text.replace(/[^0-9.]/g, "");
  assert.ok(digits(given).startsWith((found.discount.amount / 100).toFixed(2)), `${given} is ${found.discount.amount}`);
  assert.match(given, new RegExp(`${((100 * found.discount.amount) / found.list.amount).toFixed(1)}%`));
  assert.equal(digits(await fact("They come to").textContent()), (found.list.amount / 100).toFixed(2));
  assert.deepEqual(page.faults, []);
  await context.close();
});
