//! SQL of letters: those that are to be sent and what came of them, and those that the outbox keeps.

use crate::rules::bounce::Bounce;
use crate::rules::delivery::LEASE;
use crate::rules::letter::{Message, Wanted};
use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Result, clock, params};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// How long the outbox keeps a letter.
const KEPT: Duration = Duration::from_secs(24 * 3_600);

/// How long it is known what came of a letter.
const KNOWN: Duration = Duration::from_secs(30 * 24 * 3_600);

/// How far a letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// It is tried, or will be tried again.
    Pending,
    /// The provider has it, or the outbox.
    Sent,
    /// It is given up: somebody may look why, and let it be tried again.
    Failed,
    /// What it says was good no more when it could have been sent.
    Expired,
}

impl LetterState {
    /// Its name in tables and queries.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }
}

/// A letter whose turn it is.
#[derive(Clone, Debug, Deserialize)]
pub struct Due {
    /// Its id.
    pub id: Id,
    /// The event that asked for it.
    pub cause: String,
    /// What it is about.
    pub kind: String,
    /// How to address its reader.
    pub name: String,
    /// The address of their account.
    pub address: String,
    /// With what identity is asked for its secret.
    pub ticket: Option<Id>,
    /// What it says of a thing.
    pub words: Option<String>,
    /// Which try this is, counted from one.
    pub attempts: u32,
}

/// The statement that notes a letter to be sent, once per cause: an event, as a rule.
#[must_use]
pub fn note(wanted: &Wanted, cause: &str, now: Timestamp) -> Statement {
    stmt(
        "INSERT OR IGNORE INTO deliveries (id, cause, kind, user_id, name, address, ticket, words, state, next_at, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'pending', ?9, ?9)",
        params![
            clock::new_id(),
            cause,
            wanted.kind.name(),
            wanted.user_id,
            &wanted.name,
            &wanted.address,
            wanted.ticket,
            wanted.words.clone(),
            now
        ],
    )
}

/// The statements that forget what is to be sent to somebody, or was not sent, and that nothing can be.
#[must_use]
pub fn forget(user: Id) -> Vec<Statement> {
    vec![stmt("DELETE FROM deliveries WHERE user_id = ?1", params![user]), reachable(user)]
}

/// An address that takes no letters.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Unreachable {
    /// Whose.
    pub user_id: Id,
    /// The address.
    pub address: String,
    /// Who says so: `postmark` or `resend`.
    pub provider: String,
    /// Why, in the provider's word: `HardBounce`, `SpamComplaint`.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
}

/// The statement that notes that an address takes no letters: that of a letter which this provider has taken under this number, and no
/// other. Told twice, it is noted once.
#[must_use]
pub fn bounced(bounce: &Bounce, provider: &str, now: Timestamp) -> Statement {
    stmt(
        "INSERT OR IGNORE INTO unreachable (address, user_id, provider, reason, at)
         SELECT ?1, user_id, ?2, ?3, ?4 FROM deliveries WHERE provider_id = ?5 AND channel = ?2 AND state = 'sent' LIMIT 1",
        params![&bounce.address, provider, &bounce.reason, now, &bounce.number],
    )
}

/// The statement after which letters go to somebody again.
#[must_use]
pub fn reachable(user: Id) -> Statement {
    stmt("DELETE FROM unreachable WHERE user_id = ?1", params![user])
}

/// Why an address takes no letters; nothing when it does.
///
/// # Errors
/// 500 when the database refuses.
pub async fn held_back(db: &Db, address: &str) -> Result<Option<String>> {
    #[derive(Deserialize)]
    struct Row {
        reason: String,
    }
    let sql = "SELECT reason FROM unreachable WHERE address = ?1";
    Ok(db.first::<Row>(sql, params![address.trim().to_lowercase()]).await?.map(|row| row.reason))
}

