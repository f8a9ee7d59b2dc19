//! Inviting somebody to work for the chain: who is invited chooses the password, and proves the address with it.

use crate::SOURCE;
use crate::api::audit::Reason;
use crate::api::franchise;
use crate::api::issue::{self, OnDevice, Session, UserAgent};
use crate::api::keys::master;
use crate::api::words;
use crate::db::audit::{self, Note};
use crate::db::invitations::{self as db, Invitation};
use crate::db::staff;
use crate::db::users::{self, User};
use crate::rules::credentials::{email_fault, name_fault, normal_email, password_fault};
use crate::rules::password;
use crate::rules::tenancy::{Appointment, may_appoint};
use crate::rules::tickets::{Purpose, read};
use axum::extract::State;
use http::StatusCode;
use kirana_edge::access_token::Method;
use kirana_edge::db::{Db, constraint, required_change_missing};
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, RequestId, Result, clock, outbox};
use kirana_events::{EventData, Letter, StaffAdded};
use kirana_kernel::{Id, Role};
use serde::Deserialize;
use utoipa::ToSchema;
use worker::Env;

/// Somebody to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// Where to write to them.
    pub email: String,
    /// How to address them.
    pub name: String,
    /// What they will be to the chain.
    pub roles: Vec<Role>,
    /// The stores they will be assigned to.
    #[serde(default)]
    pub stores: Vec<Id>,
    /// The franchise they will own.
    #[serde(default)]
    pub franchisee_id: Option<Id>,
}

/// Somebody who accepts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// As the letter says it.
    pub token: String,
    /// Their password, 8 to 128 characters.
    pub password: String,
    /// Where they are.
    #[serde(default)]
    pub on: OnDevice,
}

