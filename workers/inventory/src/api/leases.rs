//! Stock that devices sell on their own, and goods that were sold beyond the books.

use super::{key_of, object};
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use kirana_contracts::stock::{Lease, LeaseRequest, LeaseSales, TransferLine, Variance};
use kirana_edge::{Caller, Json, Path, Problem, Query, RawJson, Result};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// Leases stock to a machine or counter that may lose its line: nobody else can sell it until the lease ends.
///
/// # Errors
/// 404 for a store that is not the caller's, 409 `out_of_stock`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/inventory/{store_id}/leases", tag = "inventory", params(("store_id" = Id, Path, description = "The store"),
        ("Idempotency-Key" = String, Header, description = "New for each lease, the same for each repetition")),
    request_body = LeaseRequest,
    responses((status = 201, body = Lease), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn grant(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
    headers: HeaderMap,
    Json(body): Json<LeaseRequest>,
) -> Result<(StatusCode, RawJson)> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok());
    Ok((StatusCode::CREATED, object(&env, &caller, store).await?.keyed(key).post("/leases", &body).await?))
}

/// A lease.
///
/// # Errors
/// 404 for what is not the caller's.
#[utoipa::path(get, path = "/api/v1/inventory/{store_id}/leases/{id}", tag = "inventory",
    params(("store_id" = Id, Path, description = "The store"), ("id" = Id, Path, description = "The lease")),
    responses((status = 200, body = Lease), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Caller(caller): Caller, Path((store, id)): Path<(Id, Id)>) -> Result<RawJson> {
    object(&env, &caller, store).await?.get(&format!("/leases/{id}")).await
}

/// Until when a lease is needed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaseExtension {
    /// Later than it was, and within seven days.
    pub until: Timestamp,
}

/// Extends a lease. The same again is refused: it is extended already.
///
/// # Errors
/// 404 for what is not the caller's, 409 `conflict` when it is over, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/inventory/{store_id}/leases/{id}/extend", tag = "inventory",
    params(("store_id" = Id, Path, description = "The store"), ("id" = Id, Path, description = "The lease")), request_body = LeaseExtension,
    responses((status = 200, body = Lease), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn extend(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((store, id)): Path<(Id, Id)>,
    Json(body): Json<LeaseExtension>,
) -> Result<RawJson> {
    object(&env, &caller, store).await?.post(&format!("/leases/{id}/extend"), &body).await
}

/// What a device needs no more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaseRelease {
    /// Item by item, at most what is leased and not sold.
    #[schema(min_items = 1)]
    pub lines: Vec<TransferLine>,
}

/// Gives a part of a lease back: everybody can sell it again.
///
/// # Errors
/// 404 for what is not the caller's, 409 `conflict` when it is over, 422 `invalid_body` or `idempotency_key_reused`.
#[utoipa::path(post, path = "/api/v1/inventory/{store_id}/leases/{id}/release", tag = "inventory",
    params(("store_id" = Id, Path, description = "The store"), ("id" = Id, Path, description = "The lease"),
        ("Idempotency-Key" = String, Header, description = "New for each part, the same for each repetition")),
    request_body = LeaseRelease,
    responses((status = 200, body = Lease), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn release(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((store, id)): Path<(Id, Id)>,
    headers: HeaderMap,
    Json(body): Json<LeaseRelease>,
) -> Result<RawJson> {
    let object = object(&env, &caller, store).await?.keyed(Some(key_of(&headers)));
    object.post(&format!("/leases/{id}/release"), &body.lines).await
}

/// What a device sold of its lease.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaseReport {
    /// The device, which must be the lease's.
    pub device_id: Id,
    /// Its counters.
    pub sales: LeaseSales,
}

/// Takes a device's counters: they only grow, so the same report twice changes nothing.
///
/// # Errors
/// 404 for what is not the caller's or the device's, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/inventory/{store_id}/leases/{id}/sales", tag = "inventory",
    params(("store_id" = Id, Path, description = "The store"), ("id" = Id, Path, description = "The lease")), request_body = LeaseReport,
    responses((status = 200, body = Lease), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn report(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((store, id)): Path<(Id, Id)>,
    Json(body): Json<LeaseReport>,
) -> Result<RawJson> {
    object(&env, &caller, store).await?.post(&format!("/leases/{id}/sales"), &body).await
}

/// Which variances.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VarianceQuery {
    /// Also those that somebody has looked into?
    pub all: Option<bool>,
}

/// Goods that were sold though the books did not have them.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/inventory/{store_id}/variances", tag = "inventory",
    params(("store_id" = Id, Path, description = "The store"), VarianceQuery),
    responses((status = 200, body = Vec<Variance>), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn variances(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
    Query(query): Query<VarianceQuery>,
) -> Result<RawJson> {
    let path = if query.all == Some(true) { "/variances?all" } else { "/variances" };
    object(&env, &caller, store).await?.get(path).await
}

/// What somebody found.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolution {
    /// In their words.
    pub resolution: String,
}

/// Closes a variance with what was found.
///
/// # Errors
/// 404 for what is not the caller's or not open, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/inventory/{store_id}/variances/{number}", tag = "inventory",
    params(("store_id" = Id, Path, description = "The store"), ("number" = i64, Path, description = "The variance")), request_body = Resolution,
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn resolve(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((store, number)): Path<(Id, i64)>,
    Json(body): Json<Resolution>,
) -> Result<StatusCode> {
    let _: RawJson = object(&env, &caller, store).await?.post(&format!("/variances/{number}"), &body).await?;
    Ok(StatusCode::NO_CONTENT)
}
