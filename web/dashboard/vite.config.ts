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

export default defineConfig({
  base: "/dashboard/",
  plugins: [react()],
  build: { target: "es2023", chunkSizeWarningLimit: 700 },
  server: { proxy },
  preview: { proxy },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
