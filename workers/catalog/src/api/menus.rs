//! Menus: importing them, giving them to stores, and a store's resolved menu.

use crate::rules::changes::{self, Kept};
use crate::rules::import::{self, MenuFile};
use crate::rules::overrides::{self, PriceBounds};
use crate::{db, events, menus};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kirana_contracts::menu::{Menu, MovingPrices};
use kirana_contracts::store_info::StoreInfo;
use kirana_edge::{Caller, Json, Path, Problem, RequestId, Result, call, clock, principal};
use kirana_events::EventData;
use kirana_kernel::{Id, Role};
use menus::MenuInfo;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::HashMap;
use utoipa::ToSchema;
use worker::Env;

/// A resolved menu as it is sent, and the versions of what it was made of.
#[derive(Clone)]
struct Resolved {
    versions: [i64; 3],
    json: String,
    etag: String,
}

thread_local! {
    /// Resolved menus. Their owner is this worker, which asks for the versions each time: none is ever stale.
    static RESOLVED: RefCell<HashMap<Id, Resolved>> = RefCell::default();
}

/// What became of an import.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// The menu.
    pub menu_id: Id,
    /// Products on it.
    pub products: usize,
    /// Variants of them.
    pub variants: usize,
    /// Modifier groups.
    pub modifier_groups: usize,
}

/// The chain's menus.
///
/// # Errors
/// 403 for all but admins.
#[utoipa::path(get, path = "/api/v1/menus", tag = "catalog",
    responses((status = 200, body = Vec<MenuInfo>), (status = 403, body = Problem)))]
#[worker::send]
pub async fn list(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<Vec<MenuInfo>>> {
    caller.require(&[Role::Admin])?;
    Ok(Json(menus::all(&env).await?))
}

/// Sets how far the stores of a menu may go from its prices. What they have set already stays; what they set from now on is held to it.
///
/// # Errors
/// 404 for a menu that is not there, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/menus/{id}/bounds", tag = "catalog", params(("id" = Id, Path, description = "The menu")),
    request_body = PriceBounds,
    responses((status = 200, body = PriceBounds), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn set_bounds(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Json(body): Json<PriceBounds>,
) -> Result<Json<PriceBounds>> {
    caller.require(&[Role::Admin])?;
    let faults = body.faults();
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    if !menus::set_bounds(&env, id, body).await? {
        return Err(Problem::not_found("there is no such menu"));
    }
    Ok(Json(body))
}

/// Imports a menu, or replaces the one of the same name.
///
/// # Errors
/// 422 `invalid_body` naming every fault with the way to it; then nothing is imported.
#[utoipa::path(post, path = "/api/v1/catalog/import", tag = "catalog", request_body = MenuFile,
    responses((status = 200, body = ImportReport), (status = 403, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn import_menu(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Json(file): Json<MenuFile>,
) -> Result<Json<ImportReport>> {
    caller.require(&[Role::Admin])?;
    let (groups, products) = import::read(&file).map_err(Problem::invalid_fields)?;
    let variants = products.iter().map(|product| product.variants.len()).sum();
    let name = file.name.trim();
    let known = menus::by_name(&env, name).await?;
    let menu_id = known.unwrap_or_else(clock::new_id);
    let (before, old_groups) = match known {
        Some(id) => {
            let groups = menus::menu(&env, id).await?.map(|menu| menu.modifier_groups);
            (db::kept_of_menu(&env, id).await?, groups.unwrap_or_default())
        }
        None => (Vec::new(), Vec::new()),
    };
    let after: Vec<Kept> = products
        .into_iter()
        .map(|product| {
            let kept = before.iter().find(|kept| kept.product.slug == product.slug);
            Kept { id: kept.map_or_else(clock::new_id, |kept| kept.id), retired: false, product }
        })
        .collect();
    let told = changes::of_menu(menu_id, (&before, &old_groups), (&after, &groups));
    let told = events::tell(told, None, &request_id)?;
    menus::replace(&env, (menu_id, name, file.currency), &groups, &after, told, clock::now()).await?;
    Ok(Json(ImportReport { menu_id, products: after.len(), variants, modifier_groups: groups.len() }))
}

/// Which menu a store gets.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MenuAssignment {
    /// The menu.
    pub menu_id: Id,
}

/// Gives a store its menu.
///
/// # Errors
/// 404 for a store that is not there, 422 for a menu that is not there or in another currency.
#[utoipa::path(put, path = "/api/v1/stores/{id}/menu", tag = "catalog", params(("id" = Id, Path, description = "The store")),
    request_body = MenuAssignment, responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn assign(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
    Json(body): Json<MenuAssignment>,
) -> Result<StatusCode> {
    caller.require(&[Role::Admin])?;
    let info = store_info(&env, store).await?;
    let menu = menus::menu(&env, body.menu_id).await?;
    let menu = menu.ok_or_else(|| Problem::invalid_field("menu_id", "there is no such menu"))?;
    if menu.currency != info.currency {
        let message = format!("the menu is in {}, the store sells in {}", menu.currency, info.currency);
        return Err(Problem::invalid_field("menu_id", message));
    }
    menus::assign(&env, store, body.menu_id, &info.tax).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A store's resolved menu: everything that ordering needs, with an ETag.
///
/// # Errors
/// 404 for a store that is not there or has no menu.
#[utoipa::path(get, path = "/api/v1/stores/{id}/menu", tag = "catalog", params(("id" = Id, Path, description = "The store")),
    responses((status = 200, body = Menu), (status = 304), (status = 404, body = Problem)))]
#[worker::send]
pub async fn menu(State(env): State<Env>, Path(store): Path<Id>, headers: HeaderMap) -> Result<Response> {
    let Resolved { json, etag, .. } = resolved(&env, store).await?;
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let unchanged = known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag));
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([("content-type", "application/json")], json).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=5, stale-while-revalidate=60"));
    if let Ok(etag) = etag.parse() {
        headers.insert(header::ETAG, etag);
    }
    Ok(response)
}

