import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Writes /sw.js: the service worker with the names of all files that the shell needs, so that the app opens without a line. */
function serviceWorker() {
  return {
    name: "service-worker",
    apply: "build",
    generateBundle(_, bundle) {
      const files = Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name));
      const shell = ["/", "/manifest.webmanifest", "/icon.svg", ...files.map((name) => `/${name}`)];
      const source = readFileSync(new URL("./src/sw.js", import.meta.url), "utf8");
      const version = createHash("sha256").update(source).update(shell.join()).digest("hex").slice(0, 12);
      const code = source.replace("__SHELL__", JSON.stringify(shell)).replace("__VERSION__", version);
      this.emitFile({ type: "asset", fileName: "sw.js", source: code });
    },
  };
}

const proxy = { "/api": { target: process.env.KIRANA_API ?? "http://127.0.0.1:8787", ws: true } };

export default defineConfig({
  plugins: [react(), serviceWorker()],
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, manifest: true },
  server: { proxy },
  preview: { proxy },
});
