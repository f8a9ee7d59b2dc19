//! Stock that runs out, across stores: the read model.

use super::own_store;
use axum::extract::State;
use kirana_contracts::store_state::object_name;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Problem, Query, Result, params};
use kirana_kernel::{Id, Role};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

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
