// The local platform: the scripts of the given wrangler.toml files in one Miniflare. The only file that knows its API.
//
//   node runner/main.mjs --port 8787 --state .kirana/state [--var NAME=VALUE] [--faults ...] wrangler.toml workers/orders/wrangler.toml ...
//
// For tests: --var gives a variable or secret another value, in every script that has it; --faults makes the scripts' bindings
// misbehave (faults/around.mjs).
//
// On standard output, a line of JSON each: {"ready":true,"port":...,"workerd_pid":...} once it answers; then, for each
// line on standard input, {"reloaded":true} to `reload` (scripts, configuration and migrations are read again) and
// {"ticked":true} to `tick` (every cron trigger fires now); {"error":"..."} when one of these could not be done.
// It ends when its standard input closes, so that it never outlives its parent.
import { createWriteStream, mkdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Log, LogLevel, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
import { isDue } from "./cron.mjs";
import * as faults from "./faults/around.mjs";
import { migrate } from "./migrate.mjs";

// Standard output is for the lines above; what wrangler has to say goes the other way.
console.log = console.info = console.error;
process.env.WRANGLER_LOG ??= "error";

const { values, positionals } = parseArgs({
  options: {
    port: { type: "string", default: "8787" },
    state: { type: "string", default: ".kirana/state" },
    var: { type: "string", multiple: true, default: [] },
    faults: { type: "string" },
  },
  allowPositionals: true,
});
const port = Number(values.port);
const vars = values.var.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]);
const spec = values.faults && faults.read(values.faults);
const state = resolve(values.state);
mkdirSync(state, { recursive: true });
const log = createWriteStream(join(state, "runner.log"), { flags: "a" });
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

/** The configurations, read anew, and Miniflare's options for them. The first script is the one that the port leads to. */
function read() {
  const configs = positionals.map((path) => unstable_readConfig({ config: resolve(path) }, { hideWarnings: true }));
  const workers = configs.map((config) => {
    const { workerOptions } = unstable_getMiniflareWorkerOptions(config);
    const build = dirname(config.main);
    const known = new Set([...Object.keys(workerOptions.bindings), ...(config.secrets?.required ?? [])]);
    for (const [name, value] of vars) if (known.has(name)) workerOptions.bindings[name] = value;
    const missing = (config.secrets?.required ?? []).filter((name) => !(name in workerOptions.bindings));
    if (missing.length) throw new Error(`${config.name}: .dev.vars lacks ${missing}; \`cargo xtask dev\` makes them`);
    if ("PUBLIC_URL" in workerOptions.bindings) workerOptions.bindings.PUBLIC_URL = `http://127.0.0.1:${port}`;
    const worker = {
      ...workerOptions,
      name: config.name,
      modulesRoot: build,
      modules: [
        { type: "ESModule", path: join(build, "index.js"), contents: readFileSync(join(build, "index.js")) },
        { type: "CompiledWasm", path: join(build, "index_bg.wasm"), contents: readFileSync(join(build, "index_bg.wasm")) },
      ],
    };
    const classes = (config.durable_objects?.bindings ?? []).filter((one) => !one.script_name);
    return spec ? faults.put(worker, classes.map((one) => one.class_name), spec) : worker;
  });
  const options = {
    host: "127.0.0.1",
    port,
    cf: false,
    log: new Log(LogLevel.ERROR),
    handleRuntimeStdio: (stdout, stderr) => [stdout, stderr].forEach((stream) => stream.pipe(log, { end: false })),
    // The layout of `wrangler dev --persist-to`, so that both see the same state.
    d1Persist: join(state, "v3/d1"),
    kvPersist: join(state, "v3/kv"),
    r2Persist: join(state, "v3/r2"),
    durableObjectsPersist: join(state, "v3/do"),
    cachePersist: join(state, "v3/cache"),
    workers,
  };
  return { configs, options };
}

let { configs, options } = read();
const miniflare = new Miniflare(options);

async function migrateAll() {
  for (const config of configs) {
    for (const { binding, migrations_dir, migrations_table } of config.d1_databases ?? []) {
      if (!migrations_dir) continue;
      const database = await miniflare.getD1Database(binding, config.name);
      await migrate(database, resolve(dirname(config.configPath), migrations_dir), migrations_table);
    }
  }
}

/** Miniflare keeps no clock for cron triggers: those whose minute has come hear of it from here, or all. */
async function tick(due) {
  for (const config of configs) {
    for (const cron of (config.triggers?.crons ?? []).filter(due)) {
      const worker = await miniflare.getWorker(config.name);
      await worker.scheduled({ cron }).catch((error) => log.write(`${config.name}: ${error}\n`));
    }
  }
}

async function reload() {
  ({ configs, options } = read());
  await miniflare.setOptions(options);
  await migrateAll();
  return { reloaded: true };
}

/** workerd is the only program that this one starts. */
function workerdPid() {
  try {
    return Number(readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").trim().split(" ").at(-1));
  } catch {
    return null; // not Linux
  }
}

const orders = { reload, tick: async () => (await tick(() => true), { ticked: true }) };
const input = createInterface({ input: process.stdin });
input.on("close", () => process.exit(0));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));

try {
  await miniflare.ready;
  await migrateAll();
} catch (error) {
  console.error(error);
  process.exit(1);
}
let turn = Promise.resolve();
const inTurn = (work) => (turn = turn.then(work).catch((error) => ({ error: `${error?.message ?? error}` })));
input.on("line", (line) => inTurn(orders[line] ?? (() => ({ error: `no such order: ${line}` }))).then(say));
setInterval(() => inTurn(() => tick((cron) => isDue(cron, new Date()))), 60_000);
say({ ready: true, port, pid: process.pid, workerd_pid: workerdPid() });
