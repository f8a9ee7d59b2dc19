//! Stocktakes of a store: counted by one, approved by another.

use super::object;
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use kirana_contracts::stock::{CountLine, Stocktake};
use kirana_edge::{Caller, Json, Path, Problem, Query, RawJson, Result};
use kirana_kernel::Id;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// Of which store.
#[derive(Debug, Serialize, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OfStore {
    /// The store.
    pub store_id: Id,
}

/// Begins a stocktake.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(post, path = "/api/v1/stocktakes", tag = "inventory", request_body = OfStore,
    params(("Idempotency-Key" = Option<String>, Header, description = "New for each stocktake, the same for each repetition")),
    responses((status = 201, body = Stocktake), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn open(
    State(env): State<Env>,
    Caller(caller): Caller,
    headers: HeaderMap,
    Json(body): Json<OfStore>,
) -> Result<(StatusCode, RawJson)> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    let stocktake = object(&env, &caller, body.store_id).await?.keyed(key).post("/stocktakes", &()).await?;
    Ok((StatusCode::CREATED, stocktake))
}

/// The last hundred stocktakes of a store, newest first.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/stocktakes", tag = "inventory", params(OfStore),
    responses((status = 200, body = Vec<Stocktake>), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn list(State(env): State<Env>, Caller(caller): Caller, Query(query): Query<OfStore>) -> Result<RawJson> {
    object(&env, &caller, query.store_id).await?.get("/stocktakes").await
}

/// A stocktake.
///
/// # Errors
/// 404 for what is not the caller's.
#[utoipa::path(get, path = "/api/v1/stocktakes/{id}", tag = "inventory",
    params(("id" = Id, Path, description = "The stocktake"), OfStore),
    responses((status = 200, body = Stocktake), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Query(query): Query<OfStore>,
) -> Result<RawJson> {
    object(&env, &caller, query.store_id).await?.get(&format!("/stocktakes/{id}")).await
}

/// What was counted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// The store.
    pub store_id: Id,
    /// Item by item; an item that was counted before is counted anew.
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Vec<CountLine>,
}

/// Writes counted items down. They are compared with the books of this very moment.
///
/// # Errors
/// 404 for what is not the caller's, 409 `conflict` when it is over, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/stocktakes/{id}/lines", tag = "inventory", params(("id" = Id, Path, description = "The stocktake")),
    request_body = Counted,
    responses((status = 200, body = Stocktake), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn count(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Json(body): Json<Counted>,
) -> Result<RawJson> {
    if body.lines.is_empty() || body.lines.len() > 500 {
        return Err(Problem::invalid_field("lines", "expected 1 to 500"));
    }
    let path = format!("/stocktakes/{id}/lines");
    object(&env, &caller, body.store_id).await?.post(&path, &body.lines).await
}

/// Takes the variances into the books; somebody else than who counted.
///
/// # Errors
/// 403 for who counted it, 404, 409 `held_for_orders` when goods that are missing are held, `conflict` when it is over.
#[utoipa::path(post, path = "/api/v1/stocktakes/{id}/approve", tag = "inventory", params(("id" = Id, Path, description = "The stocktake")),
    request_body = OfStore,
    responses((status = 200, body = Stocktake), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn approve(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Json(body): Json<OfStore>,
) -> Result<RawJson> {
    object(&env, &caller, body.store_id).await?.post(&format!("/stocktakes/{id}/approve"), &()).await
}

/// Throws a stocktake away.
///
/// # Errors
/// 404 for what is not the caller's, 409 `conflict` when it is approved.
#[utoipa::path(post, path = "/api/v1/stocktakes/{id}/discard", tag = "inventory", params(("id" = Id, Path, description = "The stocktake")),
    request_body = OfStore,
    responses((status = 200, body = Stocktake), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn discard(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Json(body): Json<OfStore>,
) -> Result<RawJson> {
    object(&env, &caller, body.store_id).await?.post(&format!("/stocktakes/{id}/discard"), &()).await
}
