//! SQL of shifts.

use crate::rules::shifts::Shift;
use kirana_edge::db::{Db, timestamp};
use kirana_edge::{Result, params};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;
use worker::Env;

/// A store's shifts that touch a stretch of time.
///
/// # Errors
/// 500 when the database refuses.
pub async fn between(env: &Env, store: Id, from: Timestamp, until: Timestamp) -> Result<Vec<Shift>> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        user_id: String,
        starts_at: i64,
        ends_at: i64,
        note: Option<String>,
    }
    let rows: Vec<Row> = Db::of(env)?
        .all(
            "SELECT id, user_id, starts_at, ends_at, note FROM shifts
             WHERE store_id = ?1 AND starts_at < ?3 AND ends_at > ?2 ORDER BY starts_at, id LIMIT 1000",
            params![store, from, until],
        )
        .await?;
    let shift = |row: Row| {
        Ok(Shift {
            id: kirana_edge::db::id(&row.id)?,
            user_id: kirana_edge::db::id(&row.user_id)?,
            starts_at: timestamp(row.starts_at),
            ends_at: timestamp(row.ends_at),
            note: row.note,
        })
    };
    rows.into_iter().map(shift).collect()
}

/// Plans a shift, unless its person works at that time already; the statement that writes it has looked. Was it planned?
///
/// # Errors
/// 500 when the database refuses.
pub async fn plan(env: &Env, store: Id, shift: &Shift, by: Id) -> Result<bool> {
    let planned: Option<serde_json::Value> = Db::of(env)?
        .first(
            "INSERT INTO shifts (id, store_id, user_id, starts_at, ends_at, note, made_by)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
             WHERE NOT EXISTS (SELECT 1 FROM shifts WHERE user_id = ?3 AND starts_at < ?5 AND ends_at > ?4)
             RETURNING id",
            params![shift.id, store, shift.user_id, shift.starts_at, shift.ends_at, shift.note.clone(), by],
        )
        .await?;
    Ok(planned.is_some())
}

/// Takes a shift out of the plan. Was it there?
///
/// # Errors
/// 500 when the database refuses.
pub async fn cancel(env: &Env, store: Id, shift: Id) -> Result<bool> {
    let gone: Option<serde_json::Value> = Db::of(env)?
        .first("DELETE FROM shifts WHERE id = ?2 AND store_id = ?1 RETURNING id", params![store, shift])
        .await?;
    Ok(gone.is_some())
}
