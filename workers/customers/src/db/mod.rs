//! SQL of what customers tell of themselves. What is personal comes in and goes out sealed.

pub mod reviews;
pub mod segments;

use crate::rules::people::{MAX_ADDRESSES, MAX_FAVOURITES};
use kirana_edge::db::{self, Db, Statement, require_one_change, stmt, timestamp};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An address as it is kept.
pub struct Kept {
    /// Its id.
    pub id: Id,
    /// Sealed.
    pub sealed: String,
    /// Is it the one that is meant when none is named?
    pub is_default: bool,
}

/// Somebody's addresses, in the order they were added.
///
/// # Errors
/// 500 when the database refuses.
pub async fn addresses(db: &Db, user: Id) -> Result<Vec<Kept>> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        sealed: String,
        is_default: i64,
    }
    let rows: Vec<Row> = db
        .all(
            "SELECT id, sealed, is_default FROM addresses WHERE user_id = ?1 ORDER BY id LIMIT ?2",
            params![user, MAX_ADDRESSES],
        )
        .await?;
    let kept = |row: Row| Ok(Kept { id: db::id(&row.id)?, sealed: row.sealed, is_default: row.is_default == 1 });
    rows.into_iter().map(kept).collect()
}

/// The statements that put an address in place, new or changed; the first is the default, and a new default takes the place.
#[must_use]
pub fn put_address(user: Id, id: Id, sealed: &str, default: bool) -> Vec<Statement> {
    let mut statements = Vec::new();
    if default {
        statements.push(stmt(
            "UPDATE addresses SET is_default = 0 WHERE user_id = ?1 AND id <> ?2 AND is_default = 1",
            params![user, id],
        ));
    }
    statements.push(stmt(
        "INSERT INTO addresses (id, user_id, sealed, is_default)
         VALUES (?2, ?1, ?3, ?4 OR NOT EXISTS (SELECT 1 FROM addresses WHERE user_id = ?1))
         ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, is_default = MAX(addresses.is_default, ?4)
         WHERE addresses.user_id = ?1",
        params![user, id, sealed, default],
    ));
    statements.push(require_one_change());
    statements
}

/// The statements that remove an address; of those left the oldest becomes the default, if it was.
#[must_use]
pub fn remove_address(user: Id, id: Id) -> Vec<Statement> {
    vec![
        stmt("DELETE FROM addresses WHERE id = ?2 AND user_id = ?1", params![user, id]),
        require_one_change(),
        stmt(
            "UPDATE addresses SET is_default = 1
             WHERE id = (SELECT MIN(id) FROM addresses WHERE user_id = ?1)
               AND NOT EXISTS (SELECT 1 FROM addresses WHERE user_id = ?1 AND is_default = 1)",
            params![user],
        ),
    ]
}

/// Somebody's preferences as JSON, if they have said any.
///
/// # Errors
/// 500 when the database refuses.
pub async fn preferences(db: &Db, user: Id) -> Result<Option<String>> {
    #[derive(Deserialize)]
    struct Row {
        body: String,
    }
    let row: Option<Row> = db.first("SELECT body FROM preferences WHERE user_id = ?1", params![user]).await?;
    Ok(row.map(|row| row.body))
}

/// The statement that sets preferences.
#[must_use]
pub fn set_preferences(user: Id, body: &str) -> Statement {
    stmt(
        "INSERT INTO preferences (user_id, body) VALUES (?1, ?2) ON CONFLICT (user_id) DO UPDATE SET body = excluded.body",
        params![user, body],
    )
}

/// What can be a favourite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FavouriteKind {
    /// A product.
    Product,
    /// A store.
    Store,
}

impl FavouriteKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Store => "store",
        }
    }
}

/// Something that somebody likes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Favourite {
    /// What kind of thing.
    pub kind: FavouriteKind,
    /// Which.
    pub id: Id,
    /// Since when.
    pub added_at: Timestamp,
}

