// Counts what is paid for, for `cargo xtask cost`: the scripts stay the bytes that ship, and what they ask of databases, objects and
// queues is counted on its way (inside.mjs). Each event of a script that ends writes one line of JSON to the log.
import { readFileSync } from "node:fs";
import { wrap } from "../wrap.mjs";

const inside = readFileSync(new URL("./inside.mjs", import.meta.url), "utf8");

/** The same worker, counted. `classes` are the Durable Objects that the script itself defines. */
export const put = (worker, classes) => wrap(worker, classes, { name: "count", inside, spec: {} });
