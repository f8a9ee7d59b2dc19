//! SQL of what gateways tell: each notice is worked off once, and one about what nobody knows yet is kept for a day.

use kirana_edge::db::{Db, Statement, require_one_change, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;
use std::time::Duration;

/// How long a notice about something unknown is tried again.
pub const PARKED_FOR: Duration = Duration::from_secs(24 * 3600);

/// A notice to be noted with its effect.
#[derive(Clone, Copy, Debug)]
pub struct Noted<'a> {
    /// Whose.
    pub gateway: &'a str,
    /// The gateway's id of it.
    pub event_id: &'a str,
    /// What it said.
    pub kind: &'a str,
}

/// The statements that note a notice, once; the batch fails when it was noted before.
#[must_use]
pub fn note(noted: &Noted<'_>, payment: Option<Id>, result: &str, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "INSERT OR IGNORE INTO webhooks (gateway, event_id, received_at, kind, payment_id, result) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![noted.gateway, noted.event_id, now, noted.kind, payment, result],
        ),
        require_one_change(),
        stmt("DELETE FROM parked_notices WHERE gateway = ?1 AND event_id = ?2", params![noted.gateway, noted.event_id]),
    ]
}

/// Was it noted?
///
/// # Errors
/// 500 when the database refuses.
pub async fn is_noted(db: &Db, gateway: &str, event_id: &str) -> Result<bool> {
    #[derive(Deserialize)]
    struct Row {}
    let sql = "SELECT 1 AS one FROM webhooks WHERE gateway = ?1 AND event_id = ?2";
    Ok(db.first::<Row>(sql, params![gateway, event_id]).await?.is_some())
}

/// A notice that waits for its payment.
#[derive(Debug, Deserialize)]
pub struct Parked {
    /// Whose.
    pub gateway: String,
    /// The gateway's id of it.
    pub event_id: String,
    /// The headers that its signature needs, as JSON.
    pub headers: String,
    /// Its body, as it came.
    pub body: String,
    /// When it came.
    pub received_at: i64,
    /// When it is tried next.
    #[serde(default)]
    pub next_at: i64,
}

/// Keeps a notice, once.
///
/// # Errors
/// 500 when the database refuses: then it was not kept, and the gateway sends it again.
pub async fn park(db: &Db, parked: &Parked, now: Timestamp) -> Result<()> {
    let next = now + Duration::from_secs(5);
    db.run(
        "INSERT OR IGNORE INTO parked_notices (gateway, event_id, headers, body, received_at, next_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![&parked.gateway, &parked.event_id, &parked.headers, &parked.body, parked.received_at, next],
    )
    .await?;
    Ok(())
}

/// The parked notices that are due, each with its next try already further away; those of yesterday are thrown away. Answers how many
/// were.
///
/// # Errors
/// 500 when the database refuses.
pub async fn due(db: &Db, now: Timestamp) -> Result<(Vec<Parked>, usize)> {
    let dropped = db.run("DELETE FROM parked_notices WHERE received_at < ?1", params![now - PARKED_FOR]).await?;
    let due: Vec<Parked> = db
        .all(
            "SELECT gateway, event_id, headers, body, received_at, next_at FROM parked_notices WHERE next_at <= ?1 ORDER BY next_at LIMIT 50",
            params![now],
        )
        .await?;
    if let Some(last) = due.last() {
        // Five seconds, ten, twenty, and so on to half an hour.
        db.run(
            "UPDATE parked_notices SET attempts = attempts + 1, next_at = ?1 + MIN(1800000, 5000 << MIN(attempts, 9))
             WHERE next_at <= ?2",
            params![now, last.next_at],
        )
        .await?;
    }
    Ok((due, dropped))
}
