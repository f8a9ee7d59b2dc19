//! Users as the chain's admins and the stores' managers see them.

use crate::SOURCE;
use crate::api::audit::Reason;
use crate::api::franchise;
use crate::api::leaked;
use crate::api::profile::phone_index;
use crate::api::register::registered;
use crate::api::words;
use crate::db::audit::{self, Note};
use crate::db::users::{self as db, User};
use crate::db::{sessions, staff};
use crate::rules::credentials::{self, is_phone};
use crate::rules::{password, tenancy};
use axum::extract::State;
use http::StatusCode;
use kirana_edge::db::{Db, constraint, required_change_missing};
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Principal, Problem, Query, RequestId, Result, clock, outbox};
use kirana_events::{EventData, StaffAdded};
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
    Reason(reason): Reason,
    Json(body): Json<NewUser>,
) -> Result<(StatusCode, Json<User>)> {
    let faults = credentials::faults(&body.email, &body.password, &body.name, &words(&env));
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    let appointment = tenancy::Appointment { roles: &body.roles, stores: &body.stores, franchisee: body.franchisee_id };
    leaked::refuse(&env, "password", &body.password).await?;
    let owns = franchise::owns(&env, &caller, &body.stores, &request_id).await?;
    tenancy::may_appoint(&caller, &appointment, owns)?;
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
    if user.roles.iter().any(|role| *role != Role::Customer) {
        let added = StaffAdded { user_id: user.id, roles: user.roles.clone(), stores: user.stores.clone() };
        let event = EventData::StaffAdded(added);
        statements.push(outbox::append(SOURCE.name, &request_id, user.id.to_string(), None, event)?);
    }
    let rights = (&user.roles, &user.stores, user.franchisee_id);
    let note = Note::new(&caller, "user.made", user.id, &request_id).because(reason.as_deref());
    match audit::run(&Db::of(&env)?, &statements, &note.from_to(None::<&()>, Some(&rights))?).await {
        Err(error) if constraint(&error, "users.email") => Err(db::taken()),
        Err(error) => Err(error.into()),
        Ok(()) => Ok((StatusCode::CREATED, Json(user))),
    }
}

/// What somebody is to the chain.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rights {
    /// Their roles.
    pub roles: Vec<Role>,
    /// The stores they are assigned to.
    #[serde(default)]
    pub stores: Vec<Id>,
    /// The franchise they own.
    #[serde(default)]
    pub franchisee_id: Option<Id>,
}

/// Gives somebody other roles. Their tokens are refused within a second; their sessions go on with what they may do now.
///
/// # Errors
/// 404, 409 `user_changed` or `last_admin`, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/users/{id}/rights", tag = "identity", params(("id" = Id, Path, description = "The user")),
    request_body = Rights,
    responses((status = 200, body = User), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)),
    security(("bearer" = [])))]
#[worker::send]
pub async fn set_rights(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Reason(reason): Reason,
    Path(id): Path<Id>,
    Json(body): Json<Rights>,
) -> Result<Json<User>> {
    caller.require(&[Role::Admin])?;
    let database = Db::of(&env)?;
    let unknown = || Problem::not_found("there is no such user");
    let before = db::by_id(&database, id).await?.ok_or_else(unknown)?;
    let appointment = tenancy::Appointment { roles: &body.roles, stores: &body.stores, franchisee: body.franchisee_id };
    tenancy::may_appoint(&caller, &appointment, false)?;
    if caller.id == id && !body.roles.contains(&Role::Admin) {
        return Err(Problem::conflict(
            "last_admin",
            "another admin takes this role from you: the chain is never without",
        ));
    }
    let Rights { roles, stores, franchisee_id } = body;
    let after = User { roles, stores, franchisee_id, version: before.version + 1, ..before.clone() };
    let statements = staff::set_rights(&before, &after, clock::now())?;
    let note = Note::new(&caller, "user.rights", id, &request_id).because(reason.as_deref());
    let rights = |user: &User| (user.roles.clone(), user.stores.clone(), user.franchisee_id);
    let note = note.from_to(Some(&rights(&before)), Some(&rights(&after)))?;
    match audit::run(&database, &statements, &note).await {
        Err(error) if required_change_missing(&error) => {
            Err(Problem::conflict("user_changed", "somebody else changed this user just now: look again"))
        }
        other => other.map(|()| Json(after)).map_err(Into::into),
    }
}

