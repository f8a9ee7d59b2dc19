//! SQL of prices that move by themselves.

use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;

/// A store's rules, as JSON.
///
/// # Errors
/// 500 when the database refuses.
pub async fn rules(db: &Db, store: Id) -> Result<Option<String>> {
    #[derive(Deserialize)]
    struct Row {
        body: String,
    }
    let row: Option<Row> = db.first("SELECT body FROM dynamic_rules WHERE store_id = ?1", params![store]).await?;
    Ok(row.map(|row| row.body))
}

/// Sets them.
///
/// # Errors
/// 500 when the database refuses.
pub async fn set(db: &Db, store: Id, body: &str, by: Id, now: Timestamp) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO dynamic_rules (store_id, body, updated_by, updated_at) VALUES (?1, ?2, ?3, ?4)";
    db.run(sql, params![store, body, by, now]).await?;
    Ok(())
}

/// The stores whose prices were not looked at since, the longest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn due(db: &Db, since: Timestamp, most: u32) -> Result<Vec<Id>> {
    #[derive(Deserialize)]
    struct Row {
        store_id: String,
    }
    let sql = "SELECT store_id FROM dynamic_rules WHERE checked_at < ?1 ORDER BY checked_at LIMIT ?2";
    let rows: Vec<Row> = db.all(sql, params![since, most]).await?;
    rows.iter().map(|row| kirana_edge::db::id(&row.store_id)).collect()
}

/// The statements that remember what had been used when this hour began, and forget hours that are over.
#[must_use]
pub fn remember(store: Id, sku: &str, hour: i64, used: i64) -> Vec<Statement> {
    vec![
        stmt(
            "INSERT OR IGNORE INTO dynamic_hours (store_id, sku, hour, used) VALUES (?1, ?2, ?3, ?4)",
            params![store, sku, hour, used],
        ),
        stmt("DELETE FROM dynamic_hours WHERE store_id = ?1 AND sku = ?2 AND hour < ?3", params![store, sku, hour - 1]),
    ]
}

/// The statement that a store's prices were looked at.
#[must_use]
pub fn checked(store: Id, now: Timestamp) -> Statement {
    stmt("UPDATE dynamic_rules SET checked_at = ?2 WHERE store_id = ?1", params![store, now])
}

/// What had been used when the hour before this one began, or later where nobody looked then.
///
/// # Errors
/// 500 when the database refuses.
pub async fn used_before(db: &Db, store: Id, sku: &str, hour: i64) -> Result<Option<i64>> {
    #[derive(Deserialize)]
    struct Row {
        used: i64,
    }
    let sql = "SELECT used FROM dynamic_hours WHERE store_id = ?1 AND sku = ?2 AND hour >= ?3 ORDER BY hour LIMIT 1";
    let row: Option<Row> = db.first(sql, params![store, sku, hour - 1]).await?;
    Ok(row.map(|row| row.used))
}