/// Invites somebody: a letter goes to them, good for a week.
///
/// # Errors
/// 403 for what the caller may not appoint, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/invitations", tag = "identity", request_body = NewInvitation,
    responses((status = 201, body = Invitation), (status = 403, body = Problem), (status = 422, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn create(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Reason(reason): Reason,
    Json(body): Json<NewInvitation>,
) -> Result<(StatusCode, Json<Invitation>)> {
    let faults: Vec<_> = [email_fault(&body.email), name_fault(&body.name)].into_iter().flatten().collect();
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    let owns = franchise::owns(&env, &caller, &body.stores, &request_id).await?;
    let appointment = Appointment { roles: &body.roles, stores: &body.stores, franchisee: body.franchisee_id };
    may_appoint(&caller, &appointment, owns)?;
    let now = clock::now();
    let invitation = Invitation {
        id: clock::new_id(),
        email: normal_email(&body.email),
        name: body.name.trim().into(),
        roles: body.roles,
        stores: body.stores,
        franchisee_id: body.franchisee_id,
        inviter_id: caller.id,
        created_at: now,
        expires_at: now + Purpose::Invitation.lifetime(),
    };
    let (email, name) = (invitation.email.clone(), invitation.name.clone());
    let letter = Letter { user_id: caller.id, name, email, ticket: invitation.id };
    let event = EventData::StaffInvited(letter);
    let statements = vec![
        db::insert(&invitation)?,
        outbox::append(SOURCE.name, &request_id, invitation.id.to_string(), None, event)?,
    ];
    let note = Note::new(&caller, "invitation.made", invitation.id, &request_id).because(reason.as_deref());
    let after = (&invitation.roles, &invitation.stores, invitation.franchisee_id);
    audit::run(&Db::of(&env)?, &statements, &note.from_to(None::<&()>, Some(&after))?).await?;
    Ok((StatusCode::CREATED, Json(invitation)))
}

/// Invitations that wait: one's own, or for an admin everybody's.
///
/// # Errors
/// 400 for a page that is none.
#[utoipa::path(get, path = "/api/v1/invitations", tag = "identity", params(PageQuery),
    responses((status = 200, body = Page<Invitation>), (status = 400, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Invitation>>> {
    let inviter = if caller.has(Role::Admin) { None } else { Some(caller.id) };
    let limit = page.limit()?;
    let found = db::list(&Db::of(&env)?, inviter, page.after()?, limit, clock::now()).await?;
    Ok(Json(Page::of(found, limit, |invitation| invitation.id.to_string())))
}

/// Withdraws an invitation: its letter is good for nothing.
///
/// # Errors
/// 404 for what is not there or somebody else's.
#[utoipa::path(delete, path = "/api/v1/invitations/{id}", tag = "identity", params(("id" = Id, Path, description = "The invitation")),
    responses((status = 204), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn withdraw(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Reason(reason): Reason,
    Path(id): Path<Id>,
) -> Result<StatusCode> {
    let inviter = if caller.has(Role::Admin) { None } else { Some(caller.id) };
    let note = Note::new(&caller, "invitation.withdrawn", id, &request_id).because(reason.as_deref());
    match audit::run(&Db::of(&env)?, &db::withdraw(id, inviter, clock::now()), &note).await {
        Err(error) if required_change_missing(&error) => Err(Problem::not_found("there is no such invitation")),
        other => other.map(|()| StatusCode::NO_CONTENT).map_err(Into::into),
    }
}

/// Accepts an invitation, and logs in. What the inviter may not give any more is not given.
///
/// # Errors
/// 400 `invalid_token`, 403 when the inviter may not appoint so any more, 409 `email_taken`, 422 for a password that will not do.
#[utoipa::path(post, path = "/api/v1/auth/accept-invitation", tag = "identity", request_body = Acceptance,
    responses((status = 201, body = Session), (status = 400, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn accept(
    State(env): State<Env>,
    agent: UserAgent,
    request_id: RequestId,
    Json(body): Json<Acceptance>,
) -> Result<(StatusCode, Json<Session>)> {
    let stale = || Problem::bad_request("invalid_token", "this invitation is not good any more: ask for another");
    let (database, now, device) = (Db::of(&env)?, clock::now(), body.on.device(&agent)?);
    let id = read(&master(&env)?, Purpose::Invitation, &body.token).ok_or_else(stale)?;
    let invitation = db::waiting(&database, id, now).await?.ok_or_else(stale)?;
    if let Some(fault) = password_fault("password", &body.password, (&invitation.email, &invitation.name), &words(&env))
    {
        return Err(Problem::invalid_fields(vec![fault]));
    }
    let inviter = users::by_id(&database, invitation.inviter_id).await?.ok_or_else(stale)?.principal(id);
    let Invitation { roles, stores, franchisee_id, .. } = &invitation;
    let owns = franchise::owns(&env, &inviter, stores, &request_id).await?;
    may_appoint(&inviter, &Appointment { roles, stores, franchisee: *franchisee_id }, owns)?;
    let user = User {
        id: clock::new_id(),
        email: invitation.email,
        name: invitation.name,
        roles: invitation.roles,
        stores: invitation.stores,
        franchisee_id: invitation.franchisee_id,
        email_verified: true,
        created_at: now,
        version: 0,
    };
    let hash = password::hash(&body.password, clock::random()).map_err(Problem::internal)?;
    let mut statements = db::accept(id, now);
    statements.extend([users::insert(&user, &hash)?, staff::note(&user)?]);
    let added = StaffAdded { user_id: user.id, roles: user.roles.clone(), stores: user.stores.clone() };
    let event = EventData::StaffAdded(added);
    statements.push(outbox::append(SOURCE.name, &request_id, user.id.to_string(), None, event)?);
    let after = (&user.roles, &user.stores, user.franchisee_id);
    let note = Note::new(&inviter, "user.made", user.id, &request_id).from_to(None::<&()>, Some(&after))?;
    let beginning = issue::begin(&env, user.clone(), &device, &[Method::Pwd], now)?;
    statements.extend(beginning.statements);
    match audit::run(&database, &statements, &note).await {
        Err(error) if required_change_missing(&error) => Err(stale()),
        Err(error) if constraint(&error, "users.email") => {
            let detail =
                "this address has an account already: have its owner given a place with POST /stores/{id}/staff";
            Err(Problem::conflict("email_taken", detail))
        }
        Err(error) => Err(error.into()),
        Ok(()) => Ok((StatusCode::CREATED, beginning.session)),
    }
}
