//! A store's stock, for the people who work there.

use axum::extract::State;
use http::StatusCode;
use kirana_contracts::store_info::StoreInfo;
use kirana_contracts::store_state::{Adjustment, Receipt, StockLevel, StockSetup, object_name};
use kirana_edge::call::{self, Callee};
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Path, Principal, Problem, Query, Result, params, principal};
use kirana_kernel::{Id, Role};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// The store's data, if the caller works there.
async fn own_store(env: &Env, caller: &Principal, store: Id) -> Result<StoreInfo> {
    let info: StoreInfo = call::service(env, "STORES", &principal::service("inventory"))
        .get(&format!("/internal/stores/{store}"))
        .await?;
    if caller.may_work_in(info.id, info.franchisee_id) {
        Ok(info)
    } else {
        Err(Problem::not_found("there is no such store"))
    }
}

async fn object<'a>(env: &'a Env, caller: &Principal, store: Id) -> Result<Callee<'a>> {
    let info = own_store(env, caller, store).await?;
    Ok(call::object(env, "STORE_STATE", object_name(info.number), caller))
}

/// What a store has, now and exactly.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/inventory/{store_id}", tag = "inventory", params(("store_id" = Id, Path, description = "The store")),
    responses((status = 200, body = Vec<StockLevel>), (status = 404, body = Problem)))]
#[worker::send]
pub async fn levels(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
) -> Result<Json<Vec<StockLevel>>> {
    Ok(Json(object(&env, &caller, store).await?.get("/stock").await?))
}

/// Puts stock items and recipes in place; those that exist are replaced.
///
/// # Errors
/// 404 for a store that is not the caller's, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/inventory/{store_id}/setup", tag = "inventory", params(("store_id" = Id, Path, description = "The store")),
    request_body = StockSetup, responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn setup(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
    Json(body): Json<StockSetup>,
) -> Result<StatusCode> {
    let _: bool = object(&env, &caller, store).await?.post("/setup", &body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Goods that came into a store.
#[derive(Debug, Deserialize, ToSchema)]
pub struct StockMovement {
    /// The store.
    pub store_id: Id,
    /// What came.
    #[serde(flatten)]
    pub receipt: Receipt,
}

/// Takes goods in as a batch.
///
/// # Errors
/// 404 for a store that is not the caller's or a stock item that is not there, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/inventory/stock-movement", tag = "inventory", request_body = StockMovement,
    responses((status = 201, body = StockLevel), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn receive(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(body): Json<StockMovement>,
) -> Result<(StatusCode, Json<StockLevel>)> {
    let level = object(&env, &caller, body.store_id).await?.post("/receive", &body.receipt).await?;
    Ok((StatusCode::CREATED, Json(level)))
}

/// Corrects a count, with a reason.
///
/// # Errors
/// 404 for a store that is not the caller's or a stock item that is not there, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/inventory/{store_id}/adjust", tag = "inventory", params(("store_id" = Id, Path, description = "The store")),
    request_body = Adjustment, responses((status = 200, body = StockLevel), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn adjust(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
    Json(body): Json<Adjustment>,
) -> Result<Json<StockLevel>> {
    Ok(Json(object(&env, &caller, store).await?.post("/adjust", &body).await?))
}

/// Whether a store's ledger of stock and orders is sound.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Invariants {
    /// What is wrong; nothing, always.
    pub violations: Vec<String>,
    /// Events that wait for somebody's acknowledgement.
    pub outbox_depth: u64,
}

/// Checks a store's invariants.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/inventory/{store_id}/invariants", tag = "inventory", params(("store_id" = Id, Path, description = "The store")),
    responses((status = 200, body = Invariants), (status = 404, body = Problem)))]
#[worker::send]
pub async fn invariants(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
) -> Result<Json<Invariants>> {
    Ok(Json(object(&env, &caller, store).await?.get("/invariants").await?))
}

/// Whose low stock.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LowStockQuery {
    /// The store; without it the whole chain, for admins.
    pub store_id: Option<Id>,
}

/// A stock item that is low or gone, in the read model.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct LowStock {
    /// The store's object, `store-<number>`.
    pub source: String,
    /// The stock item.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// What can still be sold.
    pub available: i64,
    /// At or below this much, somebody should reorder.
    pub low_stock_threshold: i64,
}

/// Stock that is at or below its threshold; seconds behind the stores.
///
/// # Errors
/// 403 for all stores without being an admin, 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/inventory/low-stock-alerts", tag = "inventory", params(LowStockQuery),
    responses((status = 200, body = Vec<LowStock>), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn low_stock(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<LowStockQuery>,
) -> Result<Json<Vec<LowStock>>> {
    let source = match query.store_id {
        Some(store) => Some(object_name(own_store(&env, &caller, store).await?.number)),
        None => {
            caller.require(&[Role::Admin])?;
            None
        }
    };
    let rows = Db::of(&env)?
        .all(
            "SELECT source, sku, name, on_hand - reserved AS available, low_stock_threshold FROM stock_levels
             WHERE on_hand - reserved <= low_stock_threshold AND (?1 IS NULL OR source = ?1) ORDER BY source, sku LIMIT 500",
            params![source],
        )
        .await?;
    Ok(Json(rows))
}
