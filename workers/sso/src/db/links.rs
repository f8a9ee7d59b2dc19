//! SQL of who somebody is at other providers, and of those who have just come from there.

use kirana_edge::db::{self, Db, Statement, require_one_change, stmt, timestamp};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// That one can sign in with another provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Link {
    /// The provider.
    pub provider: String,
    /// Since when.
    pub linked_at: Timestamp,
}

/// The user that somebody at another provider is.
///
/// # Errors
/// 500 when the database refuses.
pub async fn user(db: &Db, subject: &str) -> Result<Option<Id>> {
    #[derive(Deserialize)]
    struct Row {
        user_id: String,
    }
    let row: Option<Row> = db.first("SELECT user_id FROM links WHERE subject = ?1", params![subject]).await?;
    row.map(|row| db::id(&row.user_id)).transpose()
}

/// The statement that links somebody at another provider to a user; it fails when they are somebody else's already, or the user
/// is somebody else there.
#[must_use]
pub fn link(subject: &str, provider: &str, user: Id, now: Timestamp) -> Statement {
    stmt(
        "INSERT INTO links (subject, provider, user_id, linked_at) VALUES (?1, ?2, ?3, ?4)",
        params![subject, provider, user, now],
    )
}

/// The statement that forgets what somebody at another provider was here.
#[must_use]
pub fn forget(subject: &str) -> Statement {
    stmt("DELETE FROM links WHERE subject = ?1", params![subject])
}

/// The statement that takes a user's link to a provider away.
#[must_use]
pub fn unlink(user: Id, provider: &str) -> Statement {
    stmt("DELETE FROM links WHERE user_id = ?1 AND provider = ?2", params![user, provider])
}

/// Where else somebody can sign in.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of(db: &Db, user: Id) -> Result<Vec<Link>> {
    #[derive(Deserialize)]
    struct Row {
        provider: String,
        linked_at: i64,
    }
    let sql = "SELECT provider, linked_at FROM links WHERE user_id = ?1 ORDER BY provider LIMIT 50";
    let rows: Vec<Row> = db.all(sql, params![user]).await?;
    let link = |row: Row| Link { provider: row.provider, linked_at: timestamp(row.linked_at) };
    Ok(rows.into_iter().map(link).collect())
}

/// Somebody who has come, until the app comes for them.
#[derive(Clone, Debug, Deserialize)]
pub struct Arrival {
    /// From where.
    pub provider: String,
    /// Who they are there, sealed.
    pub told: String,
    /// The challenge of the app that sent them.
    pub code_challenge: String,
}

/// The statement that keeps somebody who has come.
#[must_use]
pub fn arrive(hash: &str, arrival: &Arrival, expires_at: Timestamp) -> Statement {
    stmt(
        "INSERT INTO arrivals (hash, provider, told, code_challenge, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![hash, &arrival.provider, &arrival.told, &arrival.code_challenge, expires_at],
    )
}

/// Who has come with this code.
///
/// # Errors
/// 500 when the database refuses.
pub async fn arrived(db: &Db, hash: &str, now: Timestamp) -> Result<Option<Arrival>> {
    let sql = "SELECT provider, told, code_challenge FROM arrivals WHERE hash = ?1 AND expires_at > ?2";
    db.first(sql, params![hash, now]).await
}

/// The statements with which the app's code is used up: of parallel calls one wins.
#[must_use]
pub fn take(hash: &str) -> Vec<Statement> {
    vec![stmt("DELETE FROM arrivals WHERE hash = ?1", params![hash]), require_one_change()]
}

/// The statement that throws away those for whom nobody came.
#[must_use]
pub fn sweep(now: Timestamp) -> Statement {
    stmt("DELETE FROM arrivals WHERE expires_at < ?1", params![now])
}
