// A browser before the dashboard: as the gateway serves it, or by vite's preview where it does not.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { Client } from "./client.mjs";

const EXECUTABLES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where the dashboard is, and what ends serving it. */
export async function serve(platform) {
  const answer = await fetch(`${platform}/dashboard/`).catch(() => null);
  if (answer?.ok && (await answer.text()).includes('id="root"')) return { url: `${platform}/dashboard`, close: async () => {} };
  process.env.KIRANA_URL = platform;
  const { preview } = await import("vite");
  const root = new URL("..", import.meta.url).pathname;
  const server = await preview({ root, logLevel: "silent", preview: { host: "127.0.0.1", port: 0 } });
  const { port } = server.httpServer.address();
  return { url: `http://127.0.0.1:${port}/dashboard`, close: () => server.close() };
}

export async function launch() {
  const executablePath = process.env.KIRANA_BROWSER ?? EXECUTABLES.find((path) => existsSync(path));
  if (!executablePath) throw new Error("no Chromium: KIRANA_BROWSER may say where it is");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

/** A window of its own: `who` is signed in with a session that the API gave. */
export async function windowOf(browser, base, platform, who, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1360, height: 900 },
    locale: "en-GB",
    timezoneId: "Asia/Bangkok",
    ...options,
  });
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) page.faults.push(message.text());
  });
  if (who) {
    const { session: said } = await new Client(platform).login(who);
    const session = {
      accessToken: said.access_token,
      refreshToken: said.refresh_token,
      endsAt: Date.now() + said.expires_in * 1000,
      sessionId: said.session_id,
      user: said.user,
    };
    await context.addInitScript((kept) => {
      if (!sessionStorage.getItem("seeded")) {
        localStorage.setItem("kirana.dashboard.session", kept);
        sessionStorage.setItem("seeded", "1");
      }
    }, JSON.stringify(session));
  }
  return { context, page, go: (path) => page.goto(`${base}${path}`, { waitUntil: "domcontentloaded" }) };
}

/** Waits until nothing is being loaded that the page shows a skeleton for. */
export async function settled(page, ms = 60_000) {
  await page.waitForFunction(
    () => document.title.endsWith(" · Kirana") && !document.querySelector("[aria-busy=true], .mantine-Skeleton-root"),
    undefined,
    { timeout: ms },
  );
}
