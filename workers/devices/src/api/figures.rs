//! Figures of all devices by their kind: for people, and for Prometheus.

use crate::db::figures::{self, KindFigures};
use axum::extract::State;
use kirana_contracts::metrics::Series;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Problem, Query, Result, clock};
use kirana_kernel::Id;
use serde::Deserialize;
use utoipa::IntoParams;
use worker::Env;

/// Of which store.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FiguresQuery {
    /// Of this store; of all that the caller works in without.
    pub store_id: Option<Id>,
}

/// How the devices of each kind stand, and what happened to them in the last seven days.
///
/// # Errors
/// 400 `invalid_query`.
#[utoipa::path(get, path = "/api/v1/devices/metrics", tag = "devices", params(FiguresQuery),
    responses((status = 200, body = Vec<KindFigures>), (status = 400, body = Problem)))]
#[worker::send]
pub async fn figures(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<FiguresQuery>,
) -> Result<Json<Vec<KindFigures>>> {
    Ok(Json(figures::of(&Db::of(&env)?, &caller, query.store_id, clock::now()).await?))
}

/// `GET /internal/metrics`: devices by kind and whether they are there, and what happened to them.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn metrics(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<Series>> {
    caller.require_service()?;
    Ok(Json(figures::series(&Db::of(&env)?).await?))
}
