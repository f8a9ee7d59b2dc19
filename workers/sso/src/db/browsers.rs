//! SQL of browsers in which somebody is signed in.

use kirana_edge::access_token::Method;
use kirana_edge::db::{self, Db, Statement, stmt, timestamp};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;

/// Somebody who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub user: Id,
    /// The session that identity keeps of it.
    pub session: Id,
    /// When.
    pub auth_time: Timestamp,
    /// How.
    pub amr: Vec<Method>,
}

/// The statements that note that somebody signed in, in place of whoever was before in the same browser.
///
/// # Errors
/// 500 when the methods cannot be written as JSON.
pub fn sign_in(hash: &str, before: Option<&str>, who: &SignedIn, ends_at: Timestamp) -> Result<Vec<Statement>> {
    Ok(vec![
        stmt("DELETE FROM browsers WHERE hash = ?1", params![before.unwrap_or_default()]),
        stmt(
            "INSERT INTO browsers (hash, user_id, session_id, auth_time, amr, ends_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![hash, who.user, who.session, who.auth_time, serde_json::to_string(&who.amr)?, ends_at],
        ),
    ])
}

/// The statement after which nobody is signed in in the browser whose cookie has this hash.
#[must_use]
pub fn sign_out(hash: &str) -> Statement {
    stmt("DELETE FROM browsers WHERE hash = ?1", params![hash])
}

/// Who is signed in in the browser whose cookie has this hash.
///
/// # Errors
/// 500 when the database refuses.
pub async fn find(db: &Db, hash: &str, now: Timestamp) -> Result<Option<SignedIn>> {
    #[derive(Deserialize)]
    struct Row {
        user_id: String,
        session_id: String,
        auth_time: i64,
        amr: String,
    }
    let row: Option<Row> = db
        .first(
            "SELECT user_id, session_id, auth_time, amr FROM browsers WHERE hash = ?1 AND ends_at > ?2",
            params![hash, now],
        )
        .await?;
    row.map(|row| {
        Ok(SignedIn {
            user: db::id(&row.user_id)?,
            session: db::id(&row.session_id)?,
            auth_time: timestamp(row.auth_time),
            amr: serde_json::from_str(&row.amr)?,
        })
    })
    .transpose()
}
