//! Who somebody is, as they tell it: name, language, telephone. And that they want to be forgotten.

use crate::SOURCE;
use crate::api::audit::Reason;
use crate::api::keys::master;
use crate::db::audit::{self, Note};
use crate::db::users::{self, User};
use crate::db::{people as db, revocations, sessions};
use crate::rules::credentials::{is_locale, is_phone, name_fault};
use axum::extract::State;
use http::StatusCode;
use kirana_edge::db::{Db, Statement, required_change_missing};
use kirana_edge::sealed::vault;
use kirana_edge::{Caller, FieldError, Json, Path, Principal, Problem, RequestId, Result, clock, outbox};
use kirana_events::{EventData, UserEvent};
use kirana_kernel::{Id, Role};
use kirana_vault::Place;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// Somebody, with how they are reached.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profile {
    /// Who.
    #[serde(flatten)]
    pub user: User,
    /// Their language (BCP 47).
    pub locale: Option<String>,
    /// Their telephone (E.164).
    pub phone: Option<String>,
}

/// How somebody wants to be known. Whoever they are to the chain others decide.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileChange {
    /// How to address them.
    pub name: String,
    /// Their language (BCP 47); none if not given.
    #[serde(default)]
    pub locale: Option<String>,
    /// Their telephone (E.164); none if not given.
    #[serde(default)]
    pub phone: Option<String>,
}

fn unknown() -> Problem {
    Problem::not_found("there is no such user")
}

/// Refuses everybody but the user and those of these roles, as if there were no such user.
///
/// # Errors
/// 404.
pub fn require_self_or(caller: &Principal, id: Id, roles: &[Role]) -> Result<()> {
    if caller.id == id || caller.has_any(roles) { Ok(()) } else { Err(unknown()) }
}

/// How the telephone number is found without opening any.
///
/// # Errors
/// 500 when the deployment has no key.
pub fn phone_index(env: &Env, phone: &str) -> Result<String> {
    Ok(hex::encode(master(env)?.mac("telephone index", phone.as_bytes())))
}

fn place(user: &str) -> Place<'_> {
    Place("users", "phone", user)
}

async fn read(env: &Env, id: Id) -> Result<Json<Profile>> {
    let database = Db::of(env)?;
    let user = users::by_id(&database, id).await?.ok_or_else(unknown)?;
    let contact = db::contact(&database, id).await?;
    let open = |sealed: String| vault(env)?.open(&sealed, place(&id.to_string())).map_err(Problem::internal);
    let phone = contact.phone.map(open).transpose()?;
    Ok(Json(Profile { user, locale: contact.locale, phone }))
}

async fn write(env: &Env, id: Id, request_id: &RequestId, body: ProfileChange) -> Result<Json<Profile>> {
    let mut faults: Vec<FieldError> = name_fault(&body.name).into_iter().collect();
    let mut need = |path: &str, good: bool, message: &str| {
        if !good {
            faults.push(FieldError { path: path.into(), message: message.into() });
        }
    };
    need("locale", body.locale.as_deref().is_none_or(is_locale), "expected a language such as th or en-GB");
    need("phone", body.phone.as_deref().is_none_or(is_phone), "expected a number such as +66812345678 (E.164)");
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    let phone = body.phone.as_deref().map(|phone| {
        let sealed = vault(env)?.seal(phone, place(&id.to_string()), clock::random()).map_err(Problem::internal)?;
        Ok::<_, Problem>((sealed, phone_index(env, phone)?))
    });
    let changed = db::set_profile(id, body.name.trim(), body.locale.as_deref(), phone.transpose()?, clock::now());
    let told = told(request_id, id, EventData::ProfileUpdated)?;
    Db::of(env)?.batch(vec![changed, told]).await?;
    read(env, id).await
}

/// The statement that tells that something about a user changed.
///
/// # Errors
/// 500 when the event cannot be written as JSON.
pub fn told(request_id: &RequestId, user: Id, kind: impl FnOnce(UserEvent) -> EventData) -> Result<Statement> {
    outbox::append(SOURCE.name, request_id, user.to_string(), None, kind(UserEvent { user_id: user }))
}

/// One user: oneself, or for admin and support anybody.
///
/// # Errors
/// 404 for who is not there or not for the caller to see.
#[utoipa::path(get, path = "/api/v1/users/{id}", tag = "identity", params(("id" = Id, Path, description = "The user")),
    responses((status = 200, body = Profile), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn get(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<Profile>> {
    require_self_or(&caller, id, &[Role::Admin, Role::Support])?;
    read(&env, id).await
}

/// Changes how one is known.
///
/// # Errors
/// 404 for anybody else, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/users/{id}", tag = "identity", params(("id" = Id, Path, description = "The user")),
    request_body = ProfileChange,
    responses((status = 200, body = Profile), (status = 404, body = Problem), (status = 422, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn put(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    Json(body): Json<ProfileChange>,
) -> Result<Json<Profile>> {
    require_self_or(&caller, id, &[])?;
    write(&env, id, &request_id, body).await
}

/// Forgets somebody: nothing personal is left of them here, and whoever else knows something of them hears of it and forgets it too,
/// within seconds; an order under way when it is done with. Who works for the chain is dismissed first.
///
/// # Errors
/// 404 for who is not there or, but for an admin, somebody else; 409 `works_here`.
#[utoipa::path(delete, path = "/api/v1/users/{id}", tag = "identity", params(("id" = Id, Path, description = "The user")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn delete(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Reason(reason): Reason,
    Path(id): Path<Id>,
) -> Result<StatusCode> {
    require_self_or(&caller, id, &[Role::Admin])?;
    let (database, now) = (Db::of(&env)?, clock::now());
    let user = users::by_id(&database, id).await?.ok_or_else(unknown)?;
    if user.roles.iter().any(|role| *role != Role::Customer) {
        return Err(Problem::conflict("works_here", "they work for the chain: take their other roles away first"));
    }
    let mut statements = sessions::revoke_all(id, None, "erased", now);
    statements.extend(revocations::outdate(id, now));
    statements.extend(db::erase(id, now));
    statements.push(told(&request_id, id, EventData::CustomerErased)?);
    let note = Note::new(&caller, "user.erased", id, &request_id).because(reason.as_deref());
    match audit::run(&database, &statements, &note).await {
        Err(error) if required_change_missing(&error) => Err(unknown()),
        other => other.map(|()| StatusCode::NO_CONTENT).map_err(Into::into),
    }
}
