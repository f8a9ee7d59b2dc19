// The local platform: the scripts of the given wrangler.toml files in one Miniflare. The only file that knows its API.
//
//   node runner/main.mjs --port 8787 --state .kirana/state [--web] [--unlimited] [--var NAME=VALUE] [--faults ...] [--count] [--migrated FOLDER] [--inspect PORT] wrangler.toml workers/orders/wrangler.toml ...
//
// --web serves the web apps as well (`[assets]`); a test that asks the API only starts without them.
// --unlimited lets one caller do what many would: rate limits are a thousand times what they are, for replays and tests.
// For tests: --var gives a variable or secret another value, in every script that has it; --faults makes the scripts' bindings
// misbehave (faults/around.mjs). --count writes down what would be paid for (count/around.mjs).
// --migrated names a folder where databases are kept as they are after all migrations: a fresh state begins with a copy of them.
// --inspect opens workerd's inspector on a port, and takes WASM in which functions have their names (bench/profile.mjs).
//
// On standard output, a line of JSON each: {"ready":true,"port":...,"workerd_pid":...} once it answers; then, for each
// line on standard input, {"reloaded":true} to `reload` (scripts, configuration and migrations are read again) and
// {"ticked":true} to `tick` (every cron trigger fires now); {"error":"..."} when one of these could not be done. workerd is started again
// when it dies; once it serves, {"again":true,"workerd_pid":...}.
// It ends when its standard input closes, so that it never outlives its parent.
import { createHash } from "node:crypto";
import { cpSync, createWriteStream, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import * as wrangler from "./configs.mjs";
import * as count from "./count/around.mjs";
import { isDue } from "./cron.mjs";
import * as d1 from "./d1.mjs";
import * as faults from "./faults/around.mjs";
import { migrate } from "./migrate.mjs";
import { Log, LogLevel, Miniflare } from "./quick.mjs";

// Standard output is for the lines above; what wrangler has to say goes the other way.
console.log = console.info = console.error;
process.env.WRANGLER_LOG ??= "error";

const { values, positionals } = parseArgs({
  options: {
    port: { type: "string", default: "8787" },
    state: { type: "string", default: ".kirana/state" },
    var: { type: "string", multiple: true, default: [] },
    faults: { type: "string" },
    count: { type: "boolean", default: false },
    inspect: { type: "string" },
    unlimited: { type: "boolean", default: false },
    web: { type: "boolean", default: false },
    migrated: { type: "string" },
  },
  allowPositionals: true,
});
const port = Number(values.port);
const vars = values.var.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]);
if (values.unlimited) for (const name of ["PROOF_LIMIT", "ACCOUNT_LIMIT"]) vars.unshift([name, "1000000/60"]);
const spec = values.faults && faults.read(values.faults);
const state = resolve(values.state);
mkdirSync(state, { recursive: true });
const log = createWriteStream(join(state, "runner.log"), { flags: "a" });
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

/** A script's JavaScript, and the WASM that it is made of; the bench's floor has none. */
function modules(build) {
  const all = [
    { type: "ESModule", path: join(build, "index.js") },
    { type: "CompiledWasm", path: join(build, "index_bg.wasm") },
  ];
  const named = (path) => (values.inspect ? path.replace("_bg.wasm", "_bg.debug.wasm") : path);
  const found = all.filter(({ path }) => existsSync(path));
  return found.map((module) => ({ ...module, contents: readFileSync(named(module.path)) }));
}

/** The configurations, read anew, and Miniflare's options for them. The first script is the one that the port leads to. */
async function read() {
  const all = await wrangler.read(positionals.map((path) => resolve(path)), dirname(state));
  const configs = all.map(({ config }) => config);
  const workers = all.map(({ config, workerOptions }) => {
    const build = dirname(config.main);
    // A key that changes has its successor or its predecessor beside it for a while.
    const secrets = (config.secrets?.required ?? []).flatMap((name) => [name, `${name}_NEXT`, `${name}_PREVIOUS`]);
    const known = new Set([...Object.keys(workerOptions.bindings), ...secrets]);
    for (const [name, value] of vars) if (known.has(name)) workerOptions.bindings[name] = value;
    const missing = (config.secrets?.required ?? []).filter((name) => !(name in workerOptions.bindings));
    if (missing.length) throw new Error(`${config.name}: .dev.vars lacks ${missing}; \`cargo xtask dev\` makes them`);
    // Here it answers at its port, unless a test says that it is known by another address.
    const named = vars.some(([name]) => name === "PUBLIC_URL");
    if ("PUBLIC_URL" in workerOptions.bindings && !named) workerOptions.bindings.PUBLIC_URL = `http://127.0.0.1:${port}`;
    if (values.unlimited) for (const { simple } of Object.values(workerOptions.ratelimits ?? {})) simple.limit *= 1000;
    if (!values.web) delete workerOptions.assets;
    const worker = {
      ...workerOptions,
      name: config.name,
      modulesRoot: build,
      modules: modules(build),
    };
    const classes = (config.durable_objects?.bindings ?? []).filter((one) => !one.script_name).map((one) => one.class_name);
    if (values.count) return count.put(worker, classes);
    return spec ? faults.put(worker, classes, spec) : worker;
  });
  return { configs, workers };
}

