//! What Prometheus is told of payments.

use axum::extract::State;
use kirana_contracts::metrics::Series;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Result, outbox, params};
use serde::Deserialize;
use worker::Env;

/// `GET /internal/metrics`: payments by gateway and status, and events that wait.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn metrics(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<Series>> {
    #[derive(Deserialize)]
    struct Row {
        gateway: String,
        status: String,
        payments: f64,
    }
    caller.require_service()?;
    let sql = "SELECT gateway, status, COUNT(*) AS payments FROM payments GROUP BY gateway, status";
    let mut series = Series::default();
    for row in Db::of(&env)?.all::<Row>(sql, params![]).await? {
        series.add("kirana_payments", &[("gateway", &row.gateway), ("status", &row.status)], row.payments);
    }
    #[allow(clippy::cast_precision_loss)] // a count of events
    series.add("kirana_outbox_waiting", &[("worker", "payments")], outbox::depth(&env).await? as f64);
    Ok(Json(series))
}
