// Runs in workerd, between a script and its bindings: what queues, databases and objects do on a bad day (around.mjs tells
// which faults there are). Each fault, and each call to an object, is a line of JSON in the log, for the test to count.
import { guards } from "./guards.mjs";

const MINUTE = 60_000;

/** Numbers from 0 to 1 from a seed (mulberry32). */
function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same object, but for some of its members. */
function around(target, instead) {
  const get = (_, name) => {
    if (Object.hasOwn(instead, name)) return instead[name];
    const value = Reflect.get(target, name, target);
    return typeof value === "function" && name !== "constructor" ? value.bind(target) : value;
  };
  return new Proxy(target, { get });
}

const lost = () => new Error("D1_ERROR: Network connection lost.", { cause: new Error("Network connection lost.") });

export function faults(spec) {
  const roll = dice([...spec.script].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), spec.seed));
  const happens = (share) => roll() < share;
  const shuffled = (list) => list.map((item) => [roll(), item]).sort(([a], [b]) => a - b).map(([, item]) => item);
  const note = (fault, more = {}) => console.log(JSON.stringify({ fault, script: spec.script, ...more }));
  const sabotaged = (guard) => spec.sabotage === guard;
  const money = guards(spec);
  // A script's entry point is made anew for each request; these are the isolate's.
  const past = new Map(); // what queries were answered, for a minute
  let downSince;

  function producer(queue) {
    const send = async (body, options = {}) => {
      const late = () => Math.floor(roll() * (spec.delay + 1));
      const copies = Array.from({ length: spec.duplicate }, () => queue.send(body, { ...options, delaySeconds: late() }));
      await Promise.all(copies);
    };
    return around(queue, { send });
  }

  async function consume(batch, handle) {
    const fails = (when) => {
      if (!happens(spec.consumer / 2)) return;
      note(`consumer ${when}`, { queue: batch.queue });
      throw new Error(`fault: the consumer fails ${when}`);
    };
    fails("before");
    const some = (messages) => handle({ queue: batch.queue, messages });
    const messages = shuffled([...batch.messages]);
    await (spec.at_once ? Promise.all(messages.map((message) => some([message]))) : some(messages));
    fails("after");
  }

  function database(d1) {
    const real = new WeakMap(); // of a statement that was handed out
    const unsure = async (what, act) => {
      if (!happens(spec.d1)) return act();
      const before = happens(0.5);
      note(before ? "d1 not done" : "d1 done and lost", { what });
      if (!before) await act();
      throw lost();
    };
    const stale = async (sql, values, act) => {
      if (!spec.stale || !/^\s*SELECT/i.test(sql)) return act();
      // What was asked for a moment ago with another time is the same question.
      const key = JSON.stringify([sql, values.map((value) => (value > 1e12 ? "a moment" : value))]);
      const known = past.get(key);
      if (known && Date.now() - known.at < MINUTE) {
        if (!happens(spec.stale)) return act();
        note("d1 stale", { what: sql.slice(0, 40) });
        return structuredClone(known.answer);
      }
      const answer = await act();
      past.set(key, { at: Date.now(), answer: structuredClone(answer) });
      return answer;
    };
    const statement = (prepared, sql, values) => {
      const read = () => {
        // Whoever cannot learn what was revoked believes every token.
        if (sabotaged("revocations") && sql.includes("FROM revocations")) return d1.prepare("SELECT 1 WHERE 0").all();
        // Without an inbox nobody knows what was applied.
        if (sabotaged("inbox") && sql.startsWith("SELECT seq FROM inbox")) return d1.prepare("SELECT 1 WHERE 0").all();
        return prepared.all().then((answer) => money.found(sql, answer));
      };
      const wrapped = around(prepared, {
        bind: (...values) => {
          // What is spent is posted nowhere: nobody looks whether there was enough.
          const spent = sabotaged("balances") && String(values[0]).includes('"kind":"gift_balance_spent"');
          return spent ? statement(d1.prepare("SELECT 1 WHERE 0"), sql, []) : statement(prepared.bind(...money.bound(values)), sql, values);
        },
        all: () => unsure(sql.slice(0, 40), () => stale(sql, values, read)),
        run: () => unsure(sql.slice(0, 40), () => prepared.run()),
      });
      real.set(wrapped, prepared);
      return wrapped;
    };
    const prepare = (sql) => {
      const guarded = " WHERE inbox.seq <= ?2";
      let text = sabotaged("inbox") && sql.includes(guarded) ? sql.replace(guarded, " WHERE ?2 = ?2") : sql;
      if (sabotaged("claims")) text = text.replace(/WHERE used < COALESCE\(\(SELECT customer_limit.*$/s, "WHERE true");
      // Nobody looks whether there are enough points.
      if (sabotaged("points") && sql.includes("INTO spends")) text = text.replace(" AND points >= ?6", "");
      return statement(d1.prepare(text), text, []);
    };
    const batch = (statements) => unsure("batch", () => d1.batch(statements.map((one) => real.get(one))));
    return around(d1, { prepare, batch });
  }

  function namespace(binding, objects) {
    const kept = new Map();
    const stub = (name, object) => {
      let broken = false;
      const fetch = async (request) => {
        const { method, headers } = request;
        const call = { binding, name, call: `${method} ${new URL(request.url).pathname}`, id: headers.get("x-request-id") };
        if (broken) {
          note("object: a broken stub is used again", call);
          throw Object.assign(new Error("this stub has failed before"), { retryable: true });
        }
        const rewritten = sabotaged("keys") && call.call === "POST /orders" ? await withAnotherKey(request) : request;
        if (headers.has("upgrade") || !happens(spec.object)) {
          note("object: called", call);
          return object.fetch(rewritten);
        }
        broken = true;
        const kind = ["not reached", "not heard of", "overloaded"][Math.floor(roll() * 3)];
        note(`object: ${kind}`, call);
        if (kind === "not heard of") await (await object.fetch(rewritten)).arrayBuffer();
        // The runtime notes at the error what became of the call; an overloaded object that says so may note both.
        const says = kind === "overloaded" && !sabotaged("patience") ? { overloaded: true } : {};
        throw Object.assign(new Error("fault: the object did not answer"), { retryable: true, ...says });
      };
      return around(object, { fetch });
    };
    const getByName = (name, ...options) => {
      if (!sabotaged("stubs")) return stub(name, objects.getByName(name, ...options));
      if (!kept.has(name)) kept.set(name, stub(name, objects.getByName(name, ...options)));
      return kept.get(name);
    };
    return around(objects, { getByName });
  }

  function service(binding, fetcher) {
    if (binding !== spec.down) return fetcher;
    const fetch = async (request) => {
      downSince ??= Date.now();
      if (Date.now() - downSince >= spec.down_for * 1000) return fetcher.fetch(request);
      note("service: down", { binding, at: Date.now() });
      throw new Error(`fault: ${binding} does not answer`);
    };
    return around(fetcher, { fetch });
  }

  const kinds = {
    Fetcher: service,
    D1Database: (_, binding) => database(binding),
    DurableObjectNamespace: namespace,
    WorkerQueue: (_, binding) => producer(binding),
  };

  function bad(env) {
    const wrapped = {};
    for (const [name, binding] of Object.entries(env)) {
      const wrap = kinds[binding?.constructor?.name];
      wrapped[name] = wrap ? wrap(name, binding) : binding;
    }
    return wrapped;
  }

  return {
    entrypoint: (Script) => {
      class Faulty extends Script {
        constructor(context, env) {
          super(context, bad(env));
        }

        async fetch(request) {
          return money.asked(request, this.env, (request) => super.fetch(request));
        }

        async queue(batch) {
          await consume(batch, (part) => super.queue(part));
        }
      }
      // Not every script has cron triggers.
      if (Script.prototype.scheduled && !money.sweeps) Faulty.prototype.scheduled = async () => {};
      return Faulty;
    },
    object: (Class) =>
      class extends Class {
        constructor(state, env) {
          super(state, bad(env));
        }
      },
  };
}

/** An order as if it were meant anew: what protects against doing it twice is gone. */
async function withAnotherKey(request) {
  const body = await request.json();
  body.idempotency.key = crypto.randomUUID();
  return new Request(request.url, { method: request.method, headers: request.headers, body: JSON.stringify(body) });
}
