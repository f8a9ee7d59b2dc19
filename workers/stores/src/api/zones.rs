//! Where a store delivers, and for what: everybody sees it, who leads the store draws it.

use super::stores::{Store, own, unknown};
use crate::db::zones as db;
use crate::rules::zones::{MAX_ZONES, ZoneDetails};
use crate::{db as stores, events};
use axum::extract::State;
use http::StatusCode;
use kirana_contracts::delivery_zone::DeliveryZone;
use kirana_edge::{Caller, Json, Path, Principal, Problem, RequestId, Result, clock};
use kirana_kernel::{Id, Role};
use worker::Env;

/// A store's delivery zones, 30 at most, by their names. Without any, it delivers anywhere for its flat fee.
///
/// # Errors
/// 404 for a store that is not there.
#[utoipa::path(get, path = "/api/v1/stores/{id}/delivery-zones", tag = "stores", params(("id" = Id, Path, description = "The store")),
    responses((status = 200, body = Vec<DeliveryZone>), (status = 404, body = Problem)))]
#[worker::send]
pub async fn list(State(env): State<Env>, Path(id): Path<Id>) -> Result<Json<Vec<DeliveryZone>>> {
    let store = stores::by_id(&env, id).await?.ok_or_else(unknown)?;
    Ok(Json(db::of_store(&env, id, store.details.currency).await?))
}

/// Draws a delivery zone. Orders hear of it within five seconds; from the first zone on, the store delivers nowhere else.
///
/// # Errors
/// 404 for a store that is not the caller's, 409 `name_taken`, 409 `too_many_zones`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/stores/{id}/delivery-zones", tag = "stores", params(("id" = Id, Path, description = "The store")),
    request_body = ZoneDetails,
    responses((status = 201, body = DeliveryZone), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn draw(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    Json(body): Json<ZoneDetails>,
) -> Result<(StatusCode, Json<DeliveryZone>)> {
    let (store, zones) = led(&env, id, &caller).await?;
    checked(&body, &store)?;
    // Two who draw at the same moment may make one more than this: the bound is for who reads them, not a promise.
    if zones.len() >= MAX_ZONES {
        let detail = format!("a store has {MAX_ZONES} delivery zones at most: remove one first");
        return Err(Problem::conflict("too_many_zones", detail));
    }
    let zone = body.named(clock::new_id());
    db::put(&env, id, &zone, events::zone(id, &zone, false, &request_id)?).await?;
    Ok((StatusCode::CREATED, Json(zone)))
}

/// Changes a delivery zone. What was quoted within it is kept to until the quote runs out.
///
/// # Errors
/// 404 for a store that is not the caller's or a zone that is not there, 409 `name_taken`, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/stores/{id}/delivery-zones/{zone_id}", tag = "stores",
    params(("id" = Id, Path, description = "The store"), ("zone_id" = Id, Path, description = "The zone")),
    request_body = ZoneDetails,
    responses((status = 200, body = DeliveryZone), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn change(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((id, zone)): Path<(Id, Id)>,
    Json(body): Json<ZoneDetails>,
) -> Result<Json<DeliveryZone>> {
    let (store, zones) = led(&env, id, &caller).await?;
    let before = zones.into_iter().find(|one| one.id == zone).ok_or_else(nowhere)?;
    checked(&body, &store)?;
    let zone = body.named(zone);
    if zone != before {
        db::put(&env, id, &zone, events::zone(id, &zone, false, &request_id)?).await?;
    }
    Ok(Json(zone))
}

/// Removes a delivery zone. Without any zone left, the store delivers anywhere for its flat fee again.
///
/// # Errors
/// 404 for a store that is not the caller's or a zone that is not there.
#[utoipa::path(delete, path = "/api/v1/stores/{id}/delivery-zones/{zone_id}", tag = "stores",
    params(("id" = Id, Path, description = "The store"), ("zone_id" = Id, Path, description = "The zone")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn remove(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((id, zone)): Path<(Id, Id)>,
) -> Result<StatusCode> {
    let (_, zones) = led(&env, id, &caller).await?;
    let zone = zones.into_iter().find(|one| one.id == zone).ok_or_else(nowhere)?;
    db::remove(&env, zone.id, events::zone(id, &zone, true, &request_id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn nowhere() -> Problem {
    Problem::not_found("the store has no such delivery zone")
}

/// A store that the caller leads, with its zones.
async fn led(env: &Env, id: Id, caller: &Principal) -> Result<(Store, Vec<DeliveryZone>)> {
    caller.require(&[Role::Manager, Role::Owner, Role::Admin])?;
    let store = own(env, id, caller).await?;
    let zones = db::of_store(env, id, store.details.currency).await?;
    Ok((store, zones))
}

fn checked(body: &ZoneDetails, store: &Store) -> Result<()> {
    let faults = body.faults(store.details.position, store.details.currency);
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid_fields(faults)) }
}
