//! SQL of the segments that customers are put into.

use kirana_edge::db::{self, Db, Statement, stmt, timestamp};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Segments of the chain at most.
pub const MAX_SEGMENTS: u32 = 200;

/// Segments that one customer is in at most.
pub const MAX_OF_CUSTOMER: u32 = 50;

/// A segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CustomerSegment {
    /// What offers call it.
    #[schema(example = "students")]
    pub name: String,
    /// Who belongs into it, for people.
    pub description: String,
    /// Customers in it.
    pub customers: i64,
}

/// A segment that somebody is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Membership {
    /// Its name.
    pub segment: String,
    /// Since when.
    pub added_at: Timestamp,
}

/// Every segment, by name.
///
/// # Errors
/// 500 when the database refuses.
pub async fn all(db: &Db) -> Result<Vec<CustomerSegment>> {
    let sql = "SELECT name, description, (SELECT COUNT(*) FROM segment_members m WHERE m.segment = s.name) AS customers
               FROM segments s ORDER BY name LIMIT ?1";
    db.all(sql, params![MAX_SEGMENTS]).await
}

/// One segment.
///
/// # Errors
/// 500 when the database refuses.
pub async fn one(db: &Db, name: &str) -> Result<Option<CustomerSegment>> {
    let sql = "SELECT name, description, (SELECT COUNT(*) FROM segment_members m WHERE m.segment = s.name) AS customers
               FROM segments s WHERE name = ?1";
    db.first(sql, params![name]).await
}

/// The statement that makes a segment or describes it anew; nothing where there are as many as may be.
#[must_use]
pub fn put(name: &str, description: &str, by: Id, now: Timestamp) -> Statement {
    stmt(
        "INSERT INTO segments (name, description, made_by, made_at) SELECT ?1, ?2, ?3, ?4
         WHERE (SELECT COUNT(*) FROM segments) < ?5 OR EXISTS (SELECT 1 FROM segments WHERE name = ?1)
         ON CONFLICT (name) DO UPDATE SET description = excluded.description",
        params![name, description, by, now, MAX_SEGMENTS],
    )
}

/// The statements that end a segment for all who are in it.
#[must_use]
pub fn end(name: &str) -> Vec<Statement> {
    vec![
        stmt("DELETE FROM segment_members WHERE segment = ?1", params![name]),
        stmt("DELETE FROM segments WHERE name = ?1", params![name]),
    ]
}

/// The statement that puts somebody into a segment; twice is once, and nothing where they are in as many as may be.
#[must_use]
pub fn add(name: &str, user: Id, by: Id, now: Timestamp) -> Statement {
    stmt(
        "INSERT INTO segment_members (user_id, segment, added_by, added_at) SELECT ?2, name, ?3, ?4 FROM segments
         WHERE name = ?1 AND (SELECT COUNT(*) FROM segment_members WHERE user_id = ?2) < ?5
         ON CONFLICT (user_id, segment) DO UPDATE SET added_by = added_by",
        params![name, user, by, now, MAX_OF_CUSTOMER],
    )
}

/// The statement that takes somebody out of a segment.
#[must_use]
pub fn remove(name: &str, user: Id) -> Statement {
    stmt("DELETE FROM segment_members WHERE segment = ?1 AND user_id = ?2", params![name, user])
}

/// Who is in a segment, by id, those after this one.
///
/// # Errors
/// 500 when the database refuses.
pub async fn members(db: &Db, name: &str, after: Option<Id>, limit: usize) -> Result<Vec<Id>> {
    #[derive(Deserialize)]
    struct Row {
        user_id: String,
    }
    let sql = "SELECT user_id FROM segment_members WHERE segment = ?1 AND user_id > COALESCE(?2, '') ORDER BY user_id LIMIT ?3";
    let rows: Vec<Row> = db.all(sql, params![name, after, limit]).await?;
    rows.into_iter().map(|row| db::id(&row.user_id)).collect()
}

/// The segments that somebody is in, by name.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of_customer(db: &Db, user: Id) -> Result<Vec<Membership>> {
    #[derive(Deserialize)]
    struct Row {
        segment: String,
        added_at: i64,
    }
    let sql = "SELECT segment, added_at FROM segment_members WHERE user_id = ?1 ORDER BY segment LIMIT ?2";
    let rows: Vec<Row> = db.all(sql, params![user, MAX_OF_CUSTOMER]).await?;
    Ok(rows.into_iter().map(|row| Membership { segment: row.segment, added_at: timestamp(row.added_at) }).collect())
}
