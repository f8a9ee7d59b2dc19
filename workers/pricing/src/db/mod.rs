//! SQL of pricing.

pub mod campaigns;
pub mod claims;
pub mod dynamic;
pub mod offers;
pub mod settings;

use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Result, params};
use serde::Deserialize;

/// The statement that counts a change of what runs.
#[must_use]
pub fn changed() -> Statement {
    stmt("UPDATE versions SET version = version + 1 WHERE name = 'offers'", params![])
}

/// How many changes of what runs there were.
///
/// # Errors
/// 500 when the database refuses.
pub async fn version(db: &Db) -> Result<i64> {
    #[derive(Deserialize)]
    struct Row {
        version: i64,
    }
    let row: Option<Row> = db.first("SELECT version FROM versions WHERE name = 'offers'", params![]).await?;
    Ok(row.map_or(0, |row| row.version))
}
