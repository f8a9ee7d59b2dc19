//! What people who look after vending machines ask: what is to be brought, and whether the money is there.

use super::hub::{hub_of, own};
use axum::extract::State;
use kirana_devices::hub::{Restock, Takings};
use kirana_edge::{Caller, Path, Problem, RawJson, Result};
use kirana_kernel::Id;
use worker::Env;

/// What a machine took in cash and without, day by day, what should be in its box, and what somebody found in it.
///
/// # Errors
/// 404 for what is not the caller's or was never claimed.
#[utoipa::path(get, path = "/api/v1/devices/{id}/takings", tag = "devices", params(("id" = Id, Path, description = "The machine")),
    responses((status = 200, body = Takings), (status = 404, body = Problem)))]
#[worker::send]
pub async fn takings(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<RawJson> {
    let device = own(&env, &caller, id).await?;
    hub_of(&env, device.store_number).get(&format!("/devices/{id}/takings")).await
}

/// What is to be brought to a machine: columns that are not full, or blocked, and how much of what that is.
///
/// # Errors
/// 404 for what is not the caller's or was never claimed.
#[utoipa::path(get, path = "/api/v1/devices/{id}/restock", tag = "devices", params(("id" = Id, Path, description = "The machine")),
    responses((status = 200, body = Restock), (status = 404, body = Problem)))]
#[worker::send]
pub async fn restock(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<RawJson> {
    let device = own(&env, &caller, id).await?;
    hub_of(&env, device.store_number).get(&format!("/devices/{id}/restock")).await
}
