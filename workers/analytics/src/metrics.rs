//! What Prometheus is told of orders.

use axum::extract::State;
use kirana_contracts::metrics::Series;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Result, params};
use serde::Deserialize;
use worker::Env;

/// `GET /internal/metrics`: orders by store and what became of them.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn metrics(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<Series>> {
    #[derive(Deserialize)]
    struct Row {
        store_id: String,
        placed: f64,
        paid: f64,
        completed: f64,
        cancelled: f64,
    }
    caller.require_service()?;
    let sql = "SELECT store_id, SUM(placed) AS placed, SUM(paid) AS paid, SUM(completed) AS completed, SUM(cancelled) AS cancelled
               FROM order_days GROUP BY store_id ORDER BY store_id LIMIT 5000";
    let mut series = Series::default();
    for row in Db::of(&env)?.all::<Row>(sql, params![]).await? {
        let states =
            [("placed", row.placed), ("paid", row.paid), ("completed", row.completed), ("cancelled", row.cancelled)];
        for (state, orders) in states {
            series.add("kirana_orders_total", &[("store", &row.store_id), ("state", state)], orders);
        }
    }
    Ok(Json(series))
}
