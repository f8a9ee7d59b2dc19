//! Menus: importing them, giving them to stores, and a store's resolved menu.

use crate::db;
use crate::import::{self, MenuFile};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use kirana_contracts::menu::Menu;
use kirana_contracts::store_info::StoreInfo;
use kirana_edge::{Caller, Json, Path, Problem, Result, call, clock, principal};
use kirana_kernel::{Id, Role, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;
use utoipa::ToSchema;
use worker::Env;

/// How long a resolved menu is served from the isolate.
const FRESH: Duration = Duration::from_secs(5);

thread_local! {
    /// Resolved menus as they are sent: JSON and its ETag. Their owner is this worker; five seconds their staleness.
    static RESOLVED: RefCell<HashMap<Id, (Timestamp, String, String)>> = RefCell::default();
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
    Json(file): Json<MenuFile>,
) -> Result<Json<ImportReport>> {
    caller.require(&[Role::Admin])?;
    let (groups, products) = import::read(&file).map_err(Problem::invalid_fields)?;
    let menu_id = db::replace_menu(&env, file.name.trim(), file.currency, &groups, &products).await?;
    RESOLVED.with_borrow_mut(HashMap::clear);
    let variants = products.iter().map(|product| product.variants.len()).sum();
    Ok(Json(ImportReport { menu_id, products: products.len(), variants, modifier_groups: groups.len() }))
}

/// Which menu a store gets.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The menu.
    pub menu_id: Id,
}

/// Gives a store its menu.
///
/// # Errors
/// 404 for a store that is not there, 422 for a menu that is not there or in another currency.
#[utoipa::path(put, path = "/api/v1/stores/{id}/menu", tag = "catalog", params(("id" = Id, Path, description = "The store")),
    request_body = Assignment, responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn assign(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
    Json(body): Json<Assignment>,
) -> Result<StatusCode> {
    caller.require(&[Role::Admin])?;
    let info = store_info(&env, store).await?;
    let menu = db::menu(&env, body.menu_id).await?;
    let menu = menu.ok_or_else(|| Problem::invalid_field("menu_id", "there is no such menu"))?;
    if menu.currency != info.currency {
        let message = format!("the menu is in {}, the store sells in {}", menu.currency, info.currency);
        return Err(Problem::invalid_field("menu_id", message));
    }
    db::assign(&env, store, body.menu_id).await?;
    RESOLVED.with_borrow_mut(|resolved| resolved.remove(&store));
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
    let (json, etag) = resolved(&env, store).await?;
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
    let (json, _) = resolved(&env, store).await?;
    Ok(([("content-type", "application/json")], json).into_response())
}

async fn store_info(env: &Env, store: Id) -> Result<StoreInfo> {
    call::service(env, "STORES", &principal::service("catalog")).get(&format!("/internal/stores/{store}")).await
}

async fn resolved(env: &Env, store: Id) -> Result<(String, String)> {
    let now = clock::now();
    let kept = RESOLVED.with_borrow(|resolved| resolved.get(&store).filter(|(at, ..)| now.since(*at) < FRESH).cloned());
    if let Some((_, json, etag)) = kept {
        return Ok((json, etag));
    }
    let info = store_info(env, store).await?;
    let menu_id = db::menu_of(env, store).await?.ok_or_else(|| Problem::not_found("this store has no menu yet"))?;
    let menu = db::menu(env, menu_id).await?.ok_or_else(|| Problem::internal("the store's menu is gone"))?;
    let products = db::products_of_menu(env, menu_id).await?;
    let document = Menu {
        store_id: store,
        currency: menu.currency,
        tax: info.tax,
        products,
        modifier_groups: menu.modifier_groups,
    };
    let json = serde_json::to_string(&document)?;
    let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&json)[..12]));
    RESOLVED.with_borrow_mut(|resolved| {
        if resolved.len() >= 200 {
            resolved.clear();
        }
        resolved.insert(store, (now, json.clone(), etag.clone()))
    });
    Ok((json, etag))
}
