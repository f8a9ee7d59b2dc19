//! A store whose process dies while its tables are brought up to date, and one that is opened by older code (proof R12).
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use kirana_sql::{Native, Sql, SqlError, Value, values};
use kirana_store_core::migrate;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::cell::Cell;

/// A process that does so many statements, one by one, and then dies.
struct Mortal<'a> {
    database: &'a Native,
    left: Cell<usize>,
    /// Without transactions, what was done before the end stays: a deliberate bug.
    atomic: bool,
}

impl Mortal<'_> {
    fn statement(&self) -> Result<(), SqlError> {
        let left = self.left.get().checked_sub(1).ok_or_else(|| SqlError("the process died".into()))?;
        self.left.set(left);
        Ok(())
    }
}

/// The single statements of a migration, without its comments.
fn statements(sql: &str) -> Vec<String> {
    let lines: Vec<_> = sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let mut statements: Vec<String> = Vec::new();
    for part in lines.join("\n").split(';').map(str::trim).filter(|part| !part.is_empty()) {
        // The statements within a trigger belong to it, up to its end.
        match statements.last_mut().filter(|last| last.starts_with("CREATE TRIGGER") && !last.ends_with("END")) {
            Some(trigger) => trigger.push_str(&format!("; {part}")),
            None => statements.push(part.to_owned()),
        }
    }
    statements
}

impl Sql for Mortal<'_> {
    fn query<T: DeserializeOwned>(&self, sql: &str, values: &[Value]) -> Result<Vec<T>, SqlError> {
        self.statement()?;
        self.database.query(sql, values)
    }

    fn run(&self, sql: &str, values: &[Value]) -> Result<(), SqlError> {
        for statement in statements(sql) {
            self.statement()?;
            self.database.run(&statement, values)?;
        }
        Ok(())
    }

    fn transaction<T, E: From<SqlError>>(&self, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if self.atomic { self.database.transaction(work) } else { work() }
    }
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
struct Table {
    name: String,
    sql: Option<String>,
}

/// All tables, indexes and triggers, as they were written but for comments and white space.
fn tables(database: &Native) -> Vec<Table> {
    let found: Vec<Table> = database.query("SELECT name, sql FROM sqlite_schema ORDER BY name", values![]).unwrap();
    let plain = |sql: String| statements(&sql).join(";").split_whitespace().collect::<Vec<_>>().join(" ");
    found.into_iter().map(|table| Table { sql: table.sql.map(plain), ..table }).collect()
}

fn version(database: &Native) -> i64 {
    #[derive(Deserialize)]
    struct Row {
        version: i64,
    }
    let row: Result<Option<Row>, _> =
        database.first("SELECT COALESCE(MAX(version), 0) AS version FROM migrations", values![]);
    // Before the first statement there is no such table.
    row.ok().flatten().map_or(0, |row| row.version)
}

/// Dies after each number of statements, and is opened again each time; answers how many deaths that took.
fn die_everywhere(atomic: bool) -> Result<usize, String> {
    let whole = Native::in_memory().unwrap();
    migrate(&whole).unwrap();
    for lives in 0..1_000 {
        let database = Native::in_memory().unwrap();
        let doomed = Mortal { database: &database, left: Cell::new(lives), atomic };
        let died = migrate(&doomed).is_err();
        let before = version(&database);
        // A second death at another moment, then one that lives.
        let _ = migrate(&Mortal { database: &database, left: Cell::new(lives / 2 + 2), atomic });
        let between = version(&database);
        migrate(&database).map_err(|refusal| format!("dead after {lives} statements: {refusal}"))?;
        if before > between || between > version(&database) {
            return Err(format!("dead after {lives} statements: the version went down"));
        }
        if tables(&database) != tables(&whole) || version(&database) != version(&whole) {
            return Err(format!("dead after {lives} statements: other tables than if it had lived"));
        }
        if !died {
            return Ok(lives);
        }
    }
    Err("it dies of old age".into())
}

#[test]
fn whoever_dies_while_migrating_finds_each_step_whole_or_not_begun() {
    assert!(die_everywhere(true).unwrap() > 20);
}

#[test]
fn without_transactions_it_would_not() {
    assert!(die_everywhere(false).unwrap_err().contains("already exists"));
}

#[test]
fn tables_of_a_newer_version_are_left_alone() {
    let database = Native::in_memory().unwrap();
    migrate(&database).unwrap();
    migrate(&database).unwrap();
    let newer = version(&database) + 1;
    database.run("INSERT INTO migrations (version) VALUES (?1)", values![newer]).unwrap();
    let before = tables(&database);
    let refusal = migrate(&database).unwrap_err().to_string();
    assert!(refusal.contains(&format!("version {newer}")) && refusal.contains("deploy the newer version"), "{refusal}");
    assert_eq!((tables(&database), version(&database)), (before, newer));
}
