//! SQL of tickets: what a letter or a code is good for, once.

use crate::db::record::Record;
use crate::rules::tickets::{Purpose, WINDOW};
use kirana_edge::db::{Db, Statement, require_one_change, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Id, Timestamp};

/// The statement that makes a ticket; of nobody when somebody unknown asked.
#[must_use]
pub fn issue(id: Id, purpose: Purpose, user: Option<Id>, now: Timestamp) -> Statement {
    stmt(
        "INSERT INTO tickets (id, purpose, user_id, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![id, purpose.name(), user, now, now + purpose.lifetime()],
    )
}

/// The statements that use a ticket up, and undo their batch when it is not good any more.
#[must_use]
pub fn consume(id: Id, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt("UPDATE tickets SET used_at = ?2 WHERE id = ?1 AND used_at IS NULL AND expires_at > ?2", params![id, now]),
        require_one_change(),
    ]
}

/// The statement that uses up what else somebody has of a purpose.
#[must_use]
pub fn consume_all(user: Id, purpose: Purpose, now: Timestamp) -> Statement {
    stmt(
        "UPDATE tickets SET used_at = ?3 WHERE user_id = ?1 AND purpose = ?2 AND used_at IS NULL",
        params![user, purpose.name(), now],
    )
}

/// A ticket that is still good.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    /// What for.
    pub purpose: Purpose,
    /// Whose.
    pub user: Id,
    /// Until when.
    pub expires_at: Timestamp,
}

/// The ticket of this id, if it is somebody's and still good.
///
/// # Errors
/// 500 when the database refuses.
pub async fn good(db: &Db, id: Id, now: Timestamp) -> Result<Option<Ticket>> {
    let row: Option<Record> = db
        .first(
            "SELECT purpose, user_id, expires_at FROM tickets
             WHERE id = ?1 AND user_id IS NOT NULL AND used_at IS NULL AND expires_at > ?2",
            params![id, now],
        )
        .await?;
    row.map(|row| {
        let name = row.text("purpose")?;
        let purpose = Purpose::from_name(&name).ok_or_else(|| Problem::internal(format!("{name} is no purpose")))?;
        Ok(Ticket { purpose, user: row.id("user_id")?, expires_at: row.time("expires_at")? })
    })
    .transpose()
}

/// The last ticket of a purpose that somebody has and that is still good.
///
/// # Errors
/// 500 when the database refuses.
pub async fn latest(db: &Db, user: Id, purpose: Purpose, now: Timestamp) -> Result<Option<Id>> {
    let row: Option<Record> = db
        .first(
            "SELECT id FROM tickets WHERE user_id = ?1 AND purpose = ?2 AND used_at IS NULL AND expires_at > ?3
             ORDER BY created_at DESC, id DESC LIMIT 1",
            params![user, purpose.name(), now],
        )
        .await?;
    row.map(|row| row.id("id")).transpose()
}

/// How many tickets of a purpose somebody was given lately.
///
/// # Errors
/// 500 when the database refuses.
pub async fn recent(db: &Db, user: Id, purpose: Purpose, now: Timestamp) -> Result<u64> {
    let row: Option<Record> = db
        .first(
            "SELECT COUNT(*) AS count FROM tickets WHERE user_id = ?1 AND purpose = ?2 AND created_at > ?3",
            params![user, purpose.name(), now - WINDOW],
        )
        .await?;
    row.map_or(Ok(0), |row| row.sequence("count"))
}

/// How many tickets of a purpose those who claim an address were given lately.
///
/// # Errors
/// 500 when the database refuses.
pub async fn recent_of_address(db: &Db, email: &str, purpose: Purpose, now: Timestamp) -> Result<u64> {
    let row: Option<Record> = db
        .first(
            "SELECT COUNT(*) AS count FROM users u JOIN tickets t ON t.user_id = u.id
             WHERE u.email = ?1 AND t.purpose = ?2 AND t.created_at > ?3",
            params![email, purpose.name(), now - WINDOW],
        )
        .await?;
    row.map_or(Ok(0), |row| row.sequence("count"))
}

/// The statement that throws away tickets that ended a day ago.
#[must_use]
pub fn sweep(now: Timestamp) -> Statement {
    let day = std::time::Duration::from_secs(24 * 3600);
    stmt("DELETE FROM tickets WHERE expires_at < ?1", params![now - day])
}
