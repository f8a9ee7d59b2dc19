// Where the time of scripts goes: asks workerd's inspector for CPU profiles while something else makes the load.
//
//   node bench/profile.mjs <inspector's port> <seconds> <script> ...
//
// Prints, for each script, its functions by the time spent in themselves. The runner's --named gives scripts whose WASM has names.
const [port, seconds, ...scripts] = process.argv.slice(2);
const targets = await (await fetch(`http://127.0.0.1:${port}/json`)).json();

/** Speaks the inspector's protocol with one script. */
async function attach(target) {
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`${target.webSocketDebuggerUrl} does not answer`));
  });
  const waiting = new Map();
  socket.onmessage = ({ data }) => {
    const { id, result, error } = JSON.parse(data);
    if (error) console.error(error.message);
    waiting.get(id)?.(result);
  };
  let last = 0;
  const send = (method, params = {}) =>
    new Promise((resolve) => {
      waiting.set(++last, resolve);
      socket.send(JSON.stringify({ id: last, method, params }));
    });
  return { send, close: () => socket.close() };
}

function print(name, { profile }) {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const self = new Map();
  let all = 0;
  let idle = 0;
  profile.samples.forEach((id, index) => {
    const { functionName, url, lineNumber } = nodes.get(id).callFrame;
    const took = profile.timeDeltas[index];
    const what = functionName || "(no name)";
    if (what === "(idle)" || what === "(program)") return void (idle += took);
    all += took;
    const key = `${what}${url.startsWith("wasm") || !url ? "" : ` ${url.split("/").at(-1)}:${lineNumber}`}`;
    self.set(key, (self.get(key) ?? 0) + took);
  });
  console.log(`\n${name}: ${(all / 1000).toFixed(0)} ms busy, ${(idle / 1000).toFixed(0)} ms not in its functions`);
  for (const [what, took] of [...self].sort((a, b) => b[1] - a[1]).slice(0, 35))
    console.log(`${((took / all) * 100).toFixed(1).padStart(5)} %  ${what.slice(0, 130)}`);
}

const chosen = targets.filter(({ id, title }) => !scripts.length || scripts.some((name) => `${id} ${title}`.includes(name)));
if (!chosen.length) throw new Error(`no such script; there are ${targets.map(({ title }) => title).join(", ")}`);
const lines = await Promise.all(chosen.map(attach));
for (const line of lines) {
  await line.send("Profiler.enable");
  await line.send("Profiler.setSamplingInterval", { interval: 200 });
  await line.send("Profiler.start");
}
await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000));
for (const [index, line] of lines.entries()) {
  print(chosen[index].title ?? chosen[index].id, await line.send("Profiler.stop"));
  line.close();
}
process.exit(0);
