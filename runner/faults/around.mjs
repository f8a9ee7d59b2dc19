// Puts the faults of `--faults` around the scripts: for tests. The scripts stay the bytes that ship; each gets another first
// module, which hands it an `env` whose bindings misbehave (inside.mjs).
//
//   --faults seed=7,consumer=0.3,duplicate=3,delay=2,at_once=1,retries=3,d1=0.05,stale=0.2,object=0.05,sabotage=inbox
//
//   seed       of what happens; a run is not repeatable, as time is not, but its dice are
//   consumer   how often a queue's handler fails: half of the time before it did anything, half after it was done
//   duplicate  how often each message is sent
//   delay      seconds that each of them may be late: messages overtake each other
//   at_once    1: the messages of a batch are handled side by side, as production does with several batches
//   retries    of each message before it goes to the dead letters, in place of the queue's own
//   d1         how often a call to a database fails: half of the time before it was done, half after
//   stale      how often a database answers a query with what it answered up to a minute ago
//   object     how often a call to an object fails: not reached, not heard of again, or overloaded
//   down       the service binding that does not answer, for as long as `down_for` says
//   down_for   seconds from the first call to it
//   sabotage   takes one guard away, to see that a test would notice: see `sabotaged` in inside.mjs and guards.mjs
import { readFileSync } from "node:fs";
import { wrap } from "../wrap.mjs";

const own = (file) => readFileSync(new URL(file, import.meta.url), "utf8");
const inside = own("./inside.mjs");
const beside = { "guards.mjs": own("./guards.mjs") };
const numbers = ["seed", "consumer", "duplicate", "delay", "at_once", "retries", "d1", "stale", "object", "down_for"];

/** Reads what is written after `--faults`. */
export function read(text) {
  const spec = { seed: 1, consumer: 0, duplicate: 1, delay: 0, at_once: 0, d1: 0, stale: 0, object: 0, down: "", down_for: 1e9, sabotage: "" };
  for (const [name, value] of text.split(",").map((pair) => pair.split("="))) {
    if (name === "sabotage" || name === "down") spec[name] = value;
    else if (numbers.includes(name) && value !== "" && Number(value) >= 0) spec[name] = Number(value);
    else throw new Error(`--faults: ${name}=${value} is not known`);
  }
  return spec;
}

/** The same worker, in a bad world. `classes` are the Durable Objects that the script itself defines. */
export function put(worker, classes, spec) {
  const queueConsumers = Object.fromEntries(
    Object.entries(worker.queueConsumers ?? {}).map(([queue, options]) => [
      queue,
      spec.retries !== undefined && options.deadLetterQueue ? { ...options, maxRetries: spec.retries } : options,
    ]),
  );
  return { ...wrap(worker, classes, { name: "faults", inside, beside, spec }), queueConsumers };
}
