// A picture of every page: phone and desktop, light and dark, into screenshots/dashboard of the repository (not kept in git).
// Usage: KIRANA_URL=http://127.0.0.1:8787 node tests/screenshots.mjs [part of a page's name]

import { mkdirSync } from "node:fs";
import { launch, serve, settled, windowOf } from "./browser.mjs";
import { Client } from "./client.mjs";
import { pagesOf } from "./pages.mjs";
import { world } from "./world.mjs";

const platform = process.env.KIRANA_URL;
if (!platform) throw new Error("KIRANA_URL says where the platform is, such as http://127.0.0.1:8787");
const only = process.argv[2];
const folder = new URL("../../../screenshots/dashboard/", import.meta.url).pathname;
mkdirSync(folder, { recursive: true });

const known = await world(platform, console.log);
const pages = await pagesOf(new Client(platform), known);
const served = await serve(platform);
const browser = await launch();
const shapes = { desktop: { width: 1360, height: 900 }, phone: { width: 390, height: 844 } };
let faults = 0;
for (const [shape, viewport] of Object.entries(shapes)) {
  for (const colorScheme of ["light", "dark"]) {
    const windows = new Map();
    for (const { name, who, path, ready, act } of pages) {
      if (only && !`${name}-${shape}-${colorScheme}`.includes(only)) continue;
      if (!windows.has(who)) {
        windows.set(
          who,
          await windowOf(browser, served.url, platform, who, {
            viewport,
            colorScheme,
            reducedMotion: "reduce",
            isMobile: shape === "phone",
            hasTouch: shape === "phone",
          }),
        );
      }
      const { page, go } = windows.get(who);
      try {
        await ready?.();
        await go(path);
        await settled(page);
        await act?.(page);
        await page.waitForLoadState("networkidle", { timeout: 500 }).catch(() => {});
        await page.screenshot({ path: `${folder}${name}-${shape}-${colorScheme}.png`, fullPage: shape === "desktop" && !act });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1);
        if (wide) console.log(`${name} ${shape}: wider than the screen`);
      } catch (error) {
        faults += 1;
        console.log(`${name} ${shape} ${colorScheme}: ${error}`);
      }
      for (const fault of page.faults.splice(0)) {
        faults += 1;
        console.log(`${name} ${shape} ${colorScheme}: ${fault}`);
      }
    }
    for (const { context } of windows.values()) await context.close();
  }
}
await browser.close();
await served.close();
console.log(faults === 0 ? "every page came without a fault" : `${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
