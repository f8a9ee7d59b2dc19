//! SQL of sessions, their refresh tokens, and what is no longer believed. What ends a session says so to the gateway in the
//! same transaction.

use crate::db::record::Record;
use crate::rules::sessions::{Device, Presented};
use kirana_contracts::revocation::MATTERS_FOR;
use kirana_edge::access_token::Method;
use kirana_edge::db::{Db, Statement, require_one_change, required_change_missing, stmt};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use utoipa::ToSchema;

/// Sessions that are shown of one user: the last used.
const SHOWN: usize = 100;

/// How long ended sessions are kept for whoever wants to know.
const KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

/// A session that begins.
pub struct NewSession<'a> {
    /// Its id.
    pub id: Id,
    /// Whose.
    pub user: Id,
    /// Where.
    pub device: &'a Device,
    /// How they proved who they are.
    pub methods: &'a [Method],
    /// Now.
    pub now: Timestamp,
    /// When its first refresh token ends unused.
    pub expires_at: Timestamp,
    /// When it ends whatever happens.
    pub ends_at: Timestamp,
}

/// The statements that begin a session with its first refresh token.
///
/// # Errors
/// 500 when the methods cannot be written as JSON.
pub fn begin(session: &NewSession<'_>, token_hash: &str) -> Result<Vec<Statement>> {
    Ok(vec![
        stmt(
            "INSERT INTO sessions (id, user_id, created_at, device, fingerprint, bound, methods, proved_at, seen_at, ends_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?3, ?3, ?8)",
            params![
                session.id,
                session.user,
                session.now,
                &session.device.name,
                &session.device.fingerprint,
                session.device.bound,
                serde_json::to_string(session.methods)?,
                session.ends_at
            ],
        ),
        insert_token(session.id, token_hash, session.expires_at),
    ])
}

fn insert_token(session: Id, hash: &str, expires_at: Timestamp) -> Statement {
    stmt(
        "INSERT INTO refresh_tokens (hash, session_id, expires_at) VALUES (?1, ?2, ?3)",
        params![hash, session, expires_at],
    )
}

/// A refresh token and its session, as they stand.
pub struct Found {
    /// The session.
    pub session: Id,
    /// Whose.
    pub user: Id,
    /// How they proved who they are, last.
    pub methods: Vec<Method>,
    /// When they did.
    pub proved_at: Timestamp,
    /// What judges it.
    pub presented: Presented,
    /// Its successor, sealed.
    pub successor: Option<[u8; 32]>,
}

/// The refresh token with this hash, presented by a device of this fingerprint. Whether its successor was used is not looked up.
///
/// # Errors
/// 500 when the database refuses.
pub async fn find(db: &Db, hash: &str, device: &Device) -> Result<Option<Found>> {
    let row: Option<Record> = db
        .first(
            "SELECT t.session_id, s.user_id, s.methods, s.proved_at, t.expires_at, t.used_at, t.successor, s.revoked_at, s.ends_at,
                    s.fingerprint, s.bound
             FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id WHERE t.hash = ?1",
            params![hash],
        )
        .await?;
    row.map(|row| {
        Ok(Found {
            session: row.id("session_id")?,
            user: row.id("user_id")?,
            methods: row.json("methods")?,
            proved_at: row.time("proved_at")?,
            presented: Presented {
                used_at: row.maybe("used_at", Record::time)?,
                successor_used: false,
                expires_at: row.time("expires_at")?,
                revoked: !row.is_null("revoked_at"),
                ends_at: row.time("ends_at")?,
                same_device: row.text("fingerprint")? == device.fingerprint,
                bound: row.number("bound")? == 1,
            },
            successor: row
                .maybe("successor", Record::text)?
                .and_then(|sealed| hex::decode(sealed).ok()?.try_into().ok()),
        })
    })
    .transpose()
}

/// Was the token with this hash used?
///
/// # Errors
/// 500 when the database refuses.
pub async fn is_used(db: &Db, hash: &str) -> Result<bool> {
    let sql = "SELECT 1 AS used FROM refresh_tokens WHERE hash = ?1 AND used_at IS NOT NULL";
    Ok(db.first::<Record>(sql, params![hash]).await?.is_some())
}

/// A refresh token that takes another's place.
pub struct Successor<'a> {
    /// The session.
    pub session: Id,
    /// The hash of the token that is used up.
    pub old: &'a str,
    /// The hash of the new one.
    pub new: &'a str,
    /// The new one, sealed.
    pub sealed: [u8; 32],
    /// When the new one ends unused.
    pub expires_at: Timestamp,
}

