//! SQL of saved views.

use crate::rules::views::{Shared, Shown};
use kirana_edge::db::{Db, timestamp};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;

/// A view as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its id.
    pub id: Id,
    /// Whose.
    pub owner: Id,
    /// Their name then.
    pub owner_name: String,
    /// The table.
    pub table: String,
    /// What it is called.
    pub name: String,
    /// With whom it is shared.
    pub shared: Shared,
    /// The franchisee, where it is shared with one.
    pub franchisee: Option<Id>,
    /// What it shows.
    pub shown: Shown,
    /// When it was saved.
    pub changed_at: Timestamp,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    owner_id: String,
    owner_name: String,
    table_name: String,
    name: String,
    shared: Shared,
    franchisee_id: Option<String>,
    body: String,
    changed_at: i64,
}

impl TryFrom<Row> for Kept {
    type Error = kirana_edge::Problem;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: kirana_edge::db::id(&row.id)?,
            owner: kirana_edge::db::id(&row.owner_id)?,
            owner_name: row.owner_name,
            table: row.table_name,
            name: row.name,
            shared: row.shared,
            franchisee: row.franchisee_id.as_deref().map(kirana_edge::db::id).transpose()?,
            shown: serde_json::from_str(&row.body)?,
            changed_at: timestamp(row.changed_at),
        })
    }
}

fn all(rows: Vec<Row>) -> Result<Vec<Kept>> {
    rows.into_iter().map(TryInto::try_into).collect()
}

/// What somebody saved themselves, of one table or of all, by name.
///
/// # Errors
/// 500 when the database refuses.
pub async fn of_owner(db: &Db, owner: Id, table: Option<&str>) -> Result<Vec<Kept>> {
    all(db
        .all(
            "SELECT * FROM table_views WHERE owner_id = ?1 AND (?2 IS NULL OR table_name = ?2) ORDER BY table_name, name LIMIT 200",
            params![owner, table],
        )
        .await?)
}

/// What others share of a table with a franchisee's people, or with everybody, by name.
///
/// # Errors
/// 500 when the database refuses.
pub async fn shared_with(db: &Db, reader: Id, table: &str, franchisee: Option<Id>) -> Result<Vec<Kept>> {
    all(db
        .all(
            "SELECT * FROM table_views WHERE table_name = ?2 AND owner_id <> ?1
               AND (shared = 'chain' OR (shared = 'franchisee' AND franchisee_id = ?3)) ORDER BY name, id LIMIT 200",
            params![reader, table, franchisee],
        )
        .await?)
}

/// One view.
///
/// # Errors
/// 500 when the database refuses.
pub async fn by_id(db: &Db, id: Id) -> Result<Option<Kept>> {
    let row: Option<Row> = db.first("SELECT * FROM table_views WHERE id = ?1", params![id]).await?;
    row.map(TryInto::try_into).transpose()
}

/// Saves a view; one of the same owner, table and name keeps its id and is this one from now on. Answers its id.
///
/// # Errors
/// 500 when the database refuses.
pub async fn put(db: &Db, view: &Kept) -> Result<Option<Id>> {
    #[derive(Deserialize)]
    struct Saved {
        id: Id,
    }
    let saved: Option<Saved> = db
        .first(
            "INSERT INTO table_views (id, owner_id, owner_name, table_name, name, shared, franchisee_id, body, changed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (owner_id, table_name, name) DO UPDATE SET owner_name = excluded.owner_name, shared = excluded.shared,
                    franchisee_id = excluded.franchisee_id, body = excluded.body, changed_at = excluded.changed_at RETURNING id",
            params![
                view.id,
                view.owner,
                &view.owner_name,
                &view.table,
                &view.name,
                view.shared.name(),
                view.franchisee,
                serde_json::to_string(&view.shown)?,
                view.changed_at
            ],
        )
        .await?;
    Ok(saved.map(|saved| saved.id))
}

/// Removes a view.
///
/// # Errors
/// 500 when the database refuses.
pub async fn remove(db: &Db, id: Id) -> Result<()> {
    db.run("DELETE FROM table_views WHERE id = ?1", params![id]).await?;
    Ok(())
}
