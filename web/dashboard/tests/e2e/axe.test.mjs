// Every page has its title and shows no problem, and there is no serious finding of axe on any: all its rules in the light, and those of colour in the dark, where nothing else differs.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { still } from "../../../e2e/support.mjs";
import { settled, windowOf } from "../browser.mjs";
import { pagesOf } from "../pages.mjs";
import { platform, stage, withBrowser } from "./support.mjs";

withBrowser();

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What is told of serious findings by these rules, or by all. */
async function findings(page, rules) {
  await still(page);
  const options = { resultTypes: ["violations"], ...(rules && { runOnly: { type: "rule", values: rules } }) };
  const { violations } = await page.evaluate((options) => globalThis.axe.run(options), options);
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const told = serious.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map((node) => `${node.html.slice(0, 160)} | ${node.any[0]?.message ?? node.all[0]?.message ?? ""}`)
        .join("\n   ")}`,
  );
  return told.join("\n");
}

// Some pages only, while one works on them: `KIRANA_PAGES=menu,price`.
const only = process.env.KIRANA_PAGES?.split(",");

const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

test("every page", async (context) => {
  const pages = (await pagesOf(stage.nobody, stage.known)).filter(({ name }) => !only || only.includes(name));
  const windows = new Map();
  for (const { name, who, path, ready, act, title } of pages) {
    await context.test(name, async () => {
      if (!windows.has(who))
        windows.set(who, await windowOf(stage.browser, stage.served.url, platform, who, { colorScheme: "light", reducedMotion: "reduce" }));
      const { page, go } = windows.get(who);
      await page.emulateMedia({ colorScheme: "light" });
      await ready?.();
      await go(path);
      await settled(page);
      // What is looked at is the page, and not why it could not be shown.
      assert.ok(title, "a page's title is known");
      const titles = page.getByRole("heading", { level: 1 });
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      assert.equal(await titles.count(), 1, "one title");
      assert.deepEqual(await page.locator("[data-problem]").allInnerTexts(), [], "no problem is shown");
      await act?.(page);
      await page.evaluate(axe);
      assert.equal(await findings(page), "", "in the light");
      const light = await background(page);
      await page.emulateMedia({ colorScheme: "dark" });
      await page.waitForFunction((light) => getComputedStyle(document.body).backgroundColor !== light, light);
      assert.equal(await findings(page, ["color-contrast", "link-in-text-block"]), "", "in the dark");
    });
  }
  for (const one of windows.values()) await one.context.close();
});