/// Uses a refresh token up and puts its successor in its place; false when somebody else was faster.
///
/// # Errors
/// 500 when the database refuses.
pub async fn rotate(db: &Db, next: &Successor<'_>, now: Timestamp) -> Result<bool> {
    let statements = vec![
        stmt(
            // Whatever was read before: of a session that has ended, nobody gets a new token.
            "UPDATE refresh_tokens SET used_at = ?2, successor = ?3 WHERE hash = ?1 AND used_at IS NULL
               AND EXISTS (SELECT 1 FROM sessions WHERE id = ?4 AND revoked_at IS NULL AND ends_at > ?2)",
            params![next.old, now, hex::encode(next.sealed), next.session],
        ),
        require_one_change(),
        insert_token(next.session, next.new, next.expires_at),
        stmt("UPDATE sessions SET seen_at = ?2 WHERE id = ?1", params![next.session, now]),
    ];
    match db.batch(statements).await {
        Ok(_) => Ok(true),
        Err(error) if required_change_missing(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The statements that end a session of a user with all its tokens. Ended twice, it is ended once.
#[must_use]
pub fn revoke(user: Id, session: Id, why: &'static str, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "INSERT INTO revocations (kind, subject, at)
             SELECT 'session', id, ?3 FROM sessions WHERE id = ?1 AND user_id = ?2 AND revoked_at IS NULL",
            params![session, user, now],
        ),
        stmt(
            "UPDATE sessions SET revoked_at = ?3, revoked_why = ?4 WHERE id = ?1 AND user_id = ?2 AND revoked_at IS NULL",
            params![session, user, now, why],
        ),
    ]
}

/// The statements that end every session of a user, but for one.
#[must_use]
pub fn revoke_all(user: Id, but: Option<Id>, why: &'static str, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "INSERT INTO revocations (kind, subject, at)
             SELECT 'session', id, ?2 FROM sessions WHERE user_id = ?1 AND revoked_at IS NULL AND id IS NOT ?3",
            params![user, now, but],
        ),
        stmt(
            "UPDATE sessions SET revoked_at = ?2, revoked_why = ?4 WHERE user_id = ?1 AND revoked_at IS NULL AND id IS NOT ?3",
            params![user, now, but, why],
        ),
    ]
}

/// The statements that note that somebody proved again who they are: tokens of this session from before that second are not
/// believed any more, the session goes on.
///
/// # Errors
/// 500 when the methods cannot be written as JSON.
pub fn proved(session: Id, methods: &[Method], now: Timestamp) -> Result<Vec<Statement>> {
    Ok(vec![
        stmt(
            "UPDATE sessions SET methods = ?2, proved_at = ?3 WHERE id = ?1",
            params![session, serde_json::to_string(methods)?, now],
        ),
        stmt(
            "INSERT INTO revocations (kind, subject, version, at) VALUES ('session', ?1, ?2, ?3)",
            params![session, now.seconds(), now],
        ),
    ])
}

/// The statement that notes one more way in which somebody proved who they are, in a session that goes on.
#[must_use]
pub fn also_proved(session: Id, method: Method) -> Statement {
    stmt(
        "UPDATE sessions SET methods = json_insert(methods, '$[#]', ?2)
         WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM json_each(methods) WHERE value = ?2)",
        params![session, method.name()],
    )
}

/// A session, as its user sees it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SessionInfo {
    /// Its id.
    pub id: Id,
    /// What its device is called.
    pub device: String,
    /// Is it the one that asks?
    pub current: bool,
    /// How they proved who they are, last.
    pub methods: Vec<Method>,
    /// Since when.
    pub created_at: Timestamp,
    /// When it last got tokens.
    pub seen_at: Timestamp,
    /// When it ends whatever happens.
    pub ends_at: Timestamp,
}

/// The sessions of a user that have not ended, the last used first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn list(db: &Db, user: Id, current: Option<Id>, now: Timestamp) -> Result<Vec<SessionInfo>> {
    let rows: Vec<Record> = db
        .all(
            "SELECT id, device, methods, created_at, seen_at, ends_at FROM sessions s
             WHERE user_id = ?1 AND revoked_at IS NULL AND ends_at > ?2
               AND EXISTS (SELECT 1 FROM refresh_tokens t WHERE t.session_id = s.id AND t.used_at IS NULL AND t.expires_at > ?2)
             ORDER BY seen_at DESC, id DESC LIMIT ?3",
            params![user, now, SHOWN],
        )
        .await?;
    let sessions = rows.into_iter().map(|row| {
        let id = row.id("id")?;
        Ok(SessionInfo {
            id,
            device: row.text("device")?,
            current: current == Some(id),
            methods: row.json("methods")?,
            created_at: row.time("created_at")?,
            seen_at: row.time("seen_at")?,
            ends_at: row.time("ends_at")?,
        })
    });
    sessions.collect()
}

/// The statements that throw away what nobody can use any more.
#[must_use]
pub fn sweep(now: Timestamp) -> Vec<Statement> {
    vec![
        stmt("DELETE FROM revocations WHERE at < ?1", params![now - MATTERS_FOR]),
        stmt(
            "DELETE FROM refresh_tokens WHERE session_id IN (SELECT id FROM sessions WHERE ends_at < ?1 LIMIT 200)",
            params![now - KEPT],
        ),
        stmt(
            "DELETE FROM sessions WHERE ends_at < ?1 AND NOT EXISTS (SELECT 1 FROM refresh_tokens t WHERE t.session_id = sessions.id)",
            params![now - KEPT],
        ),
    ]
}
