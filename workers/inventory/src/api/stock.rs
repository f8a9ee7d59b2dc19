//! A store's stock, now and exactly.

use super::object;
use axum::extract::State;
use http::StatusCode;
use kirana_contracts::stock::{Batch, IssuePolicy, StockItem, StockLevel, StockSetup, Unit, Usage};
use kirana_edge::{Caller, Json, Path, Problem, Query, RawJson, Result};
use kirana_kernel::Id;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// What a store has, now and exactly.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/inventory/{store_id}", tag = "inventory", params(("store_id" = Id, Path, description = "The store")),
    responses((status = 200, body = Vec<StockLevel>), (status = 404, body = Problem)))]
#[worker::send]
pub async fn levels(State(env): State<Env>, Caller(caller): Caller, Path(store): Path<Id>) -> Result<RawJson> {
    object(&env, &caller, store).await?.get("/stock").await
}

/// One stock item of a store.
///
/// # Errors
/// 404 for a store that is not the caller's, or an item it does not keep.
#[utoipa::path(get, path = "/api/v1/inventory/{store_id}/{sku}", tag = "inventory",
    params(("store_id" = Id, Path, description = "The store"), ("sku" = String, Path, description = "The stock item")),
    responses((status = 200, body = StockLevel), (status = 404, body = Problem)))]
#[worker::send]
pub async fn level(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((store, sku)): Path<(Id, String)>,
) -> Result<RawJson> {
    object(&env, &caller, store).await?.get(&format!("/stock/{}", escape(&sku))).await
}

/// A part of a path, whatever is in it.
pub fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// How a stock item is kept; its sku is in the path.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemSettings {
    /// Its name.
    pub name: String,
    /// What it is counted in.
    pub unit: Unit,
    /// At or below this much available, somebody should reorder.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub low_stock_threshold: i64,
    /// Which batch goes out first.
    #[serde(default)]
    pub policy: IssuePolicy,
    /// What one piece is in the item's unit, where it is weighed or measured.
    #[serde(default)]
    pub piece_size: Option<i64>,
    /// Hours before a batch expires that the store is warned.
    #[serde(default = "a_day")]
    pub near_expiry_hours: i64,
    /// Reorder so that it lasts this many days.
    #[serde(default)]
    pub cover_days: Option<i64>,
}

const fn a_day() -> i64 {
    24
}

/// Puts one stock item in place, or changes how it is kept.
///
/// # Errors
/// 404 for a store that is not the caller's, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/inventory/{store_id}/{sku}", tag = "inventory",
    params(("store_id" = Id, Path, description = "The store"), ("sku" = String, Path, description = "The stock item")),
    request_body = ItemSettings,
    responses((status = 200, body = StockLevel), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn keep(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((store, sku)): Path<(Id, String)>,
    Json(body): Json<ItemSettings>,
) -> Result<RawJson> {
    let item = StockItem {
        sku: sku.clone(),
        name: body.name,
        unit: body.unit,
        low_stock_threshold: body.low_stock_threshold,
        policy: body.policy,
        piece_size: body.piece_size,
        near_expiry_hours: body.near_expiry_hours,
        cover_days: body.cover_days,
    };
    let object = object(&env, &caller, store).await?;
    let _: RawJson = object.post("/setup", &StockSetup { items: vec![item], recipes: Vec::new() }).await?;
    object.get(&format!("/stock/{}", escape(&sku))).await
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
    let _: RawJson = object(&env, &caller, store).await?.post("/setup", &body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which batches.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BatchQuery {
    /// Of this stock item; of all without it.
    pub sku: Option<String>,
}

/// Batches that a store has stock of, with their dates, origins and worth.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/inventory/{store_id}/batches", tag = "inventory",
    params(("store_id" = Id, Path, description = "The store"), BatchQuery),
    responses((status = 200, body = Vec<Batch>), (status = 404, body = Problem)))]
#[worker::send]
pub async fn batches(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
    Query(query): Query<BatchQuery>,
) -> Result<RawJson> {
    let filter = query.sku.map_or_else(String::new, |sku| format!("?sku={}", escape(&sku)));
    object(&env, &caller, store).await?.get(&format!("/batches{filter}")).await
}

/// How fast each stock item goes by actual sales, how long it lasts, and what is missing of it.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/inventory/{store_id}/usage", tag = "inventory", params(("store_id" = Id, Path, description = "The store")),
    responses((status = 200, body = Vec<Usage>), (status = 404, body = Problem)))]
#[worker::send]
pub async fn usage(State(env): State<Env>, Caller(caller): Caller, Path(store): Path<Id>) -> Result<RawJson> {
    object(&env, &caller, store).await?.get("/usage").await
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
pub async fn invariants(State(env): State<Env>, Caller(caller): Caller, Path(store): Path<Id>) -> Result<RawJson> {
    object(&env, &caller, store).await?.get("/invariants").await
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn a_sku_cannot_leave_its_place_in_the_path() {
        assert_eq!(escape("golden bubble/medium?x=1#y"), "golden%20bubble/medium%3Fx%3D1%23y");
        assert_eq!(escape("ชา"), "%E0%B8%8A%E0%B8%B2");
    }
}
