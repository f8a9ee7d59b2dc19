//! One's own notifications.

pub mod bounces;
pub mod letters;

use axum::extract::State;
use http::StatusCode;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, Result, clock, params};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// Something that somebody was told in the app.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Notification {
    /// Its id.
    pub id: String,
    /// In short.
    pub title: String,
    /// In full.
    pub body: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    title: String,
    body: String,
    created_at: i64,
    read_at: Option<i64>,
}

/// One's own notifications, the newest first.
///
/// # Errors
/// 400 for a page that is none.
#[utoipa::path(get, path = "/api/v1/notifications", tag = "notifications", params(PageQuery),
    responses((status = 200, body = Page<Notification>), (status = 400, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Notification>>> {
    let (limit, before) = (page.limit()?, page.after()?);
    let before = before.map_or_else(|| "g".to_owned(), |id| id.to_string());
    let rows: Vec<Row> = Db::of(&env)?
        .all(
            "SELECT id, title, body, created_at, read_at FROM notifications
             WHERE user_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
            params![caller.id, before, limit + 1],
        )
        .await?;
    let notifications = rows
        .into_iter()
        .map(|row| Notification {
            id: row.id,
            title: row.title,
            body: row.body,
            created_at: Timestamp::from_millis(row.created_at),
            read_at: row.read_at.map(Timestamp::from_millis),
        })
        .collect();
    Ok(Json(Page::of(notifications, limit, |notification| notification.id.clone())))
}

/// Marks one of one's own notifications as read.
///
/// # Errors
/// 404 for what is not there or not the caller's.
#[utoipa::path(put, path = "/api/v1/notifications/{id}/read", tag = "notifications", params(("id" = Id, Path, description = "The notification")),
    responses((status = 204), (status = 404, body = Problem)))]
#[worker::send]
pub async fn read(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<StatusCode> {
    let changed = Db::of(&env)?
        .run(
            "UPDATE notifications SET read_at = COALESCE(read_at, ?3) WHERE id = ?1 AND user_id = ?2",
            params![id, caller.id, clock::now()],
        )
        .await?;
    if changed == 1 { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found("there is no such notification")) }
}
