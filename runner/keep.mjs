// workerd is started again when it dies: by the system's hand, for want of memory, by a test. Miniflare starts it once, and says nothing
// when it is gone; what it gave to the process that died (arguments, configuration), another one gets as well, in a fraction of the
// time in which all of it is put together. Whoever serves for long keeps his processes so.
import childProcess from "node:child_process";
import { createInterface } from "node:readline";

const spawn = childProcess.spawn;
let current; // the process that serves, and how it was started
let seen = () => {};

childProcess.spawn = (command, args, options) => {
  const isRuntime = Array.isArray(args) && args.includes("--control-fd=3");
  if (!isRuntime) return spawn(command, args, options);
  // Other options: what served until now has ended its service, whoever started it.
  stop();
  const child = spawn(command, args, options);
  const started = { child, command, args, options, config: [], up: false };
  const write = child.stdin.write.bind(child.stdin);
  child.stdin.write = (chunk, ...rest) => {
    started.config.push(chunk);
    return write(chunk, ...rest);
  };
  watch(started);
  return child;
};

function watch(started) {
  current = started;
  started.child.once("exit", (code, signal) => {
    // What was stopped is nobody's affair; what never came up the first time is its starter's.
    if (current !== started || (!started.up && !started.again)) return;
    const how = signal ?? code;
    if (!started.up) {
      console.error(`workerd ended (${how}) and could not be started again`);
      process.exit(1);
    }
    console.error(`workerd ended (${how}) and is started again`);
    again(started);
  });
}

function again({ command, args, options, config }) {
  const child = spawn(command, args, options);
  const started = { child, command, args, options, config, again: true, up: false };
  watch(started);
  seen.output?.(child.stdout, child.stderr);
  child.stdin.on("error", () => {}); // it died before it had read all: its exit says so
  for (const chunk of config) child.stdin.write(chunk);
  child.stdin.end();
  const sockets = new Set(args.flatMap((argument) => argument.match(/^--socket-addr=([^=]+)=/)?.[1] ?? []));
  createInterface(child.stdio[3]).on("line", (line) => {
    sockets.delete(JSON.parse(line).socket);
    if (sockets.size || started.up) return;
    started.up = true;
    seen.up?.(child.pid);
  });
}

/** The process that serves now. */
export const pid = () => current?.child.pid;

/** From now on the process that serves is kept: `output` gets what another one writes, `up` its number once it answers. */
export function keep(listeners) {
  seen = listeners;
  if (current) current.up = true;
}

/** Ends what serves, for good. */
export function stop() {
  const last = current;
  current = undefined;
  last?.child.kill("SIGKILL");
}
