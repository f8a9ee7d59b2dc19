//! Users as the chain's admins and the stores' managers see them.

use crate::api::register::registered;
use crate::db::staff;
use crate::db::users::{self as db, User};
use crate::rules::{credentials, password, tenancy};
use axum::extract::State;
use http::StatusCode;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, RequestId, Result, clock};
use kirana_kernel::{Id, Role};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// A user to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Where to write to them.
    pub email: String,
    /// Their first password, 8 to 128 characters.
    pub password: String,
    /// How to address them.
    pub name: String,
    /// What they are to the chain.
    pub roles: Vec<Role>,
    /// The stores they are assigned to.
    #[serde(default)]
    pub stores: Vec<Id>,
    /// The franchise they own.
    #[serde(default)]
    pub franchisee_id: Option<Id>,
}

/// Makes a user with roles.
///
/// # Errors
/// 403 for what the caller may not appoint, 409 `email_taken`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/users", tag = "identity", request_body = NewUser,
    responses((status = 201, body = User), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)),
    security(("bearer" = [])))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Json(body): Json<NewUser>,
) -> Result<(StatusCode, Json<User>)> {
    let faults = credentials::faults(&body.email, &body.password, &body.name);
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    let appointment = tenancy::Appointment { roles: &body.roles, stores: &body.stores, franchisee: body.franchisee_id };
    tenancy::may_appoint(&caller, &appointment)?;
    let user = User {
        id: clock::new_id(),
        email: credentials::normal_email(&body.email),
        name: body.name.trim().into(),
        roles: body.roles,
        stores: body.stores,
        franchisee_id: body.franchisee_id,
        // Whoever makes an account for somebody vouches for the address.
        email_verified: true,
        created_at: clock::now(),
        version: 0,
    };
    let password_hash = password::hash(&body.password, clock::random()).map_err(Problem::internal)?;
    let mut statements = vec![db::insert(&user, &password_hash)?, staff::note(&user)?];
    if user.roles.contains(&Role::Customer) {
        statements.push(registered(&request_id, &user)?);
    }
    db::create(&Db::of(&env)?, statements).await?;
    Ok((StatusCode::CREATED, Json(user)))
}

/// Which users.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Only those with this role.
    pub role: Option<Role>,
    /// Only those assigned to this store.
    pub store_id: Option<Id>,
    /// Items on the page, 1 to 100; 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Lists users: an admin or support everybody, a manager the staff of one of its stores.
///
/// # Errors
/// 403 for a manager who does not name one of its stores.
#[utoipa::path(get, path = "/api/v1/users", tag = "identity", params(UserQuery),
    responses((status = 200, body = Page<User>), (status = 403, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<UserQuery>,
) -> Result<Json<Page<User>>> {
    let sees_all = caller.has_any(&[Role::Admin, Role::Support]);
    let own_store = caller.has(Role::Manager) && query.store_id.is_some_and(|store| caller.stores.contains(&store));
    if !sees_all && !own_store {
        return Err(Problem::forbidden("a manager lists the users of its own stores: name one with store_id"));
    }
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let limit = page.limit()?;
    let users = db::list(&Db::of(&env)?, query.role, query.store_id, page.after()?, limit).await?;
    Ok(Json(Page::of(users, limit, |user| user.id.to_string())))
}

/// One user: oneself, or for admin and support anybody.
///
/// # Errors
/// 404 for who is not there or not for the caller to see.
#[utoipa::path(get, path = "/api/v1/users/{id}", tag = "identity", params(("id" = Id, Path, description = "The user")),
    responses((status = 200, body = User), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn get(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<User>> {
    let unknown = || Problem::not_found("there is no such user");
    if caller.id != id && !caller.has_any(&[Role::Admin, Role::Support, Role::Service]) {
        return Err(unknown());
    }
    db::by_id(&Db::of(&env)?, id).await?.map(Json).ok_or_else(unknown)
}
