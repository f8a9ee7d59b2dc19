//! Who works in a store. Identity keeps it; whose a store is, and so who may say who works there, is known here.

use super::stores::own;
use crate::db;
use crate::rules::staff;
use axum::extract::State;
use http::StatusCode;
use kirana_contracts::staff::{Candidate, Reassignment, StaffMember};
use kirana_edge::call::{self, Callee};
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Principal, Problem, Query, RequestId, Result, principal};
use kirana_kernel::{Id, Role};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use worker::Env;

/// Who gets a place in the store, and which.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The address that the user registered with.
    #[schema(example = "lek@example.com")]
    pub email: String,
    /// `staff` or `manager`.
    pub role: Role,
}

fn identity<'a>(env: &'a Env, request_id: &RequestId) -> Callee<'a> {
    call::service(env, "IDENTITY", &principal::service("stores")).during(&request_id.0)
}

/// Who works in a store: for its manager, the owner of its franchise, and the chain.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/stores/{id}/staff", tag = "stores", params(("id" = Id, Path, description = "The store"), PageQuery),
    responses((status = 200, body = Page<StaffMember>), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<StaffMember>>> {
    own(&env, id, &caller).await?;
    let (limit, after) = (page.limit()?, page.after()?);
    let cursor = after.map(|id| format!("&cursor={id}")).unwrap_or_default();
    Ok(Json(identity(&env, &request_id).get(&format!("/internal/stores/{id}/staff?limit={limit}{cursor}")).await?))
}

/// Gives somebody who has registered a place in the store. It is in the access token with the next login or refresh.
///
/// # Errors
/// 403 for what the caller may not give, 404 for a store that is not the caller's or somebody who has not registered,
/// 409 `works_elsewhere` or `user_changed`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/stores/{id}/staff", tag = "stores", params(("id" = Id, Path, description = "The store")),
    request_body = Assignment,
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn assign(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    Json(body): Json<Assignment>,
) -> Result<StatusCode> {
    let store = own(&env, id, &caller).await?;
    let identity = identity(&env, &request_id);
    let candidate: Candidate = identity.post("/internal/candidates", &json!({"email": body.email})).await?;
    let elsewhere = works_elsewhere(&env, &caller, &candidate, store.franchisee_id).await?;
    let change = staff::assign(&caller, id, &candidate, body.role, elsewhere)?;
    save(&identity, &change).await
}

/// Takes somebody's place in the store away. Their access token ends within ten minutes.
///
/// # Errors
/// 403 for a manager who would dismiss a manager, 404 for a store that is not the caller's or somebody who does not work there.
#[utoipa::path(delete, path = "/api/v1/stores/{id}/staff/{user_id}", tag = "stores",
    params(("id" = Id, Path, description = "The store"), ("user_id" = Id, Path, description = "Who works there")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
#[worker::send]
pub async fn dismiss(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((id, user)): Path<(Id, Id)>,
) -> Result<StatusCode> {
    own(&env, id, &caller).await?;
    let identity = identity(&env, &request_id);
    let candidate: Candidate = identity.post("/internal/candidates", &json!({"user_id": user})).await?;
    save(&identity, &staff::dismiss(&caller, id, &candidate)?).await
}

/// `POST /internal/franchisees/{id}/owns`: are all these stores the franchisee's? For identity, which knows roles and not stores.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn owns(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Json(stores): Json<Vec<Id>>,
) -> Result<Json<bool>> {
    caller.require_service()?;
    Ok(Json(!db::any_of_others(&env, &stores, id).await?))
}

/// Asked twice, the same is written once.
async fn save(identity: &Callee<'_>, change: &Reassignment) -> Result<StatusCode> {
    if change.roles != change.from.roles || change.stores != change.from.stores {
        identity.post::<_, bool>("/internal/reassignments", change).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Does the candidate work in a store that is not the caller's to run?
async fn works_elsewhere(env: &Env, caller: &Principal, candidate: &Candidate, franchisee: Id) -> Result<bool> {
    if candidate.stores.iter().all(|store| caller.stores.contains(store)) {
        return Ok(false);
    }
    if !caller.has(Role::Owner) {
        return Ok(true);
    }
    db::any_of_others(env, &candidate.stores, franchisee).await
}
