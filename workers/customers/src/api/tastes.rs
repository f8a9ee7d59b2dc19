//! What somebody likes: preferences and favourites.

use crate::api::require_self_or;
use crate::db::{self, Favourite, FavouriteKind};
use crate::rules::people::{MAX_FAVOURITES, Preferences, preference_faults};
use axum::extract::State;
use http::StatusCode;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Path, Problem, Result, clock};
use kirana_kernel::{Id, Role};
use worker::Env;

/// What somebody likes, and how they want to hear of things.
///
/// # Errors
/// 404 for who is not the caller's to see.
#[utoipa::path(get, path = "/api/v1/customers/{id}/preferences", tag = "customers", params(("id" = Id, Path, description = "The customer")),
    responses((status = 200, body = Preferences), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn preferences(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(user): Path<Id>,
) -> Result<Json<Preferences>> {
    require_self_or(&caller, user, &[Role::Admin, Role::Support])?;
    let body = db::preferences(&Db::of(&env)?, user).await?;
    Ok(Json(body.map(|body| serde_json::from_str(&body)).transpose()?.unwrap_or_default()))
}

/// Sets one's preferences.
///
/// # Errors
/// 404 for anybody else, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/customers/{id}/preferences", tag = "customers", params(("id" = Id, Path, description = "The customer")),
    request_body = Preferences,
    responses((status = 200, body = Preferences), (status = 404, body = Problem), (status = 422, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn set_preferences(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(user): Path<Id>,
    Json(body): Json<Preferences>,
) -> Result<Json<Preferences>> {
    require_self_or(&caller, user, &[])?;
    let faults = preference_faults(&body);
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    Db::of(&env)?.batch(vec![db::set_preferences(user, &serde_json::to_string(&body)?)]).await?;
    Ok(Json(body))
}

/// One's favourites, the last added first.
///
/// # Errors
/// 404 for who is not the caller's to see.
#[utoipa::path(get, path = "/api/v1/customers/{id}/favourites", tag = "customers", params(("id" = Id, Path, description = "The customer")),
    responses((status = 200, body = Vec<Favourite>), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn favourites(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(user): Path<Id>,
) -> Result<Json<Vec<Favourite>>> {
    require_self_or(&caller, user, &[])?;
    Ok(Json(db::favourites(&Db::of(&env)?, user).await?))
}

/// Adds a favourite; added twice, it is there once.
///
/// # Errors
/// 404 for anybody else, 409 `too_many_favourites`.
#[utoipa::path(put, path = "/api/v1/customers/{id}/favourites/{kind}/{subject}", tag = "customers",
    params(("id" = Id, Path, description = "The customer"), ("kind" = FavouriteKind, Path, description = "What kind of thing"), ("subject" = Id, Path, description = "Which")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn add_favourite(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((user, kind, subject)): Path<(Id, FavouriteKind, Id)>,
) -> Result<StatusCode> {
    require_self_or(&caller, user, &[])?;
    let statement = db::add_favourite(user, kind, subject, clock::now());
    let added = Db::of(&env)?.batch(vec![statement]).await?;
    if added.first() == Some(&0) {
        let detail = format!("you have {MAX_FAVOURITES} favourites: remove one first");
        return Err(Problem::conflict("too_many_favourites", detail));
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a favourite.
///
/// # Errors
/// 404 for anybody else.
#[utoipa::path(delete, path = "/api/v1/customers/{id}/favourites/{kind}/{subject}", tag = "customers",
    params(("id" = Id, Path, description = "The customer"), ("kind" = FavouriteKind, Path, description = "What kind of thing"), ("subject" = Id, Path, description = "Which")),
    responses((status = 204), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn remove_favourite(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((user, kind, subject)): Path<(Id, FavouriteKind, Id)>,
) -> Result<StatusCode> {
    require_self_or(&caller, user, &[])?;
    Db::of(&env)?.batch(vec![db::remove_favourite(user, kind, subject)]).await?;
    Ok(StatusCode::NO_CONTENT)
}
