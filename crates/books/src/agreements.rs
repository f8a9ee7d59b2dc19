//! SQL of agreements with franchisees.

use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use kirana_ledger::royalty::Agreement;
use serde::Deserialize;

/// The terms that count now.
///
/// # Errors
/// 500 when the database refuses.
pub async fn current(db: &Db, franchisee: Id) -> Result<Option<Agreement>> {
    #[derive(Deserialize)]
    struct Row {
        body: String,
    }
    let sql = "SELECT body FROM ledger_agreements WHERE franchisee_id = ?1 ORDER BY version DESC LIMIT 1";
    let row: Option<Row> = db.first(sql, params![franchisee]).await?;
    Ok(row.map(|row| serde_json::from_str(&row.body)).transpose()?)
}

/// The statement that sets them; what counted before stays to be read.
///
/// # Errors
/// 500 when they cannot be written.
pub fn set(franchisee: Id, agreement: &Agreement, by: &str, now: Timestamp) -> Result<Statement> {
    Ok(stmt(
        "INSERT INTO ledger_agreements (franchisee_id, version, body, set_at, set_by)
         SELECT ?1, COALESCE((SELECT MAX(version) FROM ledger_agreements WHERE franchisee_id = ?1), 0) + 1, ?2, ?3, ?4",
        params![franchisee, serde_json::to_string(agreement)?, now, by],
    ))
}
