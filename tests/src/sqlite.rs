//! The databases of a platform while it does not run: files of SQLite, which Node opens.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const PROGRAM: &str = r#"
const { readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const { DatabaseSync } = require("node:sqlite");
const [root, table] = [join(process.env.STATE, "v3/d1"), process.env.TABLE];
const sql = readFileSync(0, "utf8");
const found = [];
for (const name of readdirSync(root, { recursive: true }).filter((name) => name.endsWith(".sqlite"))) {
  const db = new DatabaseSync(join(root, name));
  if (db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table)) {
    found.push(/^\s*(SELECT|WITH)\b/.test(sql) ? db.prepare(sql).all() : (db.exec(sql), []));
  }
  db.close();
}
if (found.length !== 1) throw new Error(`${found.length} databases have a table ${table}`);
console.log(JSON.stringify(found[0]));
"#;

/// Runs SQL on the one D1 database that has this table, below the folder of the state of a platform that was stopped: see
/// [`crate::Platform::kill_then`]. Answers the rows of a query; nothing of statements that change something.
///
/// # Errors
/// When none or several databases have the table, or what SQLite refuses.
#[allow(clippy::disallowed_methods)] // never runs as WASM
pub fn on(state: &Path, table: &str, sql: &str) -> Result<Vec<Value>> {
    let mut node = Command::new(std::env::var_os("KIRANA_NODE").context("run these through `cargo xtask test`")?)
        .args(["--no-warnings", "-e", PROGRAM])
        .env("STATE", state)
        .env("TABLE", table)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    node.stdin.take().context("no input")?.write_all(sql.as_bytes())?;
    let done = node.wait_with_output()?;
    ensure!(done.status.success(), "{table}: {}", String::from_utf8_lossy(&done.stderr));
    Ok(serde_json::from_slice(&done.stdout)?)
}
