//! Stock that runs out, across stores: the read model.

use super::own_place;
use crate::db::{self, Scope, StockFilter};
use axum::extract::State;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Problem, Query, Result};
use kirana_kernel::Id;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// Whose low stock.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LowStockQuery {
    /// The store or warehouse; without it all that the caller works in.
    pub store_id: Option<Id>,
}

/// A stock item that is low or gone, in the read model.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct LowStock {
    /// The place's object, `store-<number>` or `warehouse-<number>`.
    pub source: String,
    /// The store or warehouse.
    pub place_id: String,
    /// Its name.
    pub place: String,
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
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/inventory/low-stock-alerts", tag = "inventory", params(LowStockQuery),
    responses((status = 200, body = Vec<LowStock>), (status = 404, body = Problem)))]
#[worker::send]
pub async fn low_stock(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<LowStockQuery>,
) -> Result<Json<Vec<LowStock>>> {
    let scope = match query.store_id {
        Some(store) => Scope::only(own_place(&env, &caller, store).await?.id),
        None => Scope::of(&caller),
    };
    let filter = StockFilter { low: true, limit: 500, ..StockFilter::default() };
    let rows = db::stock(&Db::of(&env)?, &scope, &filter).await?;
    let told = |row: db::StockRow| LowStock {
        source: row.source,
        place_id: row.place_id,
        place: row.place,
        sku: row.sku,
        name: row.name,
        available: row.on_hand - row.reserved,
        low_stock_threshold: row.low_stock_threshold,
    };
    Ok(Json(rows.into_iter().take(500).map(told).collect()))
}
