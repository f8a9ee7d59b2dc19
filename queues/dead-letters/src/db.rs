//! SQL of dead letters.

use kirana_edge::db::Db;
use kirana_edge::inbox::DeadLetter;
use kirana_edge::{Result, clock, params};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// Something that a subscriber could not apply.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Letter {
    /// Its id.
    pub id: String,
    /// Who could not apply it.
    pub subscriber: String,
    /// Who sent it.
    pub source: String,
    /// The event's number at the source; 0 for a whole message, which its source sends again by itself.
    pub seq: i64,
    /// What came.
    pub body: String,
    /// Why it failed.
    pub reason: String,
    /// When it came here, in milliseconds since 1970.
    pub arrived_at: i64,
    /// When it was sent to its subscriber again, in milliseconds since 1970.
    pub replayed_at: Option<i64>,
}

/// How many wait for somebody.
///
/// # Errors
/// 500 when the database refuses.
pub async fn count(env: &Env) -> Result<f64> {
    #[derive(Deserialize)]
    struct Row {
        letters: f64,
    }
    let row: Option<Row> =
        Db::of(env)?.first("SELECT COUNT(*) AS letters FROM dead_letters WHERE replayed_at IS NULL", params![]).await?;
    Ok(row.map_or(0.0, |row| row.letters))
}

/// Keeps a parked event, once.
///
/// # Errors
/// 500 when the database refuses.
pub async fn keep(env: &Env, letter: &DeadLetter) -> Result<()> {
    Db::of(env)?
        .run(
            "INSERT OR IGNORE INTO dead_letters (id, subscriber, source, seq, body, reason, arrived_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![clock::new_id(), letter.subscriber.name(), &letter.source, letter.seq, &letter.body, &letter.reason, clock::now()],
        )
        .await?;
    Ok(())
}

/// Keeps a whole message.
///
/// # Errors
/// 500 when the database refuses.
pub async fn keep_message(env: &Env, subscriber: &str, body: &str, now: Timestamp) -> Result<()> {
    Db::of(env)?
        .run(
            "INSERT INTO dead_letters (id, subscriber, source, seq, body, reason, arrived_at)
             VALUES (?1, ?2, COALESCE(CASE WHEN json_valid(?3) THEN json_extract(?3, '$.source') END, ''), 0, ?3, 'its queue gave up', ?4)",
            params![clock::new_id(), subscriber, body, now],
        )
        .await?;
    Ok(())
}

/// Letters in the order they came, after one.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(env: &Env, after: Option<Id>, limit: usize) -> Result<Vec<Letter>> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    Db::of(env)?.all("SELECT * FROM dead_letters WHERE id > ?1 ORDER BY id LIMIT ?2", params![after, limit + 1]).await
}

/// One letter.
///
/// # Errors
/// 500 when the database refuses.
pub async fn get(env: &Env, id: Id) -> Result<Option<Letter>> {
    Db::of(env)?.first("SELECT * FROM dead_letters WHERE id = ?1", params![id]).await
}

/// Notes that a letter was sent again.
///
/// # Errors
/// 500 when the database refuses.
pub async fn replayed(env: &Env, id: Id) -> Result<()> {
    Db::of(env)?.run("UPDATE dead_letters SET replayed_at = ?2 WHERE id = ?1", params![id, clock::now()]).await?;
    Ok(())
}

/// Throws a letter away; false when there is none.
///
/// # Errors
/// 500 when the database refuses.
pub async fn discard(env: &Env, id: Id) -> Result<bool> {
    Ok(Db::of(env)?.run("DELETE FROM dead_letters WHERE id = ?1", params![id]).await? == 1)
}