/// Ends every session of somebody: their tokens are refused within a second.
///
/// # Errors
/// 404.
#[utoipa::path(delete, path = "/api/v1/users/{id}/sessions", tag = "identity", params(("id" = Id, Path, description = "The user")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn end_sessions(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Reason(reason): Reason,
    Path(id): Path<Id>,
) -> Result<StatusCode> {
    caller.require(&[Role::Admin, Role::Support])?;
    let database = Db::of(&env)?;
    db::by_id(&database, id).await?.ok_or_else(|| Problem::not_found("there is no such user"))?;
    let statements = sessions::revoke_all(id, None, "ended by the chain", clock::now());
    let note = Note::new(&caller, "user.sessions_ended", id, &request_id).because(reason.as_deref());
    audit::run(&database, &statements, &note).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which users.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Only those with this role.
    pub role: Option<Role>,
    /// Only those assigned to this store.
    pub store_id: Option<Id>,
    /// Only those whose name holds this, or whose address begins with it, or whose telephone it is (E.164).
    pub q: Option<String>,
    /// Items on the page, 1 to 100; 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Lists users: an admin or support everybody, a manager the staff of one of its stores, an owner that of one of its franchise's.
///
/// # Errors
/// 403 for a manager or an owner who does not name such a store.
#[utoipa::path(get, path = "/api/v1/users", tag = "identity", params(UserQuery),
    responses((status = 200, body = Page<User>), (status = 400, body = Problem), (status = 403, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Query(query): Query<UserQuery>,
) -> Result<Json<Page<User>>> {
    may_list(&env, &caller, query.store_id, &request_id).await?;
    page(&env, query).await
}

/// Customers, for admin and support.
///
/// # Errors
/// 400 for a page that is none.
#[utoipa::path(get, path = "/api/v1/users/customers", tag = "identity", params(UserQuery),
    responses((status = 200, body = Page<User>), (status = 400, body = Problem), (status = 403, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn customers(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<UserQuery>,
) -> Result<Json<Page<User>>> {
    caller.require(&[Role::Admin, Role::Support])?;
    page(&env, UserQuery { role: Some(Role::Customer), ..query }).await
}

/// Who works in stores: for admin and support everybody, for a manager those of one of its stores, for an owner of one of its franchise's.
///
/// # Errors
/// 403 for a manager or an owner who does not name such a store.
#[utoipa::path(get, path = "/api/v1/users/staff", tag = "identity", params(UserQuery),
    responses((status = 200, body = Page<User>), (status = 400, body = Problem), (status = 403, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn staff_list(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Query(query): Query<UserQuery>,
) -> Result<Json<Page<User>>> {
    may_list(&env, &caller, query.store_id, &request_id).await?;
    page(&env, UserQuery { role: query.role.or(Some(Role::Staff)), ..query }).await
}

async fn may_list(env: &Env, caller: &Principal, store: Option<Id>, request_id: &RequestId) -> Result<()> {
    let owns = franchise::owns(env, caller, store.as_slice(), request_id).await?;
    tenancy::may_list(caller, store, owns)
}

async fn page(env: &Env, query: UserQuery) -> Result<Json<Page<User>>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let limit = page.limit()?;
    let q = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    let phone = q.filter(|q| is_phone(q)).map(|phone| phone_index(env, phone)).transpose()?;
    let wanted = db::Wanted { role: query.role, store: query.store_id, q, phone, after: page.after()? };
    let users = db::list(&Db::of(env)?, &wanted, limit).await?;
    Ok(Json(Page::of(users, limit, |user| user.id.to_string())))
}
