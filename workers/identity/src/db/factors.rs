//! SQL of second factors, recovery codes, and how often somebody guessed.

use crate::db::record::Record;
use crate::rules::guesses::WINDOW;
use kirana_edge::db::{Db, Statement, require_one_change, stmt};
use kirana_edge::{Problem, Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An authenticator app (RFC 6238).
    Totp,
    /// A code by e-mail.
    Mail,
    /// A code by text message.
    Sms,
}

impl Kind {
    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Mail => "mail",
            Self::Sms => "sms",
        }
    }
}

/// A factor of somebody.
#[derive(Clone, Debug)]
pub struct Factor {
    /// Which.
    pub kind: Kind,
    /// Sealed.
    pub secret: String,
    /// Since when it is good.
    pub confirmed_at: Option<Timestamp>,
}

/// Every factor of a user, also those that no code has confirmed yet.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of(db: &Db, user: Id) -> Result<Vec<Factor>> {
    let rows: Vec<Record> = db
        .all(
            "SELECT kind, secret, confirmed_at FROM factors WHERE user_id = ?1 ORDER BY kind DESC LIMIT 3",
            params![user],
        )
        .await?;
    let factor = |row: Record| {
        let (secret, confirmed_at) = (row.text("secret")?, row.maybe("confirmed_at", Record::time)?);
        Ok(Factor { kind: row.word("kind")?, secret, confirmed_at })
    };
    rows.into_iter().map(factor).collect()
}

/// Puts a factor in place that a code is to confirm; one that is confirmed already stays.
///
/// # Errors
/// 409 `already_enrolled`.
pub async fn enrol(db: &Db, user: Id, kind: Kind, secret: &str, now: Timestamp, more: Vec<Statement>) -> Result<()> {
    let mut statements = vec![
        stmt(
            "INSERT INTO factors (user_id, kind, secret, created_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (user_id, kind) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at, last_step = 0
             WHERE factors.confirmed_at IS NULL",
            params![user, kind.name(), secret, now],
        ),
        require_one_change(),
    ];
    statements.extend(more);
    match db.batch(statements).await {
        Err(error) if kirana_edge::db::required_change_missing(&error) => {
            Err(Problem::conflict("already_enrolled", "this factor is there already; remove it first to begin anew"))
        }
        other => other.map(|_| ()).map_err(Into::into),
    }
}

/// The statements that take a code of a TOTP step: of two calls with the same code one wins.
#[must_use]
pub fn take_step(user: Id, step: u64) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE factors SET last_step = ?2 WHERE user_id = ?1 AND kind = 'totp' AND last_step < ?2",
            params![user, step],
        ),
        require_one_change(),
    ]
}

/// The statements that confirm a factor once.
#[must_use]
pub fn confirm(user: Id, kind: Kind, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE factors SET confirmed_at = ?3 WHERE user_id = ?1 AND kind = ?2 AND confirmed_at IS NULL",
            params![user, kind.name(), now],
        ),
        require_one_change(),
    ]
}

/// The statements that remove a factor.
#[must_use]
pub fn remove(user: Id, kind: Kind) -> Vec<Statement> {
    vec![stmt("DELETE FROM factors WHERE user_id = ?1 AND kind = ?2", params![user, kind.name()]), require_one_change()]
}

/// The statements that give a user these recovery codes and no others.
///
/// # Errors
/// 500 when the hashes cannot be written as JSON.
pub fn set_recovery_codes(user: Id, hashes: &[String]) -> Result<Vec<Statement>> {
    Ok(vec![
        stmt("DELETE FROM recovery_codes WHERE user_id = ?1", params![user]),
        stmt(
            "INSERT INTO recovery_codes (user_id, hash) SELECT ?1, value FROM json_each(?2)",
            params![user, serde_json::to_string(hashes)?],
        ),
    ])
}

/// The statements that use a recovery code up.
#[must_use]
pub fn take_recovery_code(user: Id, hash: &str, now: Timestamp) -> Vec<Statement> {
    vec![
        stmt(
            "UPDATE recovery_codes SET used_at = ?3 WHERE user_id = ?1 AND hash = ?2 AND used_at IS NULL",
            params![user, hash, now],
        ),
        require_one_change(),
    ]
}

/// How many recovery codes somebody has left.
///
/// # Errors
/// 500 when the database refuses.
pub async fn recovery_codes_left(db: &Db, user: Id) -> Result<u32> {
    let sql = "SELECT COUNT(*) AS count FROM recovery_codes WHERE user_id = ?1 AND used_at IS NULL";
    db.first::<Record>(sql, params![user]).await?.map_or(Ok(0), |row| row.count("count"))
}

/// Counts a guess before it is looked at, so that many at once are counted too; answers how many there were, and since when.
///
/// # Errors
/// 500 when the database refuses.
pub async fn guess(db: &Db, user: Id, now: Timestamp) -> Result<(u32, Timestamp)> {
    let row: Option<Record> = db
        .first(
            "INSERT INTO guesses (user_id, count, since) VALUES (?1, 1, ?2)
             ON CONFLICT (user_id) DO UPDATE SET
                count = CASE WHEN since <= ?3 THEN 1 ELSE count + 1 END, since = CASE WHEN since <= ?3 THEN ?2 ELSE since END
             RETURNING count, since",
            params![user, now, now - WINDOW],
        )
        .await?;
    let row = row.ok_or_else(|| Problem::internal("a guess was not counted"))?;
    Ok((row.count("count")?, row.time("since")?))
}

/// The statement that forgets guesses: the last was right.
#[must_use]
pub fn forget_guesses(user: Id) -> Statement {
    stmt("DELETE FROM guesses WHERE user_id = ?1", params![user])
}
