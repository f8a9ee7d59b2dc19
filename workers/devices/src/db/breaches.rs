//! SQL of cold chains that broke.

use kirana_contracts::stock::QuarantinedBatch;
use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Principal, Problem, Result, params};
use kirana_kernel::{Id, Role, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A cold chain that broke.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Breach {
    /// Its id.
    pub id: Id,
    /// The fridge.
    pub device_id: Id,
    /// Its store.
    pub store_id: Id,
    /// Since when it was too warm.
    pub since: Timestamp,
    /// How warm it was at most, in degrees Celsius.
    pub worst: f64,
    /// When it was a breach.
    pub at: Timestamp,
    /// What was in the store then, of what the fridge is for: not sold until somebody has looked.
    pub batches: Vec<QuarantinedBatch>,
    /// What came of it: `released` or `spoilt`; absent while nobody has looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// When somebody looked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// Who.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    id: Id,
    device_id: Id,
    store_id: Id,
    since: i64,
    worst: f64,
    at: i64,
    batches: String,
    outcome: Option<String>,
    resolved_at: Option<i64>,
    resolved_by: Option<String>,
}

impl Row {
    fn view(self) -> Result<Breach> {
        Ok(Breach {
            id: self.id,
            device_id: self.device_id,
            store_id: self.store_id,
            since: Timestamp::from_millis(self.since),
            worst: self.worst,
            at: Timestamp::from_millis(self.at),
            batches: serde_json::from_str(&self.batches)?,
            outcome: self.outcome,
            resolved_at: self.resolved_at.map(Timestamp::from_millis),
            resolved_by: self.resolved_by,
        })
    }
}

/// The statement that writes a breach down; once for its id.
///
/// # Errors
/// 500 when the batches cannot be written as JSON.
pub fn insert(breach: &Breach) -> Result<Statement> {
    Ok(stmt(
        "INSERT OR IGNORE INTO breaches (id, device_id, store_id, since, worst, at, batches) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            breach.id,
            breach.device_id,
            breach.store_id,
            breach.since,
            breach.worst,
            breach.at,
            serde_json::to_string(&breach.batches)?
        ],
    ))
}

/// Breaches in the stores that a caller works in, the newest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(db: &Db, caller: &Principal, open: bool, before: Option<Id>, limit: usize) -> Result<Vec<Breach>> {
    let franchisee = caller.franchisee.filter(|_| caller.has(Role::Owner));
    let rows: Vec<Row> = db
        .all(
            "SELECT b.* FROM breaches b JOIN devices d ON d.id = b.device_id
             WHERE (?1 IS NULL OR b.id < ?1) AND (?2 = 0 OR b.outcome IS NULL)
                AND (?3 = 1 OR d.franchisee_id = ?4 OR b.store_id IN (SELECT value FROM json_each(?5)))
             ORDER BY b.id DESC LIMIT ?6",
            params![before, open, caller.is_chain(), franchisee, serde_json::to_string(&caller.stores)?, limit],
        )
        .await?;
    rows.into_iter().map(Row::view).collect()
}

/// A breach.
///
/// # Errors
/// 404 when there is none.
pub async fn get(db: &Db, id: Id) -> Result<Breach> {
    let row: Option<Row> = db.first("SELECT * FROM breaches WHERE id = ?1", params![id]).await?;
    row.ok_or_else(|| Problem::not_found(format!("there is no breach {id}")))?.view()
}

/// Somebody has looked. False when somebody else had before.
///
/// # Errors
/// 500 when the database refuses.
pub async fn resolve(db: &Db, id: Id, outcome: &str, who: &str, now: Timestamp) -> Result<bool> {
    let changed = db
        .run(
            "UPDATE breaches SET outcome = ?2, resolved_at = ?3, resolved_by = ?4 WHERE id = ?1 AND outcome IS NULL",
            params![id, outcome, now, who],
        )
        .await?;
    Ok(changed == 1)
}
