// What an owner is told of the chain: how a store does in the mean, and of no other franchise's store that it is there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "../browser.mjs";
import { as, stage, withBrowser } from "./support.mjs";

withBrowser();

const PATIENT = { timeout: 60_000 };

test("own stores are held against a store of the chain, which has no name", { timeout: 180_000 }, async () => {
  const { stores, store } = stage.known;
  const own = stores.filter((one) => one.franchisee_id === store.franchisee_id);
  const foreign = stores.filter((one) => one.franchisee_id !== store.franchisee_id);
  assert.ok(own.length > 1 && foreign.length > 0, "a chain of several franchisees");
  for (const viewport of [
    { width: 1360, height: 900 },
    { width: 390, height: 844 },
  ]) {
    const { page, go, context } = await as("owner", { viewport });
    const phone = viewport.width < 600;
    // Neither on the page, nor in anything that the page was sent.
    const sent = [];
    page.on("response", (answer) => {
      if (answer.url().includes("/api/v1/analytics/")) sent.push(answer.text().catch(() => ""));
    });
    const names = async (text) => foreign.filter((one) => text.includes(one.name) || text.includes(one.id)).map((one) => one.name);
    const anonymous = async () => {
      assert.deepEqual(await names((await page.locator("body").textContent()) ?? ""), [], "named on the page");
      const told = await Promise.all(sent.splice(0));
      assert.ok(
        told.some((text) => text.includes('"benchmark":[{')),
        "the API tells of the chain",
      );
      assert.deepEqual(await names(told.join("\n")), [], "named in what the page was sent");
    };

    // All of one's stores, each against the mean.
    await go("/all/today");
    await settled(page);
    if (phone) {
      await page
        .getByText(/Against the chain\s*(the same|[+−]\d+%)/)
        .first()
        .waitFor(PATIENT);
    } else {
      const table = page.getByRole("table", { name: "Stores" });
      const at = (await table.getByRole("columnheader").allInnerTexts()).findIndex((text) => text.trim() === "Against the chain");
      assert.ok(at >= 0, "a column against the chain");
      await table
        .locator(`tbody tr td:nth-child(${at + 1})`)
        .filter({ hasText: "%" })
        .first()
        .waitFor(PATIENT);
      assert.equal(await table.locator("tbody tr").count(), own.length, "one's own stores, and no others");
    }
    await anonymous();

    // One store's page says the same in words.
    await go(`/${store.id}/today`);
    await settled(page);
    await page.getByText(/Seven days: .+; a store of the chain in the mean: .+\d/).waitFor(PATIENT);
    await anonymous();
    assert.deepEqual(page.faults, []);
    await context.close();
  }
});

test("who works in a store is told nothing of the chain", { timeout: 180_000 }, async () => {
  const { store } = stage.known;
  const { page, go, context } = await as("staff");
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await go(`/${store.id}/today`);
  await settled(page);
  assert.equal(await page.getByText(/a store of the chain/).count(), 0);
  assert.ok(!asked.includes("/api/v1/analytics/summary"), "nor asked for");
  await context.close();
});
