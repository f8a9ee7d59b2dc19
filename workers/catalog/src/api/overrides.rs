//! What a store sells otherwise than its menu says.

use super::menus::store_info;
use crate::rules::overrides::{self, Choice, Override};
use crate::{db, events, menus};
use axum::extract::State;
use kirana_edge::{Caller, Json, Path, Principal, Problem, RequestId, Result};
use kirana_events::EventData;
use kirana_kernel::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// All that a store sells otherwise.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    /// By sku; 500 at most.
    #[schema(max_items = 500)]
    pub overrides: Vec<Override>,
}

/// What the store is made of, if it is the caller's.
async fn own(env: &Env, store: Id, caller: &Principal) -> Result<menus::Recipe> {
    let info = store_info(env, store).await?;
    if !caller.may_work_in(store, info.franchisee_id) {
        return Err(Problem::not_found("there is no such store"));
    }
    let recipe = menus::recipe(env, store).await?;
    recipe.ok_or_else(|| Problem::not_found("this store has no menu yet"))
}

/// What a store sells at another price, or not now.
///
/// # Errors
/// 404 for a store that is not the caller's or has no menu.
#[utoipa::path(get, path = "/api/v1/stores/{id}/menu/overrides", tag = "catalog", params(("id" = Id, Path, description = "The store")),
    responses((status = 200, body = Overrides), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Caller(caller): Caller, Path(store): Path<Id>) -> Result<Json<Overrides>> {
    let recipe = own(&env, store, &caller).await?;
    let menu = menus::menu(&env, recipe.menu).await?.ok_or_else(|| Problem::internal("the store's menu is gone"))?;
    Ok(Json(Overrides { overrides: menus::overrides(&env, store, menu.currency).await? }))
}

/// Everything that the chain's menu has for a store, also what is not sold there now: with the chain's price and the store's own.
///
/// # Errors
/// 404 for a store that is not the caller's or has no menu.
#[utoipa::path(get, path = "/api/v1/stores/{id}/menu/choices", tag = "catalog", params(("id" = Id, Path, description = "The store")),
    responses((status = 200, body = Vec<Choice>), (status = 404, body = Problem)))]
#[worker::send]
pub async fn choices(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
) -> Result<Json<Vec<Choice>>> {
    let recipe = own(&env, store, &caller).await?;
    let menu = menus::menu(&env, recipe.menu).await?.ok_or_else(|| Problem::internal("the store's menu is gone"))?;
    let (products, own) =
        (db::products_of_menu(&env, recipe.menu).await?, menus::overrides(&env, store, menu.currency).await?);
    Ok(Json(overrides::choices(&products, &menu.modifier_groups, &own, menu.bounds)))
}

/// Puts these overrides in the place of those there were. The store's menu is another with the next request; orders are
/// priced by it within five seconds.
///
/// # Errors
/// 404 for a store that is not the caller's or has no menu, 422 `invalid_body` naming each faulty override.
#[utoipa::path(put, path = "/api/v1/stores/{id}/menu/overrides", tag = "catalog", params(("id" = Id, Path, description = "The store")),
    request_body = Overrides, responses((status = 200, body = Overrides), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn set(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(store): Path<Id>,
    Json(body): Json<Overrides>,
) -> Result<Json<Overrides>> {
    let recipe = own(&env, store, &caller).await?;
    let menu = menus::menu(&env, recipe.menu).await?.ok_or_else(|| Problem::internal("the store's menu is gone"))?;
    let prices = overrides::prices(&db::products_of_menu(&env, recipe.menu).await?, &menu.modifier_groups);
    let faults = overrides::faults(&body.overrides, &prices, menu.currency, menu.bounds);
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    let before = menus::overrides(&env, store, menu.currency).await?;
    let changes = overrides::price_changes(recipe.menu, store, &prices, &before, &body.overrides);
    let told = events::tell(changes.into_iter().map(EventData::PriceChanged).collect(), Some(store), &request_id)?;
    menus::set_overrides(&env, store, &body.overrides, told).await?;
    Ok(Json(body))
}
