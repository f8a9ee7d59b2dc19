//! Segments of customers: made by admins, who put customers into them; offers of campaigns can be for them.

use crate::api::require_self_or;
use crate::db::segments::{self, CustomerSegment, MAX_OF_CUSTOMER, MAX_SEGMENTS, Membership};
use axum::extract::State;
use http::StatusCode;
use kirana_contracts::segment::is_tag;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, Result, clock};
use kirana_kernel::{Id, Role};
use serde::Deserialize;
use utoipa::ToSchema;
use worker::Env;

/// What a segment is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentDetails {
    /// Who belongs into it, for people: 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200, example = "Who showed a student card")]
    pub description: String,
}

fn unknown() -> Problem {
    Problem::not_found("there is no such segment")
}

/// Every segment, by name. Beside these there is one for each tier of loyalty, as `tier:blossom`.
///
/// # Errors
/// 403 for all but admins.
#[utoipa::path(get, path = "/api/v1/customer-segments", tag = "customers",
    responses((status = 200, body = Vec<CustomerSegment>), (status = 403, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn list(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<Vec<CustomerSegment>>> {
    caller.require(&[Role::Admin])?;
    Ok(Json(segments::all(&Db::of(&env)?).await?))
}

/// Makes a segment, or describes it anew.
///
/// # Errors
/// 403 for all but admins, 409 `too_many_segments`, 422 `invalid_body` for a name or a description that is none.
#[utoipa::path(put, path = "/api/v1/customer-segments/{name}", tag = "customers",
    params(("name" = String, Path, description = "1 to 40 small letters, digits and hyphens, the first a letter")), request_body = SegmentDetails,
    responses((status = 200, body = CustomerSegment), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)),
    security(("bearer" = [])))]
#[worker::send]
pub async fn put(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(name): Path<String>,
    Json(body): Json<SegmentDetails>,
) -> Result<Json<CustomerSegment>> {
    caller.require(&[Role::Admin])?;
    if !is_tag(&name) {
        let message = "expected 1 to 40 small letters, digits and hyphens, the first a letter";
        return Err(Problem::invalid_field("name", message));
    }
    let description = body.description.trim();
    if !(1..=200).contains(&description.chars().count()) {
        return Err(Problem::invalid_field("description", "expected 1 to 200 characters"));
    }
    let db = Db::of(&env)?;
    let made = db.batch(vec![segments::put(&name, description, caller.id, clock::now())]).await?;
    if made.first() == Some(&0) {
        let detail = format!("there are {MAX_SEGMENTS} segments: end one first");
        return Err(Problem::conflict("too_many_segments", detail));
    }
    segments::one(&db, &name).await?.map(Json).ok_or_else(unknown)
}

/// Ends a segment for all who are in it. Offers that are for it are for nobody from then on.
///
/// # Errors
/// 403 for all but admins, 404.
#[utoipa::path(delete, path = "/api/v1/customer-segments/{name}", tag = "customers", params(("name" = String, Path, description = "The segment")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn end(State(env): State<Env>, Caller(caller): Caller, Path(name): Path<String>) -> Result<StatusCode> {
    caller.require(&[Role::Admin])?;
    let ended = Db::of(&env)?.batch(segments::end(&name)).await?;
    if ended.last() == Some(&0) { Err(unknown()) } else { Ok(StatusCode::NO_CONTENT) }
}

/// The ids of the customers in a segment.
///
/// # Errors
/// 400 `invalid_query` or `invalid_cursor`, 403 for all but admins, 404.
#[utoipa::path(get, path = "/api/v1/customer-segments/{name}/customers", tag = "customers",
    params(("name" = String, Path, description = "The segment"), PageQuery),
    responses((status = 200, body = Page<Id>), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)),
    security(("bearer" = [])))]
#[worker::send]
pub async fn customers(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(name): Path<String>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Id>>> {
    caller.require(&[Role::Admin])?;
    let (limit, db) = (page.limit()?, Db::of(&env)?);
    segments::one(&db, &name).await?.ok_or_else(unknown)?;
    let members = segments::members(&db, &name, page.after()?, limit + 1).await?;
    Ok(Json(Page::of(members, limit, ToString::to_string)))
}

/// Puts a customer into a segment; twice is once. Their next prices know of it some seconds later.
///
/// # Errors
/// 403 for all but admins, 404 for a segment that is not there, 409 `too_many_segments` for somebody who is in as many as may be.
#[utoipa::path(put, path = "/api/v1/customer-segments/{name}/customers/{id}", tag = "customers",
    params(("name" = String, Path, description = "The segment"), ("id" = Id, Path, description = "The customer")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn add(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((name, user)): Path<(String, Id)>,
) -> Result<StatusCode> {
    caller.require(&[Role::Admin])?;
    let db = Db::of(&env)?;
    segments::one(&db, &name).await?.ok_or_else(unknown)?;
    let added = db.batch(vec![segments::add(&name, user, caller.id, clock::now())]).await?;
    if added.first() == Some(&0) {
        let detail = format!("they are in {MAX_OF_CUSTOMER} segments: take them out of one first");
        return Err(Problem::conflict("too_many_segments", detail));
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a customer out of a segment, if they are in it.
///
/// # Errors
/// 403 for all but admins.
#[utoipa::path(delete, path = "/api/v1/customer-segments/{name}/customers/{id}", tag = "customers",
    params(("name" = String, Path, description = "The segment"), ("id" = Id, Path, description = "The customer")),
    responses((status = 204), (status = 403, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn remove(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path((name, user)): Path<(String, Id)>,
) -> Result<StatusCode> {
    caller.require(&[Role::Admin])?;
    Db::of(&env)?.batch(vec![segments::remove(&name, user)]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The segments that a customer was put into.
///
/// # Errors
/// 404 for who is not the caller's to see.
#[utoipa::path(get, path = "/api/v1/customers/{id}/segments", tag = "customers", params(("id" = Id, Path, description = "The customer")),
    responses((status = 200, body = Vec<Membership>), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn of_customer(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(user): Path<Id>,
) -> Result<Json<Vec<Membership>>> {
    require_self_or(&caller, user, &[Role::Admin, Role::Support])?;
    Ok(Json(segments::of_customer(&Db::of(&env)?, user).await?))
}

/// `GET /internal/customers/{id}/segments`: the names of the segments that a customer was put into, for their price.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn names_of(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(user): Path<Id>,
) -> Result<Json<Vec<String>>> {
    caller.require_service()?;
    let of = segments::of_customer(&Db::of(&env)?, user).await?;
    Ok(Json(of.into_iter().map(|membership| membership.segment).collect()))
}

/// `GET /internal/segments`: the names of all segments, for whoever writes an offer.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn names(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<Vec<String>>> {
    caller.require_service()?;
    Ok(Json(segments::all(&Db::of(&env)?).await?.into_iter().map(|segment| segment.name).collect()))
}
