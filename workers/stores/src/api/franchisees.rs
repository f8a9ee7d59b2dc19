//! Those who own stores.

use crate::db;
use axum::extract::State;
use http::StatusCode;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, Result, clock};
use kirana_kernel::{Id, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// A franchisee.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Franchisee {
    /// Its id.
    pub id: Id,
    /// Its name, unique in the chain.
    pub name: String,
}

/// A franchisee to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFranchisee {
    /// Its name, 1 to 100 characters.
    pub name: String,
}

/// Makes a franchisee.
///
/// # Errors
/// 409 `name_taken`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/franchisees", tag = "stores", request_body = NewFranchisee,
    responses((status = 201, body = Franchisee), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(body): Json<NewFranchisee>,
) -> Result<(StatusCode, Json<Franchisee>)> {
    caller.require(&[Role::Admin])?;
    let name = body.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Problem::invalid_field("name", "expected 1 to 100 characters"));
    }
    let franchisee = Franchisee { id: clock::new_id(), name };
    db::insert_franchisee(&env, &franchisee, clock::now()).await?;
    Ok((StatusCode::CREATED, Json(franchisee)))
}

/// Lists franchisees.
///
/// # Errors
/// 403 for all but admins.
#[utoipa::path(get, path = "/api/v1/franchisees", tag = "stores", params(PageQuery),
    responses((status = 200, body = Page<Franchisee>), (status = 403, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Franchisee>>> {
    caller.require(&[Role::Admin])?;
    let limit = page.limit()?;
    let found = db::franchisees(&env, page.after()?, limit).await?;
    Ok(Json(Page::of(found, limit, |franchisee| franchisee.id.to_string())))
}

/// A franchisee: the legal entity that sells in its stores. Everybody who buys there may know its name, which is on their invoice.
///
/// # Errors
/// 404 when there is none.
#[utoipa::path(get, path = "/api/v1/franchisees/{id}", tag = "stores", params(("id" = Id, Path, description = "The franchisee")),
    responses((status = 200, body = Franchisee), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Path(id): Path<Id>) -> Result<Json<Franchisee>> {
    let found = db::franchisee(&env, id).await?;
    found.map(Json).ok_or_else(|| Problem::not_found("there is no such franchisee"))
}