/// Somebody's favourites, the last added first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn favourites(db: &Db, user: Id) -> Result<Vec<Favourite>> {
    #[derive(Deserialize)]
    struct Row {
        kind: FavouriteKind,
        subject: String,
        added_at: i64,
    }
    let rows: Vec<Row> = db
        .all(
            "SELECT kind, subject, added_at FROM favourites WHERE user_id = ?1 ORDER BY added_at DESC, subject LIMIT ?2",
            params![user, MAX_FAVOURITES],
        )
        .await?;
    let favourite =
        |row: Row| Ok(Favourite { kind: row.kind, id: db::id(&row.subject)?, added_at: timestamp(row.added_at) });
    rows.into_iter().map(favourite).collect()
}

/// The statement that adds a favourite, unless there are too many.
#[must_use]
pub fn add_favourite(user: Id, kind: FavouriteKind, id: Id, now: Timestamp) -> Statement {
    stmt(
        "INSERT INTO favourites (user_id, kind, subject, added_at)
         SELECT ?1, ?2, ?3, ?4 WHERE (SELECT COUNT(*) FROM favourites WHERE user_id = ?1) < ?5
         ON CONFLICT DO UPDATE SET added_at = favourites.added_at",
        params![user, kind.name(), id, now, MAX_FAVOURITES],
    )
}

/// The statement that removes a favourite.
#[must_use]
pub fn remove_favourite(user: Id, kind: FavouriteKind, id: Id) -> Statement {
    stmt("DELETE FROM favourites WHERE user_id = ?1 AND kind = ?2 AND subject = ?3", params![user, kind.name(), id])
}

/// That somebody's age was checked.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AgeCheck {
    /// Its id.
    pub id: Id,
    /// At least so old.
    pub min_age: u32,
    /// Who checked.
    pub provider: String,
    /// Are they?
    pub passed: bool,
    /// When.
    pub at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// The statement that keeps a check; the document's reference is sealed.
#[must_use]
pub fn insert_age_check(user: Id, check: &AgeCheck, document: &str) -> Statement {
    stmt(
        "INSERT INTO age_checks (id, user_id, min_age, provider, document, passed, at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![check.id, user, check.min_age, &check.provider, document, check.passed, check.at, check.expires_at],
    )
}

/// Somebody's last checks, the newest first.
///
/// # Errors
/// 500 when the database refuses.
pub async fn age_checks(db: &Db, user: Id) -> Result<Vec<AgeCheck>> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        min_age: u32,
        provider: String,
        passed: i64,
        at: i64,
        expires_at: i64,
    }
    let rows: Vec<Row> = db
        .all(
            "SELECT id, min_age, provider, passed, at, expires_at FROM age_checks WHERE user_id = ?1
             ORDER BY at DESC, id DESC LIMIT 20",
            params![user],
        )
        .await?;
    let check = |row: Row| {
        Ok(AgeCheck {
            id: db::id(&row.id)?,
            min_age: row.min_age,
            provider: row.provider,
            passed: row.passed == 1,
            at: timestamp(row.at),
            expires_at: timestamp(row.expires_at),
        })
    };
    rows.into_iter().map(check).collect()
}

/// The statements after which nothing is left of somebody here.
#[must_use]
pub fn erase(user: Id) -> Vec<Statement> {
    let tables = [
        "DELETE FROM addresses WHERE user_id = ?1",
        "DELETE FROM preferences WHERE user_id = ?1",
        "DELETE FROM favourites WHERE user_id = ?1",
        "DELETE FROM age_checks WHERE user_id = ?1",
        "DELETE FROM segment_members WHERE user_id = ?1",
        // Stars stay; who gave them and what was said does not.
        "UPDATE reviews SET user_id = id, author = 'Somebody', words = NULL, response = NULL, order_id = id, status = 'hidden' WHERE user_id = ?1",
    ];
    tables.into_iter().map(|sql| stmt(sql, params![user])).collect()
}
