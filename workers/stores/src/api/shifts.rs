//! Who works when in a store: everybody who works there sees it, who leads it plans it.

use super::stores::own;
use crate::db::shifts as db;
use crate::rules::shifts::{self, NewShift, Shift};
use axum::extract::State;
use http::StatusCode;
use kirana_contracts::staff::Candidate;
use kirana_edge::{Caller, Json, Path, Problem, Query, RequestId, Result, call, clock, principal};
use kirana_kernel::{Id, Role, Timestamp};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;
use utoipa::IntoParams;
use worker::Env;

/// When.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ShiftsQuery {
    /// Shifts that end after this; after now if absent.
    pub from: Option<Timestamp>,
    /// Shifts that begin before this: 62 days later at most; a week later if absent.
    pub until: Option<Timestamp>,
}

/// A store's shifts, the first first, 1000 at most.
///
/// # Errors
/// 400 `invalid_query`, 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/stores/{id}/shifts", tag = "stores", params(("id" = Id, Path, description = "The store"), ShiftsQuery),
    responses((status = 200, body = Vec<Shift>), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Query(query): Query<ShiftsQuery>,
) -> Result<Json<Vec<Shift>>> {
    own(&env, id, &caller).await?;
    let from = query.from.unwrap_or_else(clock::now);
    let until = query.until.unwrap_or_else(|| from + Duration::from_secs(7 * 24 * 3_600));
    if !shifts::is_window(from, until) {
        return Err(Problem::bad_request(
            "invalid_query",
            "until: expected a time after `from`, 62 days later at most",
        ));
    }
    Ok(Json(db::between(&env, id, from, until).await?))
}

/// Plans a shift of somebody who works in the store. Nobody works twice at once, not in another store either.
///
/// # Errors
/// 404 for a store that is not the caller's or somebody who does not work there, 409 `shift_overlaps`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/stores/{id}/shifts", tag = "stores", params(("id" = Id, Path, description = "The store")),
    request_body = NewShift,
    responses((status = 201, body = Shift), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn plan(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    Json(body): Json<NewShift>,
) -> Result<(StatusCode, Json<Shift>)> {
    caller.require(&[Role::Manager, Role::Owner, Role::Admin])?;
    own(&env, id, &caller).await?;
    let faults = shifts::faults(&body);
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    let identity = call::service(&env, "IDENTITY", &principal::service("stores")).during(&request_id.0);
    let candidate: Candidate = identity.post("/internal/candidates", &json!({"user_id": body.user_id})).await?;
    if !candidate.stores.contains(&id) {
        return Err(Problem::not_found("nobody of this id works in the store"));
    }
    let NewShift { user_id, starts_at, ends_at, note } = body;
    let note = note.map(|note| note.trim().to_owned());
    let shift = Shift { id: clock::new_id(), user_id, starts_at, ends_at, note };
    if !db::plan(&env, id, &shift, caller.id).await? {
        return Err(Problem::conflict("shift_overlaps", "this person works at that time already"));
    }
    Ok((StatusCode::CREATED, Json(shift)))
}

/// Takes a shift out of the plan.
///
/// # Errors
/// 404 for a store that is not the caller's, or a shift that is not planned there.
#[utoipa::path(delete, path = "/api/v1/stores/{id}/shifts/{shift_id}", tag = "stores",
    params(("id" = Id, Path, description = "The store"), ("shift_id" = Id, Path, description = "The shift")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn cancel(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((id, shift)): Path<(Id, Id)>,
) -> Result<StatusCode> {
    caller.require(&[Role::Manager, Role::Owner, Role::Admin])?;
    own(&env, id, &caller).await?;
    if !db::cancel(&env, id, shift).await? {
        return Err(Problem::not_found("there is no such shift"));
    }
    Ok(StatusCode::NO_CONTENT)
}
