// D1 migrations, in wrangler's own table: `wrangler d1 migrations list --local` agrees with it.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Applies what is new in a folder, each file whole or not at all. A database of a newer version is left alone. */
export async function migrate(database, folder, table = "d1_migrations") {
  const columns =
    "id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL";
  await database.prepare(`CREATE TABLE IF NOT EXISTS ${table} (${columns})`).run();
  const { results } = await database.prepare(`SELECT name FROM ${table}`).all();
  const applied = new Set(results.map((row) => row.name));
  const files = readdirSync(folder).filter((file) => file.endsWith(".sql"));
  const newer = [...applied].filter((name) => !files.includes(name));
  if (newer.length) throw new Error(`${folder} lacks ${newer}, which was applied: a newer version was here; run that one`);
  for (const name of files.filter((file) => !applied.has(file)).sort()) {
    const note = database.prepare(`INSERT INTO ${table} (name) VALUES (?)`).bind(name);
    try {
      // One batch is one transaction. workerd runs all the statements of a text.
      await database.batch([database.prepare(readFileSync(join(folder, name), "utf8")), note]);
    } catch (error) {
      throw new Error(`${join(folder, name)}: ${error.message}`);
    }
  }
}
