// Runs in workerd, between a script and its bindings, and counts what Cloudflare would write on a bill. What an event of a script
// came to is a line of JSON in the log:
//
//   {"count":{"script":"kirana-orders","of":{"event":{"fetch":1},"d1_read":{"SELECT ...":3}},"size":40960}}
//
// Amounts are by what was asked, so that the dearest statements are known by name.

/** The same object, but for some of its members. */
function around(target, instead) {
  const get = (_, name) => {
    if (Object.hasOwn(instead, name)) return instead[name];
    const value = Reflect.get(target, name, target);
    return typeof value === "function" && name !== "constructor" ? value.bind(target) : value;
  };
  return new Proxy(target, { get });
}

/** What a message takes in a queue: one for each 64 kB that are begun. */
const parts = (body) => Math.max(1, Math.ceil(JSON.stringify(body).length / 64_000));

/** A statement as people know it: without what is different each time. */
const short = (sql) => sql.replace(/\s+/g, " ").trim().slice(0, 160);

export function count({ script }) {
  // An isolate's events overlap: what is counted belongs to whichever writes next. Sums over many are right.
  let counted = {};
  let size; // of the script's database, in bytes
  const add = (kind, what, amount) => {
    if (!amount) return;
    const of = (counted[kind] ??= {});
    of[what] = (of[what] ?? 0) + amount;
  };
  const tell = (event) => {
    add("event", event, 1);
    console.log(JSON.stringify({ count: { script, of: counted, size } }));
    counted = {};
  };

  function database(d1) {
    const real = new WeakMap();
    const note = (sql, { meta }) => {
      add("d1_read", sql, meta?.rows_read);
      add("d1_written", sql, meta?.rows_written);
      size = meta?.size_after ?? size;
    };
    const statement = (prepared, sql) => {
      const noted = async (answer) => (note(sql, await answer), answer);
      const wrapped = around(prepared, {
        bind: (...values) => statement(prepared.bind(...values), sql),
        all: () => noted(prepared.all()),
        run: () => noted(prepared.run()),
      });
      real.set(wrapped, { prepared, sql });
      return wrapped;
    };
    const batch = async (statements) => {
      const all = statements.map((one) => real.get(one));
      const answers = await d1.batch(all.map(({ prepared }) => prepared));
      answers.forEach((answer, index) => note(all[index].sql, answer));
      return answers;
    };
    return around(d1, { prepare: (sql) => statement(d1.prepare(sql), short(sql)), batch });
  }

  const queue = (name, target) =>
    around(target, {
      send: (body, options) => (add("queue_sent", name, parts(body)), target.send(body, options)),
      sendBatch: (messages, options) => {
        messages = [...messages];
        for (const { body } of messages) add("queue_sent", name, parts(body));
        return target.sendBatch(messages, options);
      },
    });

  // A cursor knows what it read once it was read: asked when the event ends.
  let cursors = [];
  const settle = () => {
    for (const { sql, cursor } of cursors) {
      add("object_read", sql, cursor.rowsRead);
      add("object_written", sql, cursor.rowsWritten);
    }
    cursors = [];
  };
  function storage(target) {
    const exec = (text, ...values) => {
      const cursor = target.sql.exec(text, ...values);
      cursors.push({ sql: short(text), cursor });
      return cursor;
    };
    return around(target, {
      sql: around(target.sql, { exec }),
      setAlarm: (...args) => (add("object_written", "setAlarm", 1), target.setAlarm(...args)),
      deleteAlarm: (...args) => (add("object_written", "deleteAlarm", 1), target.deleteAlarm(...args)),
    });
  }

  const kinds = { D1Database: (_, binding) => database(binding), WorkerQueue: queue };
  const wrapped = (env) =>
    Object.fromEntries(
      Object.entries(env).map(([name, binding]) => {
        const wrap = kinds[binding?.constructor?.name];
        return [name, wrap ? wrap(name, binding) : binding];
      }),
    );

  return {
    entrypoint: (Script) =>
      class extends Script {
        constructor(context, env) {
          super(context, wrapped(env));
        }

        async fetch(request) {
          try {
            return await super.fetch(request);
          } finally {
            tell("fetch");
          }
        }

        async queue(batch) {
          add("queue_read", batch.queue, [...batch.messages].reduce((sum, { body }) => sum + parts(body), 0));
          try {
            return await super.queue(batch);
          } finally {
            tell("queue");
          }
        }

        async scheduled(event) {
          try {
            return await super.scheduled(event);
          } finally {
            tell("scheduled");
          }
        }
      },
    object: (Class) =>
      class extends Class {
        constructor(state, env) {
          super(around(state, { storage: storage(state.storage) }), wrapped(env));
        }

        async told(event, act) {
          const begun = Date.now();
          try {
            return await act();
          } finally {
            settle();
            add("object_ms", script, Date.now() - begun);
            tell(event);
          }
        }

        fetch(request) {
          return this.told("object fetch", () => super.fetch(request));
        }

        alarm(...args) {
          return this.told("object alarm", () => super.alarm(...args));
        }

        webSocketMessage(...args) {
          return this.told("object message", () => super.webSocketMessage(...args));
        }

        webSocketClose(...args) {
          return this.told("object close", () => super.webSocketClose(...args));
        }
      },
  };
}
