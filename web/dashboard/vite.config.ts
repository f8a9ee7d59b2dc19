import react from "@vitejs/plugin-react";
import type { ProxyOptions } from "vite";
import { defineConfig } from "vitest/config";

declare const process: { env: Record<string, string | undefined> };

/** Where the platform is while one develops. */
const platform = process.env.KIRANA_URL ?? "http://127.0.0.1:8787";

/** The gateway opens sockets to pages of its own origin only: in development it sees that of the proxy's target. */
const proxy: Record<string, ProxyOptions> = {
  "/api": {
    target: platform,
    ws: true,
    changeOrigin: true,
    headers: { origin: platform },
  },
};

/** As strict as the gateway is: what the policy forbids fails in tests too. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

export default defineConfig({
  base: "/dashboard/",
  plugins: [react()],
  // Nothing is inlined as data: the policy lets fonts come from files only.
  build: { target: "es2023", chunkSizeWarningLimit: 700, assetsInlineLimit: 0 },
  server: { proxy },
  preview: { proxy, headers: { "Content-Security-Policy": policy } },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
