//! Stores around a place.

use super::stores::Store;
use crate::db;
use axum::extract::State;
use kirana_edge::{Json, Problem, Query, Result};
use kirana_kernel::Position;
use serde::Deserialize;
use utoipa::IntoParams;
use worker::Env;

/// A place to look around.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NearbyQuery {
    /// Degrees north.
    #[param(minimum = -90, maximum = 90)]
    pub lat: f64,
    /// Degrees east.
    #[param(minimum = -180, maximum = 180)]
    pub lng: f64,
    /// Kilometres around, 25 if not given.
    #[param(minimum = 1, maximum = 500)]
    pub radius_km: Option<f64>,
}

/// Stores around a place, the nearest first, 20 at most.
///
/// # Errors
/// 400 for what is no place on the globe.
#[utoipa::path(get, path = "/api/v1/stores/nearby", tag = "stores", params(NearbyQuery),
    responses((status = 200, body = Vec<Store>), (status = 400, body = Problem)))]
#[worker::send]
pub async fn nearby(State(env): State<Env>, Query(query): Query<NearbyQuery>) -> Result<Json<Vec<Store>>> {
    let place = Position { latitude: query.lat, longitude: query.lng };
    let radius_km = query.radius_km.unwrap_or(25.0);
    if !place.is_valid() || !(1.0..=500.0).contains(&radius_km) {
        return Err(Problem::bad_request(
            "invalid_query",
            "expected lat -90 to 90, lng -180 to 180, radius_km 1 to 500",
        ));
    }
    let mut stores = db::around(&env, place, radius_km).await?;
    for store in &mut stores {
        store.distance_m = Some(store.details.position.distance_m(&place).round());
    }
    stores.retain(|store| store.distance_m.is_some_and(|distance| distance <= radius_km * 1_000.0));
    stores.sort_by(|a, b| a.distance_m.partial_cmp(&b.distance_m).unwrap_or(std::cmp::Ordering::Equal));
    stores.truncate(20);
    Ok(Json(stores))
}