/// Addresses that take no letters, after a user.
///
/// # Errors
/// 500 when the database refuses.
pub async fn unreachable(db: &Db, after: Option<Id>, limit: usize) -> Result<Vec<Unreachable>> {
    #[derive(Deserialize)]
    struct Row {
        user_id: Id,
        address: String,
        provider: String,
        reason: String,
        at: i64,
    }
    let rows: Vec<Row> = db
        .all(
            "SELECT user_id, address, provider, reason, at FROM unreachable WHERE user_id > ?1 ORDER BY user_id LIMIT ?2",
            params![after.map(|id| id.to_string()).unwrap_or_default(), limit + 1],
        )
        .await?;
    let one = |row: Row| {
        let Row { user_id, address, provider, reason, at } = row;
        Unreachable { user_id, address, provider, reason, at: Timestamp::from_millis(at) }
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Takes up to `limit` letters whose turn it is; nobody else gets them for as long as a try may last.
///
/// # Errors
/// 500 when the database refuses.
pub async fn claim(db: &Db, now: Timestamp, limit: usize) -> Result<Vec<Due>> {
    db.all(
        "UPDATE deliveries SET next_at = ?2, attempts = attempts + 1
         WHERE id IN (SELECT id FROM deliveries WHERE state = 'pending' AND next_at <= ?1 ORDER BY next_at LIMIT ?3)
         RETURNING id, cause, kind, name, address, ticket, words, attempts",
        params![now, now + LEASE, limit],
    )
    .await
}

/// The statement that says a letter is sent: whose it was, nobody needs to know any more. It holds whoever tries meanwhile.
#[must_use]
pub fn sent(id: Id, channel: &str, provider_id: Option<String>, now: Timestamp) -> Statement {
    stmt(
        "UPDATE deliveries SET state = 'sent', name = NULL, address = NULL, ticket = NULL, channel = ?2, provider_id = ?3,
            reason = NULL, done_at = ?4 WHERE id = ?1 AND state <> 'sent'",
        params![id, channel, provider_id, now],
    )
}

/// The statement that says a letter came too late to be of use.
#[must_use]
pub fn expired(due: &Due, now: Timestamp) -> Statement {
    stmt(
        "UPDATE deliveries SET state = 'expired', name = NULL, address = NULL, ticket = NULL,
            reason = 'what it says was good no more', done_at = ?3 WHERE id = ?1 AND state = 'pending' AND attempts = ?2",
        params![due.id, due.attempts, now],
    )
}

/// The statement that gives a letter up.
#[must_use]
pub fn failed(due: &Due, channel: Option<&str>, reason: &str, now: Timestamp) -> Statement {
    stmt(
        "UPDATE deliveries SET state = 'failed', channel = ?3, reason = ?4, done_at = ?5
         WHERE id = ?1 AND state = 'pending' AND attempts = ?2",
        params![due.id, due.attempts, channel, reason, now],
    )
}

/// The statement that lets a letter be tried again.
#[must_use]
pub fn later(due: &Due, channel: &str, reason: &str, at: Timestamp) -> Statement {
    stmt(
        "UPDATE deliveries SET channel = ?3, reason = ?4, next_at = ?5
         WHERE id = ?1 AND state = 'pending' AND attempts = ?2",
        params![due.id, due.attempts, channel, reason, at],
    )
}

/// The statement that puts a letter off for which nobody was asked: that was no try.
#[must_use]
pub fn put_off(due: &Due, reason: &str, at: Timestamp) -> Statement {
    stmt(
        "UPDATE deliveries SET attempts = attempts - 1, reason = ?3, next_at = ?4
         WHERE id = ?1 AND state = 'pending' AND attempts = ?2",
        params![due.id, due.attempts, reason, at],
    )
}

/// The statements that keep a letter in the outbox, and throw away what it kept before.
#[must_use]
pub fn keep(due: &Due, message: &Message, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt("DELETE FROM letters WHERE created_at < ?1", params![now - KEPT]),
        stmt(
            "INSERT OR IGNORE INTO letters (id, address, title, body, cause, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![due.id, &message.to, message.title, &message.text, &due.cause, now],
        ),
    ]
}

/// The statements that throw away what is old.
#[must_use]
pub fn sweep(now: Timestamp) -> Vec<Statement> {
    vec![
        stmt("DELETE FROM deliveries WHERE created_at < ?1", params![now - KNOWN]),
        stmt("DELETE FROM letters WHERE created_at < ?1", params![now - KEPT]),
    ]
}