/// `GET /internal/stores/{id}/menu`: the same for other workers.
///
/// # Errors
/// 403 for all but workers, 404.
#[worker::send]
pub async fn internal(State(env): State<Env>, Caller(caller): Caller, Path(store): Path<Id>) -> Result<Response> {
    caller.require_service()?;
    let json = resolved(&env, store).await?.json;
    Ok(([("content-type", "application/json")], json).into_response())
}

/// `PUT /internal/stores/{id}/moving-prices`: prices that move by themselves, as pricing has them now. The menu is another with the next
/// request, if they are others.
///
/// # Errors
/// 403 for all but workers, 404 for a store without a menu.
#[worker::send]
pub async fn set_moving(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(store): Path<Id>,
    Json(wanted): Json<MovingPrices>,
) -> Result<Json<bool>> {
    caller.require_service()?;
    let recipe = menus::recipe(&env, store).await?;
    let recipe = recipe.ok_or_else(|| Problem::not_found("there is no such store, or it has no menu yet"))?;
    let menu = menus::menu(&env, recipe.menu).await?.ok_or_else(|| Problem::internal("the store's menu is gone"))?;
    let before = menus::moving(&env, store, menu.currency).await?;
    if before == wanted.prices {
        return Ok(Json(false));
    }
    let own = menus::overrides(&env, store, menu.currency).await?;
    let mut products = db::products_of_menu(&env, recipe.menu).await?;
    overrides::apply(&mut products, &mut [], &own);
    let changes = overrides::moves(recipe.menu, store, &products, &before, &wanted.prices);
    let told = events::tell(changes.into_iter().map(EventData::PriceChanged).collect(), Some(store), &request_id)?;
    menus::set_moving(&env, store, &wanted.prices, told).await?;
    Ok(Json(true))
}

/// A store, as stores has it now.
///
/// # Errors
/// 404 for a store that is not there.
pub async fn store_info(env: &Env, store: Id) -> Result<StoreInfo> {
    call::service(env, "STORES", &principal::service("catalog")).get(&format!("/internal/stores/{store}")).await
}

async fn resolved(env: &Env, store: Id) -> Result<Resolved> {
    let recipe = menus::recipe(env, store).await?;
    let recipe = recipe.ok_or_else(|| Problem::not_found("there is no such store, or it has no menu yet"))?;
    let kept = RESOLVED.with_borrow(|resolved| resolved.get(&store).cloned());
    if let Some(kept) = kept.filter(|kept| kept.versions == recipe.versions) {
        return Ok(kept);
    }
    let tax = match recipe.tax {
        Some(tax) => tax,
        // It got its menu before its events were heard of.
        None => store_info(env, store).await?.tax,
    };
    let menu = menus::menu(env, recipe.menu).await?.ok_or_else(|| Problem::internal("the store's menu is gone"))?;
    let (mut products, mut modifier_groups) = (db::products_of_menu(env, recipe.menu).await?, menu.modifier_groups);
    let own = menus::overrides(env, store, menu.currency).await?;
    let (sold_out, sold_out_modifiers) = overrides::apply(&mut products, &mut modifier_groups, &own);
    let currency = menu.currency;
    overrides::moved(&mut products, &menus::moving(env, store, currency).await?);
    let document = Menu { store_id: store, currency, tax, products, modifier_groups, sold_out, sold_out_modifiers };
    let json = serde_json::to_string(&document)?;
    let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&json)[..12]));
    // What was written between the versions and the rest is resolved anew by the next who asks: its versions are others.
    let resolved = Resolved { versions: recipe.versions, json, etag };
    RESOLVED.with_borrow_mut(|kept| {
        if kept.len() >= 200 {
            kept.clear();
        }
        kept.insert(store, resolved.clone())
    });
    Ok(resolved)
}
