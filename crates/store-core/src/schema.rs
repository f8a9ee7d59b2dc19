//! The tables of a store, and how they came to be.

use crate::{Refusal, Result};
use kirana_sql::{Sql, values};

/// Each migration runs once, in this order; what has run is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_begin.sql"),
    include_str!("migrations/0002_stock.sql"),
    include_str!("migrations/0003_steps.sql"),
    include_str!("migrations/0004_rfid.sql"),
    include_str!("migrations/0005_orders.sql"),
    include_str!("migrations/0006_follow.sql"),
    include_str!("migrations/0007_quarantine.sql"),
    include_str!("migrations/0008_paid_for.sql"),
    include_str!("migrations/0009_sums.sql"),
    include_str!("migrations/0010_barcodes.sql"),
];

/// Brings the tables up to date; each migration whole or not at all. Tables of a newer version are left alone: what this code
/// would write into them, nobody knows.
///
/// # Errors
/// When the database refuses, or is of a newer version.
pub fn migrate(sql: &impl Sql) -> Result<()> {
    #[derive(serde::Deserialize)]
    struct Version {
        version: Option<usize>,
    }
    sql.run("CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY) STRICT", values![])?;
    let row: Option<Version> = sql.first("SELECT MAX(version) AS version FROM migrations", values![])?;
    let done = row.and_then(|row| row.version).unwrap_or(0);
    let known = MIGRATIONS.len();
    if done > known {
        return Err(Refusal::Fault(format!(
            "this store has tables of version {done}, and this code knows them up to {known}: deploy the newer version again"
        )));
    }
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(done) {
        sql.transaction(|| {
            sql.run(migration, values![])?;
            let version = i64::try_from(index + 1).unwrap_or(i64::MAX);
            sql.run("INSERT INTO migrations (version) VALUES (?1)", values![version])
        })?;
    }
    Ok(())
}