const shared = {
  host: "127.0.0.1",
  cf: false,
  log: new Log(LogLevel.ERROR),
  handleRuntimeStdio: (stdout, stderr) => [stdout, stderr].forEach((stream) => stream.pipe(log, { end: false })),
  // Miniflare keeps workerd: whoever waits for it hears of the next one.
  unsafeHandleRuntimeRestart: () => say({ again: true, workerd_pid: workerdPid() }),
  // As `wrangler dev` has it: the address that a cron trigger is fired by.
  unsafeTriggerHandlers: true,
  // The layout of `wrangler dev --persist-to`, so that both see the same state.
  d1Persist: join(state, "v3/d1"),
  kvPersist: join(state, "v3/kv"),
  r2Persist: join(state, "v3/r2"),
  durableObjectsPersist: join(state, "v3/do"),
  cachePersist: join(state, "v3/cache"),
};

/** Who holds the databases while they are migrated, on a port that nobody knows. */
function migrator({ configs, workers }) {
  const databases = configs.flatMap((config, index) =>
    (config.d1_databases ?? [])
      .filter((database) => database.migrations_dir)
      .map(({ binding, migrations_dir, migrations_table }) => ({
        name: `${config.name} ${binding}`,
        database: workers[index].d1Databases[binding],
        folder: resolve(dirname(config.configPath), migrations_dir),
        table: migrations_table,
      })),
  );
  const d1Databases = Object.fromEntries(databases.map(({ name, database }) => [name, database]));
  return { databases, options: { ...shared, port: 0, workers: [{ name: "migrator", modules: true, script: d1.script, d1Databases }] } };
}

let configs;
let miniflare;

/** What every migration says: whoever has applied all of that has nothing to migrate. */
function digest(databases) {
  const hash = createHash("sha256");
  for (const { name, database, folder, table } of databases) {
    hash.update(`${name}\0${JSON.stringify(database)}\0${table}\0`);
    for (const file of readdirSync(folder).sort()) hash.update(`${file}\0${readFileSync(join(folder, file))}\0`);
  }
  return hash.digest("hex");
}

/** Keeps the databases as they are now, for whoever begins after this. Nobody may have them open: files of SQLite are copied at rest. */
async function keep(folder) {
  await miniflare.dispose();
  miniflare = undefined;
  const copy = `${folder}.${process.pid}`;
  cpSync(shared.d1Persist, copy, { recursive: true });
  try {
    renameSync(copy, folder);
  } catch {
    // Somebody else was first, with the same.
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Reads everything, migrates, and only then lets anybody in: as a deployment does. */
async function start() {
  const next = await read();
  const { databases, options } = migrator(next);
  // Beside the databases: who deletes them deletes it.
  const stamp = join(shared.d1Persist, "kirana-migrated");
  const wanted = digest(databases);
  const fresh = !existsSync(shared.d1Persist);
  const use = async (options) => {
    if (miniflare) await miniflare.setOptions(options);
    else miniflare = new Miniflare(options);
    await miniflare.ready;
  };
  const kept = values.migrated && resolve(values.migrated, wanted);
  if (kept && existsSync(kept) && !existsSync(shared.d1Persist)) cpSync(kept, shared.d1Persist, { recursive: true });
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    await use(options);
    await Promise.all(databases.map(({ name, folder, table }) => migrate(d1.database(miniflare, name), folder, table)));
    writeFileSync(stamp, wanted);
    if (kept && fresh) await keep(kept);
  }
  const inspectorPort = values.inspect ? Number(values.inspect) : undefined;
  await use({ ...shared, port, inspectorPort, workers: next.workers });
  configs = next.configs;
}

/** Miniflare keeps no clock for cron triggers: those whose minute has come hear of it from here, or all. */
async function tick(due) {
  for (const config of configs) {
    for (const cron of (config.triggers?.crons ?? []).filter(due)) {
      const url = `http://127.0.0.1:${port}/cdn-cgi/handler/scheduled?cron=${encodeURIComponent(cron)}`;
      const answer = await miniflare.dispatchFetch(url, { headers: { "MF-Route-Override": config.name } });
      if (!answer.ok) log.write(`${config.name}: the trigger ${cron} was answered ${answer.status}: ${await answer.text()}\n`);
      else await answer.arrayBuffer();
    }
  }
}

async function reload() {
  await start();
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
  await start();
} catch (error) {
  console.error(error);
  process.exit(1);
}
let turn = Promise.resolve();
const inTurn = (work) => (turn = turn.then(work).catch((error) => ({ error: `${error?.message ?? error}` })));
input.on("line", (line) => inTurn(orders[line] ?? (() => ({ error: `no such order: ${line}` }))).then(say));
setInterval(() => inTurn(() => tick((cron) => isDue(cron, new Date()))), 60_000);
say({ ready: true, port, pid: process.pid, workerd_pid: workerdPid() });
