// Migrations of D1 in the local workerd: each file whole or not at all, wherever it stops (proof R12). `node --test runner/*.test.mjs`.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Miniflare } from "miniflare";
import { migrate } from "./migrate.mjs";

const migrations = fileURLToPath(new URL("../d1/migrations", import.meta.url));
const domains = readdirSync(migrations);
const scratch = mkdtempSync(join(tmpdir(), "kirana-migrations-"));
let miniflare;
let count = 0;

before(() => {
  const names = Array.from({ length: 4 * domains.length }, (_, number) => `db${number}`);
  miniflare = new Miniflare({ modules: true, script: "export default {}", d1Databases: names });
});
after(async () => {
  await miniflare.dispose();
  rmSync(scratch, { recursive: true });
});

const empty = () => miniflare.getD1Database(`db${count++}`);
const folderOf = (domain) => {
  const folder = mkdtempSync(join(scratch, `${domain}-`));
  cpSync(join(migrations, domain), folder, { recursive: true });
  return folder;
};
const filesOf = (folder) => readdirSync(folder).filter((file) => file.endsWith(".sql")).sort();
const statementsOf = (text) => text.replace(/--.*$/gm, "").split(";").map((one) => one.trim()).filter(Boolean);

/** Tables and indexes as they stand, and the names of the files that were applied. */
async function state(database) {
  const tables = await database.prepare("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE '\\_cf%' ESCAPE '\\' ORDER BY name").all();
  const applied = tables.results.some((one) => one.name === "d1_migrations");
  const names = applied ? (await database.prepare("SELECT name FROM d1_migrations ORDER BY id").all()).results : [];
  return { tables: tables.results, names: names.map((one) => one.name) };
}

/** Stops each file after each of its statements, or only after the last of them, and goes on as a new process would. */
async function stopIn(domain, apply, everywhere) {
  const [whole, database, folder] = [await empty(), await empty(), folderOf(domain)];
  await migrate(whole, folder);
  let stops = 0;
  for (const file of filesOf(folder)) {
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    // Those that come later have not been written yet.
    const later = filesOf(folder).filter((name) => name > file).map((name) => [join(folder, name), readFileSync(join(folder, name))]);
    for (const [name] of later) rmSync(name);
    const settled = await state(database);
    const statements = statementsOf(text);
    for (let done = everywhere ? 0 : statements.length; done <= statements.length; done++) {
      writeFileSync(path, `${statements.slice(0, done).concat("SELECT json('the process died')").join(";\n")};`);
      await assert.rejects(apply(database, folder));
      const found = await state(database);
      if (settled.names.length) assert.deepEqual(found, settled, `${file} stopped after ${done} statements`);
      else assert.deepEqual([found.names, found.tables.filter((one) => !/d1_migrations|sqlite_/.test(one.name))], [[], []], file);
      stops++;
    }
    writeFileSync(path, text);
    await apply(database, folder);
    for (const [name, contents] of later) writeFileSync(name, contents);
  }
  await apply(database, folder);
  assert.deepEqual(await state(database), await state(whole));
  return stops;
}

test("a file that stops anywhere is as if it had not begun", async () => {
  // Each call to a database takes a while here: one domain stands for where a file may stop.
  const stops = await Promise.all(domains.map((domain) => stopIn(domain, migrate, domain === "payments")));
  assert.ok(stops.every((count) => count > 0));
});

test("statement by statement, halves would stay", async () => {
  const oneByOne = async (database, folder) => {
    for (const file of filesOf(folder)) {
      for (const statement of statementsOf(readFileSync(join(folder, file), "utf8"))) await database.prepare(statement).run();
    }
  };
  await assert.rejects(stopIn("payments", oneByOne, true), { code: "ERR_ASSERTION" });
});

test("a database of a newer version is left alone", async () => {
  const [database, folder] = [await empty(), folderOf("payments")];
  await migrate(database, folder);
  const before = await state(database);
  rmSync(join(folder, filesOf(folder).at(-1)));
  await assert.rejects(migrate(database, folder), /newer version/);
  assert.deepEqual(await state(database), before);
});
