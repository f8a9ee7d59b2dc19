// D1 from this process, by requests to a worker of ours. Miniflare's own proxies of bindings hold this process until workerd has
// answered, and on a busy machine they take one answer for another.

/** The worker: statements come in, what each of them answers goes out; all of them are one transaction. */
export const script = `export default {
  async fetch(request, env) {
    const { binding, statements } = await request.json();
    const database = env[binding];
    try {
      const prepared = statements.map(({ sql, values }) => database.prepare(sql).bind(...values));
      return Response.json({ answers: await database.batch(prepared) });
    } catch (error) {
      return Response.json({ error: error.message });
    }
  },
}`;

/** A database behind that worker, as far as migrations need it. */
export function database(miniflare, binding) {
  const ask = async (statements) => {
    const asked = statements.map(({ sql, values }) => ({ sql, values }));
    const answer = await miniflare.dispatchFetch("http://migrator/", { method: "POST", body: JSON.stringify({ binding, statements: asked }) });
    const { answers, error } = await answer.json();
    if (error) throw new Error(error);
    return answers;
  };
  const prepare = (sql, values = []) => {
    const statement = { sql, values, bind: (...given) => prepare(sql, given) };
    statement.run = statement.all = async () => (await ask([statement]))[0];
    return statement;
  };
  return { prepare, batch: ask };
}
