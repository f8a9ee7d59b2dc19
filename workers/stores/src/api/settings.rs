//! What a store decides for itself: its settings, and whether it takes orders for now.

use super::stores::{Store, own, unknown};
use crate::rules::settings::Settings;
use crate::{db, events};
use axum::extract::State;
use kirana_edge::{Caller, Json, Path, Principal, Problem, RequestId, Result};
use kirana_kernel::Id;
use serde::Deserialize;
use utoipa::ToSchema;
use worker::Env;

/// Characters of a reason at most.
const MAX_REASON: usize = 200;

/// Sets a store's settings. What the body leaves out is as it is for a new store.
///
/// # Errors
/// 404 for a store that is not the caller's, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/stores/{id}/settings", tag = "stores", params(("id" = Id, Path, description = "The store")),
    request_body = Settings, responses((status = 200, body = Store), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn set(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    Json(settings): Json<Settings>,
) -> Result<Json<Store>> {
    let store = own(&env, id, &caller).await?;
    let faults = settings.faults(store.details.currency);
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    if settings != store.settings {
        db::set(&env, id, &settings, events::updated(&store, &store.details, &request_id)?).await?;
    }
    db::by_id(&env, id).await?.map(Json).ok_or_else(unknown)
}

/// Why a store takes no orders.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PauseRequest {
    /// For customers to read, such as `The fridge is being repaired`; 1 to 200 characters.
    pub reason: String,
}

/// Pauses a store: it takes no orders until it is resumed. Those it has go on. Orders hear of it within five seconds.
///
/// # Errors
/// 404 for a store that is not the caller's, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/stores/{id}/pause", tag = "stores", params(("id" = Id, Path, description = "The store")),
    request_body = PauseRequest, responses((status = 200, body = Store), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn pause(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    Json(body): Json<PauseRequest>,
) -> Result<Json<Store>> {
    let reason = body.reason.trim();
    if reason.is_empty() || reason.chars().count() > MAX_REASON {
        return Err(Problem::invalid_field("reason", format!("expected 1 to {MAX_REASON} characters")));
    }
    change(&env, &caller, &request_id, id, Some(reason)).await
}

/// Lets a store take orders again.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(post, path = "/api/v1/stores/{id}/resume", tag = "stores", params(("id" = Id, Path, description = "The store")),
    responses((status = 200, body = Store), (status = 404, body = Problem)))]
#[worker::send]
pub async fn resume(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
) -> Result<Json<Store>> {
    change(&env, &caller, &request_id, id, None).await
}

/// Paused with a reason, or not paused without one. Twice the same changes nothing, and nobody hears of it twice.
async fn change(
    env: &Env,
    caller: &Principal,
    request_id: &RequestId,
    id: Id,
    reason: Option<&str>,
) -> Result<Json<Store>> {
    let store = own(env, id, caller).await?;
    if store.details.paused != reason.is_some() || store.pause_reason.as_deref() != reason {
        let told = events::status(&store, reason.is_some(), reason, request_id)?;
        db::pause(env, id, reason.is_some(), reason, told).await?;
    }
    db::by_id(env, id).await?.map(Json).ok_or_else(unknown)
}
