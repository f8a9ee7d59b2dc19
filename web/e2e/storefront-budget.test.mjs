// The first view is small and soon there, nothing jumps; and what is a page, a file or a call is that.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { call, open, person, url } from "./support.mjs";

let browser;
before(async () => {
  browser = await open();
});
after(() => browser?.close());

const STORE = process.env.KIRANA_STORE;
/** Bytes of compressed script before the first store can be chosen. */
const BUDGET = 150_000;
/** Milliseconds to the first contentful paint, at a quarter of this machine's speed. */
const PAINT = 3000;

/** The first view on a phone of some years ago, and from there a menu: what came, when, and how much it moved. */
async function firstView() {
  const context = await person(browser);
  const page = await context.newPage();
  const line = await context.newCDPSession(page);
  await line.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.addInitScript(() => {
    globalThis.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  const scripts = [];
  page.on("response", (answer) => {
    if (/\.js$/.test(new URL(answer.url()).pathname) && !answer.url().endsWith("/sw.js"))
      scripts.push(answer.body().catch(() => Buffer.alloc(0)));
  });
  await page.goto("/");
  await page.locator(".store-row").first().waitFor();
  const bytes = (await Promise.all(scripts)).reduce((sum, body) => sum + gzipSync(body).length, 0);
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  await page.locator(".store-row").first().click();
  await page.locator(".card").first().waitFor();
  const shift = await page.evaluate(() => globalThis.shift);
  await context.close();
  return { bytes, paint, shift };
}

test("the first view is small, soon there, and stays where it is", { timeout: 180_000 }, async () => {
  let best = Number.POSITIVE_INFINITY;
  // A machine that is busy with something else does not make the app slow: the best of three counts.
  for (let round = 0; round < 3 && !(best < PAINT); round++) {
    const { bytes, paint, shift } = await firstView();
    assert.ok(bytes > 20_000 && bytes < BUDGET, `${bytes} bytes of script`);
    assert.ok(shift < 0.05, `layout shift of ${shift}`);
    best = Math.min(best, paint);
    console.log(`# ${bytes} bytes of compressed script, first paint after ${Math.round(paint)} ms, layout shift ${shift.toFixed(4)}`);
  }
  assert.ok(best < PAINT, `first contentful paint after ${best} ms`);
});

test("the budget holds for what is built, whatever a browser asked for", (t) => {
  const dist = join(import.meta.dirname, "../storefront/dist");
  if (!existsSync(dist)) return t.skip("the storefront was built elsewhere");
  const chunks = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
  const needed = new Set();
  const take = (name) => {
    if (needed.has(name)) return;
    needed.add(name);
    for (const other of chunks[name].imports ?? []) take(other);
  };
  take(Object.keys(chunks).find((name) => chunks[name].isEntry));
  const bytes = [...needed].reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, chunks[name].file))).length, 0);
  assert.ok(bytes < BUDGET, `${bytes} bytes`);
});

test("pages, files and calls are what they are", async () => {
  const get = (path, accept) => fetch(`${url}${path}`, { headers: { accept } });
  const browserAccept = "text/html,application/xhtml+xml,*/*;q=0.8";
  const page = await get(`/stores/${STORE}`, browserAccept);
  assert.equal(page.headers.get("content-type"), "text/html; charset=utf-8");
  const policy = page.headers.get("content-security-policy");
  assert.match(policy, /script-src 'self';/);
  assert.ok(!/script-src[^;]*unsafe/.test(policy), policy);
  assert.equal((await get("/assets/gone-00000000.js", browserAccept)).status, 404);
  assert.equal((await get("/api/v1/nothing", browserAccept)).headers.get("content-type"), "application/problem+json");
  const text = await page.text();
  assert.ok(!/<script(?![^>]*\bsrc=)/.test(text) && !/\son\w+=/.test(text), "no inline script");
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(text)[1];
  assert.equal((await get(script, "*/*")).headers.get("cache-control"), "public, max-age=31536000, immutable");
  assert.match((await get("/sw.js", "*/*")).headers.get("cache-control"), /max-age=0/);
  const docs = await get("/docs", browserAccept);
  assert.match(await docs.text(), /client\.js/);
  await call("GET", "/stores");
});

test("the app can be put on a home screen: its manifest, and icons of the sizes it says", async () => {
  const page = await (await fetch(`${url}/`, { headers: { accept: "text/html" } })).text();
  const link = /<link rel="manifest" href="([^"]+)"/.exec(page)?.[1];
  assert.ok(link, "the page names its manifest");
  const answer = await fetch(new URL(link, url));
  assert.match(answer.headers.get("content-type"), /^application\/(manifest\+)?json/);
  const manifest = await answer.json();
  assert.deepEqual([manifest.name, manifest.start_url, manifest.display], ["Kirana", "/", "standalone"]);
  assert.ok(manifest.icons.some(({ purpose }) => purpose === "maskable"));
  const touch = /<link rel="apple-touch-icon" href="([^"]+)"/.exec(page)?.[1];
  for (const { src, sizes, type } of [...manifest.icons, { src: touch, sizes: "192x192", type: "image/png" }]) {
    const icon = await fetch(new URL(src, url));
    assert.equal(icon.status, 200, src);
    assert.ok(icon.headers.get("content-type").startsWith(type), src);
    if (type !== "image/png") continue;
    const bytes = Buffer.from(await icon.arrayBuffer());
    assert.equal(bytes.toString("latin1", 1, 4), "PNG", src);
    assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes, src);
  }
});
