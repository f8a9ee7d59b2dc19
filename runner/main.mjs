// The local platform: every wrangler.toml of the project in one Miniflare. The only file that knows Miniflare's API.
//
//   node runner/main.mjs --port 8787 --state .kirana
//
// Prints {"ready":true,...} once it answers; ends when its standard input closes, so that it never outlives its parent.
import { createWriteStream, existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";

// Standard output is for the one line that says it is ready; what wrangler has to say goes the other way.
const say = console.log.bind(console);
console.log = console.error;
process.env.WRANGLER_LOG ??= "error";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({ options: { port: { type: "string" }, state: { type: "string" } } });
const port = Number(values.port ?? 8787);
const state = resolve(values.state ?? join(root, ".kirana"));
mkdirSync(state, { recursive: true });
const secrets = JSON.parse(readFileSync(join(state, "secrets.json"), "utf8"));

const configs = [join(root, "wrangler.toml")];
for (const group of ["durable-objects", "queues", "workers"]) {
  for (const name of readdirSync(join(root, group)).sort()) {
    const config = join(root, group, name, "wrangler.toml");
    if (existsSync(config)) configs.push(config);
  }
}

const scripts = configs.map((path) => {
  const config = unstable_readConfig({ config: path }, { hideWarnings: true });
  const { workerOptions, main } = unstable_getMiniflareWorkerOptions(path);
  const build = dirname(main ?? config.main);
  const bindings = { ...workerOptions.bindings };
  for (const name of config.secrets?.required ?? []) bindings[name] = secrets[name];
  if ("PUBLIC_URL" in bindings) bindings.PUBLIC_URL = `http://127.0.0.1:${port}`;
  return {
    config,
    options: {
      ...workerOptions,
      name: config.name,
      bindings,
      modulesRoot: build,
      modules: [
        { type: "ESModule", path: join(build, "index.js") },
        { type: "CompiledWasm", path: join(build, "index_bg.wasm") },
      ],
    },
  };
});

const log = createWriteStream(join(state, "runner.log"), { flags: "a" });
const miniflare = new Miniflare({
  host: "127.0.0.1",
  port,
  cf: false,
  log: new Log(LogLevel.ERROR),
  handleRuntimeStdio: (stdout, stderr) => {
    stdout.pipe(log, { end: false });
    stderr.pipe(log, { end: false });
  },
  // The layout of `wrangler dev --persist-to`, so that both see the same state.
  d1Persist: join(state, "v3/d1"),
  kvPersist: join(state, "v3/kv"),
  r2Persist: join(state, "v3/r2"),
  durableObjectsPersist: join(state, "v3/do"),
  cachePersist: join(state, "v3/cache"),
  workers: scripts.map((script) => script.options),
});

/** Applies what is new in a database's migrations folder, in wrangler's own table, so that its command agrees. */
async function migrate(config) {
  for (const { binding, migrations_dir } of config.d1_databases ?? []) {
    if (!migrations_dir) continue;
    const folder = resolve(dirname(config.configPath), migrations_dir);
    const database = await miniflare.getD1Database(binding, config.name);
    await database.exec(
      "CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
    );
    const applied = new Set((await database.prepare("SELECT name FROM d1_migrations").all()).results.map((row) => row.name));
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".sql")).sort()) {
      if (applied.has(name)) continue;
      const sql = readFileSync(join(folder, name), "utf8").replace(/--[^\n]*/g, "");
      const statements = sql.split(/;\s*\n/).map((statement) => statement.trim()).filter(Boolean);
      await database.batch([
        ...statements.map((statement) => database.prepare(statement)),
        database.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name),
      ]);
    }
  }
}

/** Miniflare keeps no clock for cron triggers: each script that has one hears of the minute. */
async function tick() {
  for (const { config } of scripts.filter(({ config }) => config.triggers?.crons?.length)) {
    const worker = await miniflare.getWorker(config.name);
    await worker.scheduled({ cron: config.triggers.crons[0] }).catch((error) => log.write(`${error}\n`));
  }
}

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
process.on("SIGINT", () => process.exit(0));
process.on("SIGTERM", () => process.exit(0));

try {
  await miniflare.ready;
  for (const { config } of scripts) await migrate(config);
  await tick();
  setInterval(tick, 60_000);
  say(JSON.stringify({ ready: true, port, pid: process.pid }));
} catch (error) {
  console.error(error);
  process.exit(1);
}
