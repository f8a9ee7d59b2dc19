//! Looking at what failed, and sending it again.

use crate::db::{self, Letter};
use axum::extract::State;
use http::StatusCode;
use kirana_contracts::metrics::Series;
use kirana_edge::inbox::DeadLetter;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, Result, outbox};
use kirana_events::{Pack, PackedEvent, Subscriber};
use kirana_kernel::{Id, Role};
use worker::Env;

/// `POST /internal/dead-letters`: a subscriber parks an event.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn keep(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(letter): Json<DeadLetter>,
) -> Result<Json<bool>> {
    caller.require_service()?;
    db::keep(&env, &letter).await?;
    Ok(Json(true))
}

/// `GET /internal/metrics`: how many wait for somebody.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn metrics(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<Series>> {
    caller.require_service()?;
    let mut series = Series::default();
    series.add("kirana_dead_letters", &[], db::count(&env).await?);
    Ok(Json(series))
}

/// What failed, in the order it came.
///
/// # Errors
/// 403 for all but admins.
#[utoipa::path(get, path = "/api/v1/dead-letters", tag = "operations", params(PageQuery),
    responses((status = 200, body = Page<Letter>), (status = 400, body = Problem), (status = 403, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Letter>>> {
    caller.require(&[Role::Admin])?;
    let limit = page.limit()?;
    let letters = db::list(&env, page.after()?, limit).await?;
    Ok(Json(Page::of(letters, limit, |letter| letter.id.clone())))
}

/// Sends a letter to its subscriber again. It is applied once, however often this is called.
///
/// # Errors
/// 403 for all but admins, 404.
#[utoipa::path(post, path = "/api/v1/dead-letters/{id}/replay", tag = "operations", params(("id" = Id, Path, description = "The letter")),
    responses((status = 202, body = Letter), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn replay(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
) -> Result<(StatusCode, Json<Letter>)> {
    caller.require(&[Role::Admin])?;
    let letter = db::get(&env, id).await?.ok_or_else(|| Problem::not_found("there is no such dead letter"))?;
    outbox::send(&env, &pack(&letter)?).await?;
    db::replayed(&env, id).await?;
    Ok((StatusCode::ACCEPTED, Json(letter)))
}

fn pack(letter: &Letter) -> Result<Pack> {
    let unreadable = |_| Problem::unprocessable("unreadable", "this letter is no event; it can only be discarded");
    if letter.seq == 0 {
        return serde_json::from_str(&letter.body).map_err(unreadable);
    }
    let subscriber =
        Subscriber::from_name(&letter.subscriber).ok_or_else(|| Problem::internal("a letter for nobody"))?;
    let seq = u64::try_from(letter.seq).unwrap_or(0);
    let event = serde_json::from_str(&letter.body).map_err(unreadable)?;
    Ok(Pack {
        source: letter.source.clone(),
        subscriber,
        after: seq,
        upto: seq,
        replay: true,
        events: vec![PackedEvent { seq, event }],
    })
}

/// Throws a letter away.
///
/// # Errors
/// 403 for all but admins, 404.
#[utoipa::path(delete, path = "/api/v1/dead-letters/{id}", tag = "operations", params(("id" = Id, Path, description = "The letter")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn discard(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<StatusCode> {
    caller.require(&[Role::Admin])?;
    if db::discard(&env, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("there is no such dead letter"))
    }
}
