//! Warehouses: places that keep goods for stores. Everything that can be asked of a store's stock can be asked of theirs, by
//! their id in the place of the store's.

use super::own_place;
use crate::db::{self, Warehouse, WarehouseDetails};
use axum::extract::State;
use http::StatusCode;
use kirana_edge::db::Db;
use kirana_edge::{Caller, FieldError, Json, Page, PageQuery, Path, Problem, Query, Result, clock};
use kirana_kernel::Id;
use worker::Env;

fn check(details: &WarehouseDetails) -> Result<()> {
    let mut faults = Vec::new();
    let mut fault = |path: &str, message: &str| faults.push(FieldError { path: path.into(), message: message.into() });
    if !(1..=200).contains(&details.name.trim().chars().count()) {
        fault("name", "expected 1 to 200 characters");
    }
    if !(1..=500).contains(&details.address.trim().chars().count()) {
        fault("address", "expected 1 to 500 characters");
    }
    if details.country.len() != 2 || !details.country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        fault("country", "expected two capital letters such as TH (ISO 3166-1)");
    }
    if details.position.is_some_and(|position| !position.is_valid()) {
        fault("position", "expected a latitude of -90 to 90 and a longitude of -180 to 180");
    }
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid_fields(faults)) }
}

/// Makes a warehouse.
///
/// # Errors
/// 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/warehouses", tag = "inventory", request_body = WarehouseDetails,
    responses((status = 201, body = Warehouse), (status = 422, body = Problem)))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    _caller: Caller,
    Json(body): Json<WarehouseDetails>,
) -> Result<(StatusCode, Json<Warehouse>)> {
    check(&body)?;
    let warehouse = db::save_warehouse(&Db::of(&env)?, clock::new_id(), &body, clock::now()).await?;
    Ok((StatusCode::CREATED, Json(warehouse)))
}

/// Warehouses of the chain: who sends goods must know where they can go.
///
/// # Errors
/// 400 `invalid_query`.
#[utoipa::path(get, path = "/api/v1/warehouses", tag = "inventory", params(PageQuery),
    responses((status = 200, body = Page<Warehouse>), (status = 400, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    _caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Warehouse>>> {
    let limit = query.limit()?;
    let found = db::warehouses(&Db::of(&env)?, query.after()?, limit).await?;
    Ok(Json(Page::of(found, limit, |warehouse| warehouse.id.to_string())))
}

/// A warehouse.
///
/// # Errors
/// 404 for what is not the caller's.
#[utoipa::path(get, path = "/api/v1/warehouses/{id}", tag = "inventory", params(("id" = Id, Path, description = "The warehouse")),
    responses((status = 200, body = Warehouse), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<Warehouse>> {
    own_place(&env, &caller, id).await?;
    db::warehouse(&Db::of(&env)?, id).await?.map(Json).ok_or_else(unknown)
}

/// Changes a warehouse. It keeps its currency: its stock is worth so much in it.
///
/// # Errors
/// 404, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/warehouses/{id}", tag = "inventory", params(("id" = Id, Path, description = "The warehouse")),
    request_body = WarehouseDetails, responses((status = 200, body = Warehouse), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn change(
    State(env): State<Env>,
    _caller: Caller,
    Path(id): Path<Id>,
    Json(body): Json<WarehouseDetails>,
) -> Result<Json<Warehouse>> {
    let database = Db::of(&env)?;
    let known = db::warehouse(&database, id).await?.ok_or_else(unknown)?;
    check(&body)?;
    if body.currency != known.details.currency {
        return Err(Problem::invalid_field(
            "currency",
            "a warehouse keeps its currency: its stock is worth so much in it",
        ));
    }
    Ok(Json(db::save_warehouse(&database, id, &body, clock::now()).await?))
}

fn unknown() -> Problem {
    Problem::not_found("there is no such warehouse")
}
