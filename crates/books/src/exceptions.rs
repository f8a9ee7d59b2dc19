//! SQL of exceptions: what does not agree with a gateway's report stays here until somebody has decided.

use kirana_edge::db::{Db, Statement, require_one_change, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::Timestamp;
use kirana_ledger::reconcile::{Exception, Resolution};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Exceptions in one statement at most: they are one bound text.
const TOGETHER: usize = 200;

/// An exception and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeptException {
    /// What does not agree.
    #[serde(flatten)]
    pub exception: Exception,
    /// The gateway.
    #[schema(example = "stripe")]
    pub gateway: String,
    /// `open` or `resolved`.
    #[schema(example = "open")]
    pub status: String,
    /// When it was first found.
    pub found_at: Timestamp,
    /// When a report showed it last.
    pub seen_at: Timestamp,
    /// What was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// Why, in the words of whoever decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Who decided: the user's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Row {
    gateway: String,
    body: String,
    status: String,
    found_at: i64,
    seen_at: i64,
    resolution: Option<String>,
    note: Option<String>,
    resolved_by: Option<String>,
    resolved_at: Option<i64>,
}

impl Row {
    fn kept(self) -> Result<KeptException> {
        Ok(KeptException {
            exception: serde_json::from_str(&self.body)?,
            gateway: self.gateway,
            status: self.status,
            found_at: Timestamp::from_millis(self.found_at),
            seen_at: Timestamp::from_millis(self.seen_at),
            resolution: self.resolution.map(|text| serde_json::from_value(text.into())).transpose()?,
            note: self.note,
            resolved_by: self.resolved_by,
            resolved_at: self.resolved_at.map(Timestamp::from_millis),
        })
    }
}

/// The statements that keep what was found. What was found before is only seen again: what was decided stays decided.
///
/// # Errors
/// 500 when one cannot be written.
pub fn keep(gateway: &str, found: &[Exception], now: Timestamp) -> Result<Vec<Statement>> {
    #[derive(Serialize)]
    struct Kept<'a> {
        id: &'a str,
        kind: &'a str,
        body: &'a Exception,
    }
    let kept = |one: &'_ Exception| -> Result<String> {
        Ok(serde_json::to_string(&Kept { id: &one.id, kind: one.kind.name(), body: one })?)
    };
    let statement = |some: &[Exception]| {
        let bodies = some.iter().map(kept).collect::<Result<Vec<_>>>()?.join(",");
        Ok(stmt(
            "INSERT INTO ledger_exceptions (id, gateway, kind, body, found_at, seen_at)
             SELECT value ->> 'id', ?2, value ->> 'kind', value -> 'body', ?3, ?3 FROM json_each(?1) WHERE true
             ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at",
            params![format!("[{bodies}]"), gateway, now],
        ))
    };
    found.chunks(TOGETHER).map(statement).collect()
}

/// Those of a status, the oldest first, after the one with the id `after`.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(db: &Db, status: &str, after: Option<&str>, limit: usize) -> Result<Vec<KeptException>> {
    let rows: Vec<Row> = db
        .all(
            "SELECT gateway, body, status, found_at, seen_at, resolution, note, resolved_by, resolved_at FROM ledger_exceptions
             WHERE status = ?1 AND (?2 IS NULL OR id > ?2) ORDER BY id LIMIT ?3",
            params![status, after, limit],
        )
        .await?;
    rows.into_iter().map(Row::kept).collect()
}

/// One by its id.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_id(db: &Db, id: &str) -> Result<Option<KeptException>> {
    let sql = "SELECT gateway, body, status, found_at, seen_at, resolution, note, resolved_by, resolved_at FROM ledger_exceptions WHERE id = ?1";
    let row: Option<Row> = db.first(sql, params![id]).await?;
    row.map(Row::kept).transpose()
}

/// The statements that resolve one, once: the batch fails where it is resolved.
#[must_use]
pub fn resolve(id: &str, resolution: &str, note: &str, by: &str, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE ledger_exceptions SET status = 'resolved', resolution = ?2, note = ?3, resolved_by = ?4, resolved_at = ?5
             WHERE id = ?1 AND status = 'open'",
            params![id, resolution, note, by, now],
        ),
        require_one_change(),
    ]
}
