// What the wrangler.toml files say, as wrangler reads them. Reading takes wrangler a second, most of it to load itself, so what
// it read is kept in a file and is good for as long as nothing that it read from has changed.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const manifest = new URL(import.meta.resolve("wrangler/package.json"));

/** For each path its `config` and the `workerOptions` that Miniflare is given for it; kept in the folder. */
export async function read(paths, folder) {
  const file = join(folder, "wrangler.json");
  const of = fingerprint(paths);
  const kept = content(file);
  if (kept.startsWith(`{"of":"${of}"`)) return JSON.parse(kept).read;
  const { unstable_getMiniflareWorkerOptions, unstable_readConfig } = await import("wrangler");
  const read = paths.map((path) => {
    const config = unstable_readConfig({ config: path }, { hideWarnings: true });
    const { workerOptions } = unstable_getMiniflareWorkerOptions(config);
    return { config, workerOptions };
  });
  const text = JSON.stringify({ of, read });
  mkdirSync(folder, { recursive: true });
  // Secrets of the local platform are among it, as they are in .dev.vars.
  writeFileSync(`${file}.${process.pid}`, text, { mode: 0o600 });
  // Whoever was killed while writing has left nothing that another takes for whole.
  renameSync(`${file}.${process.pid}`, file);
  return JSON.parse(text).read;
}

/** What is in a file; nothing when it is not there. */
function content(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Of everything that wrangler's answer depends on: the files beside each configuration, its own version, and its environment. */
function fingerprint(paths) {
  const hash = createHash("sha256");
  const add = (name, text) => hash.update(`${name}\0${text.length}\0${text}`);
  add("wrangler", content(manifest));
  for (const name of ["CLOUDFLARE_ENV", "CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV"]) add(name, process.env[name] ?? "");
  for (const path of paths) {
    add(path, content(path));
    for (const beside of [".dev.vars", ".env", ".env.local"]) add(beside, content(join(dirname(path), beside)));
  }
  return hash.digest("hex").slice(0, 32);
}
