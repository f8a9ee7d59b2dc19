// No serious finding of axe on any page, light and dark.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { settled, windowOf } from "../browser.mjs";
import { pagesOf } from "../pages.mjs";
import { platform, stage, withBrowser } from "./support.mjs";

withBrowser();

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

for (const colorScheme of ["light", "dark"]) {
  test(`every page, ${colorScheme}`, async (context) => {
    const pages = await pagesOf(stage.nobody, stage.known);
    const windows = new Map();
    for (const { name, who, path, act } of pages) {
      await context.test(name, async () => {
        if (!windows.has(who))
          windows.set(who, await windowOf(stage.browser, stage.served.url, platform, who, { colorScheme, reducedMotion: "reduce" }));
        const { page, go } = windows.get(who);
        await go(path);
        await settled(page);
        await act?.(page);
        await page.waitForFunction(() => document.getAnimations().length === 0, undefined, { timeout: 3000 }).catch(() => {});
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
        const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        const told = serious.map(
          ({ id, nodes }) =>
            `${id}: ${nodes
              .slice(0, 3)
              .map((node) => `${node.html.slice(0, 160)} | ${node.any[0]?.message ?? node.all[0]?.message ?? ""}`)
              .join("\n   ")}`,
        );
        assert.equal(told.join("\n"), "");
      });
    }
    for (const one of windows.values()) await one.context.close();
  });
}
