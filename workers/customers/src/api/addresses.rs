//! Where things are brought to somebody: many addresses, one default. Sealed at rest.

use crate::api::require_self_or;
use crate::db;
use crate::rules::people::{Address, MAX_ADDRESSES, address_faults};
use axum::extract::State;
use http::StatusCode;
use kirana_edge::db::{Db, Statement, required_change_missing};
use kirana_edge::sealed::vault;
use kirana_edge::{Caller, Json, Path, Problem, Result, clock};
use kirana_kernel::{Id, Role};
use kirana_vault::Place;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// An address of somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddressInfo {
    /// Its id.
    pub id: Id,
    /// Is it the one that is meant when none is named?
    pub is_default: bool,
    /// Where.
    pub address: Address,
}

/// An address to be kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressPut {
    /// Where.
    pub address: Address,
    /// Shall it be the one that is meant when none is named? The first always is.
    #[serde(default)]
    pub is_default: bool,
}

fn place(id: &str) -> Place<'_> {
    Place("addresses", "sealed", id)
}

async fn all(env: &Env, user: Id) -> Result<Vec<AddressInfo>> {
    let vault = vault(env)?;
    let open = |kept: db::Kept| {
        let text = vault.open(&kept.sealed, place(&kept.id.to_string())).map_err(Problem::internal)?;
        Ok(AddressInfo { id: kept.id, is_default: kept.is_default, address: serde_json::from_str(&text)? })
    };
    db::addresses(&Db::of(env)?, user).await?.into_iter().map(open).collect()
}

fn put(env: &Env, user: Id, id: Id, body: &AddressPut) -> Result<Vec<Statement>> {
    let faults = address_faults(&body.address);
    if !faults.is_empty() {
        let under = |fault: kirana_edge::FieldError| kirana_edge::FieldError {
            path: format!("address.{}", fault.path),
            ..fault
        };
        return Err(Problem::invalid_fields(faults.into_iter().map(under).collect()));
    }
    let text = serde_json::to_string(&body.address)?;
    let sealed = vault(env)?.seal(&text, place(&id.to_string()), clock::random()).map_err(Problem::internal)?;
    Ok(db::put_address(user, id, &sealed, body.is_default))
}

async fn run(env: &Env, statements: Vec<Statement>) -> Result<()> {
    match Db::of(env)?.batch(statements).await {
        Err(error) if required_change_missing(&error) => Err(Problem::not_found("there is no such address")),
        other => other.map(|_| ()).map_err(Into::into),
    }
}

/// Somebody's addresses, in the order they were added: one's own, or for support and admin anybody's.
///
/// # Errors
/// 404 for who is not the caller's to see.
#[utoipa::path(get, path = "/api/v1/customers/{id}/addresses", tag = "customers", params(("id" = Id, Path, description = "The customer")),
    responses((status = 200, body = Vec<AddressInfo>), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(user): Path<Id>,
) -> Result<Json<Vec<AddressInfo>>> {
    require_self_or(&caller, user, &[Role::Admin, Role::Support])?;
    Ok(Json(all(&env, user).await?))
}

/// Adds one of one's own addresses; the first is the default.
///
/// # Errors
/// 404 for anybody else, 409 `too_many_addresses`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/customers/{id}/addresses", tag = "customers", params(("id" = Id, Path, description = "The customer")),
    request_body = AddressPut,
    responses((status = 201, body = Vec<AddressInfo>), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)),
    security(("bearer" = [])))]
#[worker::send]
pub async fn add(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(user): Path<Id>,
    Json(body): Json<AddressPut>,
) -> Result<(StatusCode, Json<Vec<AddressInfo>>)> {
    require_self_or(&caller, user, &[])?;
    if db::addresses(&Db::of(&env)?, user).await?.len() >= MAX_ADDRESSES {
        let detail = format!("you have {MAX_ADDRESSES} addresses: remove one first");
        return Err(Problem::conflict("too_many_addresses", detail));
    }
    run(&env, put(&env, user, clock::new_id(), &body)?).await?;
    Ok((StatusCode::CREATED, Json(all(&env, user).await?)))
}

/// Changes one of one's own addresses. That it is the default is taken from it only by another.
///
/// # Errors
/// 404 for what is not one's own, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/customers/{id}/addresses/{address_id}", tag = "customers",
    params(("id" = Id, Path, description = "The customer"), ("address_id" = Id, Path, description = "The address")),
    request_body = AddressPut,
    responses((status = 200, body = Vec<AddressInfo>), (status = 404, body = Problem), (status = 422, body = Problem)),
    security(("bearer" = [])))]
#[worker::send]
pub async fn change(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((user, id)): Path<(Id, Id)>,
    Json(body): Json<AddressPut>,
) -> Result<Json<Vec<AddressInfo>>> {
    require_self_or(&caller, user, &[])?;
    if !db::addresses(&Db::of(&env)?, user).await?.iter().any(|kept| kept.id == id) {
        return Err(Problem::not_found("there is no such address"));
    }
    run(&env, put(&env, user, id, &body)?).await?;
    Ok(Json(all(&env, user).await?))
}

/// Removes one of one's own addresses. If it was the default, the oldest of the others becomes it.
///
/// # Errors
/// 404 for what is not one's own.
#[utoipa::path(delete, path = "/api/v1/customers/{id}/addresses/{address_id}", tag = "customers",
    params(("id" = Id, Path, description = "The customer"), ("address_id" = Id, Path, description = "The address")),
    responses((status = 204), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn remove(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((user, id)): Path<(Id, Id)>,
) -> Result<StatusCode> {
    require_self_or(&caller, user, &[])?;
    run(&env, db::remove_address(user, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
