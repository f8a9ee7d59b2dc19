//! SQL of what is no longer believed though its token has not ended.

use crate::db::record::Record;
use kirana_contracts::revocation::{MATTERS_FOR, MAX_ENTRIES, Revocation, Revocations, Revoked};
use kirana_edge::db::{Db, Statement, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Id, Timestamp};

/// The statements after a change of what a user may do: tokens from before it are not believed any more.
#[must_use]
pub fn outdate(user: Id, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt("UPDATE users SET version = version + 1 WHERE id = ?1", params![user]),
        stmt(
            "INSERT INTO revocations (kind, subject, version, at) SELECT 'user', id, version, ?2 FROM users WHERE id = ?1",
            params![user, now],
        ),
    ]
}

/// What was revoked after a number and still matters.
///
/// # Errors
/// 500 when the database refuses.
pub async fn revocations(db: &Db, after: u64, now: Timestamp) -> Result<Revocations> {
    let rows: Vec<Record> = db
        .all(
            "SELECT number, kind, subject, version, at FROM revocations WHERE number > ?1 AND at > ?2 ORDER BY number LIMIT ?3",
            params![after, now - MATTERS_FOR, MAX_ENTRIES],
        )
        .await?;
    let entries = rows.into_iter().map(|row| {
        let id = row.id("subject")?;
        let revoked = match row.text("kind")?.as_str() {
            "session" => match row.sequence("version")? {
                0 => Revoked::Session { id },
                // The session goes on: see `sessions::proved`.
                since => Revoked::Proof { id, since },
            },
            "user" => Revoked::User { id, version: row.count("version")? },
            "key" => Revoked::Key { id },
            other => return Err(Problem::internal(format!("{other} is no kind of revocation"))),
        };
        Ok(Revocation { number: row.sequence("number")?, at: row.time("at")?, revoked })
    });
    Ok(Revocations { entries: entries.collect::<Result<_>>()? })
}
