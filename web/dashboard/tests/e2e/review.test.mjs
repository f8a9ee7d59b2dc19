// Payments that fraud rules want a person to look at: found, decided by keyboard and on record; and the rules, within their bounds.

// biome-ignore-all lint/suspicious/noThenProperty: what a rule asks for is called so by the API

import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "../browser.mjs";
import { eventually } from "../client.mjs";
import { paymentToReview } from "../review.mjs";
import { as, stage, withBrowser } from "./support.mjs";

withBrowser();

const PALETTE = "Pages, stores, orders, products, actions";

/** Goes to something by key alone: it must be among what Tab reaches. */
async function reach(page, target) {
  await target.waitFor();
  const there = () => target.evaluate((one) => one === document.activeElement);
  for (let turn = 0; turn < 200; turn += 1) {
    if (await there()) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("Tab does not come to it");
}

const card = (page, { order }) => page.getByRole("article").filter({ has: page.locator(`a[href$="/orders/${order.id}"]`) });
const assessed = async (api, store, { payment }) =>
  (await api.get(`/payments/assessments?store_id=${store.id}&verdict=review&limit=100`)).items.find((one) => one.payment_id === payment.id);

test("who leads a store decides about payments that wait, by key, and it is on record", async () => {
  const { store } = stage.known;
  const api = await stage.nobody.login("manager@kirana.example");
  const first = await paymentToReview(stage.nobody, store);
  const second = await paymentToReview(stage.nobody, store, { cups: 3 });
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/today`);
  await settled(page);
  await page.getByRole("link", { name: /^Money\s+\d+ to review$/ }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(PALETTE).fill("approve");
  await page.getByText("Review payments").waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Payments to review" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Fraud rules" }).count(), 0, "the chain's");

  // Who has waited longest is first, and each says whose it is, why, and how long there is.
  const [older, newer] = [card(page, first), card(page, second)];
  await newer.waitFor();
  const tops = await Promise.all([older, newer].map((one) => one.evaluate((node) => node.getBoundingClientRect())));
  assert.ok(tops[0].top < tops[1].top || (tops[0].top === tops[1].top && tops[0].left < tops[1].left), JSON.stringify(tops));
  await older.getByText(first.order.customer.name, { exact: true }).waitFor();
  await older.getByText(/^Lapses in (\d+ min|under 1 min)$/).waitFor();
  const why = (await assessed(api, store, first)).findings;
  await older
    .getByRole("list", { name: "Rules that fired" })
    .getByText(why.find((one) => one.fired).why)
    .waitFor();
  await older.getByText("1 rule that did not fire").click();
  await older.getByText(why.find((one) => !one.fired).why).waitFor();

  // Approved: not without a reason.
  const approve = older.getByRole("button", { name: /^Approve/ });
  await reach(page, approve);
  await page.keyboard.press("Enter");
  const approving = page.getByRole("dialog", { name: /^Approve .* of / });
  await approving.waitFor();
  assert.ok(await approving.getByRole("button", { name: "Approve" }).isDisabled(), "a reason is asked for");
  await page.waitForFunction(() => document.activeElement?.matches("[role=dialog] input"));
  await page.keyboard.press("Escape");
  await approving.waitFor({ state: "detached" });
  assert.equal((await assessed(api, store, first)).review, "open", "looked at, and not decided");
  // One goes on where one was.
  await page.waitForFunction(() => document.activeElement?.ariaLabel?.startsWith("Approve"));
  await reach(page, approve);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.matches("[role=dialog] input"));
  await page.keyboard.type("I called them, it is for a wedding");
  await page.keyboard.press("Enter");
  await page.getByText("Approved: its gateway is asked within a minute").waitFor();
  await older.waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.textContent?.startsWith("Waiting"));
  const kept = await assessed(api, store, first);
  assert.deepEqual(
    [kept.review, kept.note, kept.reviewed_by],
    ["approved", "I called them, it is for a wedding", api.user.id],
    JSON.stringify(kept),
  );

  // Rejected: what is on record is read from there.
  await reach(page, newer.getByRole("button", { name: /^Reject/ }));
  await page.keyboard.press("Enter");
  const rejecting = page.getByRole("dialog", { name: /^Reject .* of / });
  await reach(page, rejecting.getByRole("button", { name: "Nobody answers" }));
  await page.keyboard.press("Enter");
  await reach(page, rejecting.getByRole("button", { name: "Reject" }));
  await page.keyboard.press("Enter");
  await newer.waitFor({ state: "detached" });
  await eventually("the payment to end without money", async () => {
    const now = await api.get(`/payments/${second.payment.id}`);
    return now.review === "rejected" && now.captured.amount === 0;
  });
  const record = page.getByRole("table", { name: "What the rules said" });
  const row = record.getByRole("row").filter({ has: page.locator(`a[href$="/orders/${second.order.id}"]`) });
  await row.getByText("Rejected").waitFor();
  await row.getByText("You", { exact: true }).waitFor();
  await row.getByText("Nobody answers").waitFor();
  await reach(page, row.getByRole("button").first());
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog");
  await drawer.getByText(second.order.customer.name, { exact: true }).waitFor();
  await drawer.getByRole("list", { name: "Rules that fired" }).waitFor();
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.matches("tbody button"));
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("an owner sees what waits in any of their stores; who works in one sees nothing of it, nor does another's owner", async () => {
  const { store } = stage.known;
  const waits = await paymentToReview(stage.nobody, store);
  const owner = await as("owner");
  await owner.go("/all/money");
  await owner.page
    .getByRole("navigation", { name: "Money" })
    .getByRole("link", { name: /^To review/ })
    .click();
  await card(owner.page, waits).getByText(store.name).waitFor();
  await owner.context.close();

  const foreign = await as("foreign");
  await foreign.go("/all/money/review");
  await foreign.page.getByText("Nothing waits for you").waitFor();
  assert.equal(await card(foreign.page, waits).count(), 0);
  await foreign.context.close();

  const staff = await as("staff");
  await staff.go(`/${store.id}/today`);
  await settled(staff.page);
  assert.equal(
    await staff.page
      .getByRole("link", { name: /Money|review/i })
      .filter({ visible: true })
      .count(),
    0,
  );
  await staff.page.keyboard.press("Control+k");
  await staff.page.getByPlaceholder(PALETTE).fill("review payments");
  await staff.page.getByText("Nothing of that name").waitFor();
  for (const { page } of [owner, foreign, staff]) assert.deepEqual(page.faults, []);
  await staff.context.close();
});

test("a decision that comes too late says so, and the list is asked for again", async () => {
  const { store } = stage.known;
  const waits = await paymentToReview(stage.nobody, store);
  const { page, go, context } = await as("manager");
  await go(`/${store.id}/money/review`);
  await card(page, waits)
    .getByRole("button", { name: /^Approve/ })
    .click();
  const dialog = page.getByRole("dialog", { name: /^Approve/ });
  await dialog.getByLabel("Reason").fill("Somebody we know");
  const owner = await stage.nobody.login("owner@kirana.example");
  await owner.post(`/payments/${waits.payment.id}/review`, { approve: false, note: "Not theirs" });
  await dialog.getByRole("button", { name: "Approve" }).click();
  await dialog.getByText(/decided otherwise/).waitFor();
  await card(page, waits).waitFor({ state: "detached" });
  assert.deepEqual(page.faults, []);
  await context.close();
});

test("the chain sets a rule within its bounds, changes it and takes it away", async () => {
  const { store } = stage.known;
  const admin = await stage.nobody.login("admin@kirana.example");
  const name = `test-${Date.now()}`;
  const rule = async () => (await admin.get("/payments/risk-rules")).rules.find((one) => one.name === name);
  const { page, go, context } = await as("admin");
  await go(`/${store.id}/money/review/rules`);
  await page.getByRole("button", { name: "New rule" }).click();
  const form = page.getByRole("dialog", { name: "New rule" });
  const set = form.getByRole("button", { name: "Set" });
  await form.getByLabel("Name").fill("Too Large");
  await form.getByText("1 to 60 lower-case letters, digits and hyphens").waitFor();
  await form.getByLabel("Name").fill(name);
  await form.getByLabel("More than, THB").fill("999999.50");
  await form.getByRole("combobox", { name: "Only in these stores" }).click();
  await page.getByRole("option", { name: store.name }).click();
  await set.click();
  const row = page
    .getByRole("table", { name: "Fraud rules" })
    .getByRole("row")
    .filter({ hasText: /999,999\.50/ });
  await row.waitFor();
  assert.deepEqual(await rule(), { name, test: "amount", over: { THB: 99_999_950 }, then: "review", stores: [store.id] });

  await row.getByRole("button").first().click();
  const change = page.getByRole("dialog", { name: /^Test/ });
  await change.getByRole("combobox", { name: "It fires when" }).click();
  await page.getByRole("option", { name: "The same was seen too often" }).click();
  await change.getByLabel("Within so many minutes").fill("43201");
  await change.getByText("A whole number from 1 to 43200").waitFor();
  assert.ok(await change.getByRole("button", { name: "Set" }).isDisabled());
  await change.getByLabel("Within so many minutes").fill("120");
  await change.getByLabel("More than so many").fill("500");
  await change.getByText("Step-up: the bank asks").click();
  await change.getByRole("button", { name: "Set" }).click();
  await page.getByText("More than 500 refusals by the same card within 2 hours").waitFor();
  const { test: kind, then, minutes, most } = await rule();
  assert.deepEqual([kind, then, minutes, most], ["velocity", "step_up", 120, 500]);

  await page
    .getByRole("table", { name: "Fraud rules" })
    .getByRole("row")
    .filter({ hasText: "More than 500 refusals" })
    .getByRole("button")
    .first()
    .click();
  await page.getByRole("dialog", { name: /^Test/ }).getByRole("button", { name: "Take away" }).click();
  await page.getByRole("button", { name: "Take it away" }).click();
  await eventually("the rule to be gone", async () => !(await rule()));
  await page.getByText("More than 500 refusals").waitFor({ state: "detached" });
  assert.deepEqual(page.faults, []);
  await context.close();
});
