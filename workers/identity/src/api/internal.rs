//! What other workers ask. Stores: who works in a store, and to note who does; it alone knows whose a store is, and decides.
//! The gateway: what is no longer believed. Notifications: what a letter says. Single sign-on: to write down what its admins do.

use crate::api::keys::master;
use crate::api::proof::place;
use crate::db::audit::{self, Note};
use crate::db::factors::{self, Kind};
use crate::db::{invitations, revocations, staff, tickets, users as db};
use crate::rules::credentials;
use crate::rules::guesses::message_code;
use crate::rules::tickets::{self as rules, Purpose};
use axum::extract::State;
use kirana_contracts::audit::AuditNote;
use kirana_contracts::letter::LetterSecret;
use kirana_contracts::revocation::Revocations;
use kirana_contracts::staff::{Candidate, Reassignment, StaffMember};
use kirana_edge::db::Db;
use kirana_edge::sealed::vault;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, RequestId, Result, clock};
use kirana_kernel::Id;
use serde::Deserialize;
use worker::Env;

/// Somebody, by one of these.
#[derive(Debug, Deserialize)]
pub struct Who {
    user_id: Option<Id>,
    email: Option<String>,
}

/// `POST /internal/candidates`: the user of an id or an address.
///
/// # Errors
/// 403 for all but workers, 404.
#[worker::send]
pub async fn candidate(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(who): Json<Who>,
) -> Result<Json<Candidate>> {
    caller.require_service()?;
    let db = Db::of(&env)?;
    let user = match (who.user_id, who.email) {
        (Some(id), _) => db::by_id(&db, id).await?,
        (None, Some(email)) => db::by_email(&db, &credentials::normal_email(&email)).await?.map(|found| found.user),
        (None, None) => None,
    };
    let user = user.ok_or_else(|| Problem::not_found("there is no such user"))?;
    Ok(Json(Candidate { user_id: user.id, roles: user.roles, stores: user.stores }))
}

/// `POST /internal/reassignments`: other roles and stores for a user.
///
/// # Errors
/// 403 for all but workers, 409 `user_changed`.
#[worker::send]
pub async fn reassign(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Json(change): Json<Reassignment>,
) -> Result<Json<bool>> {
    caller.require_service()?;
    staff::reassign(&Db::of(&env)?, &change, &request_id).await?;
    Ok(Json(true))
}

/// `GET /internal/stores/{id}/staff`: who works in a store.
///
/// # Errors
/// 403 for all but workers, 400 for a page that is none.
#[worker::send]
pub async fn of_store(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<StaffMember>>> {
    caller.require_service()?;
    let limit = page.limit()?;
    let found = staff::of_store(&Db::of(&env)?, store, page.after()?, limit).await?;
    Ok(Json(Page::of(found, limit, |member| member.user_id.to_string())))
}

/// After which number.
#[derive(Debug, Deserialize)]
pub struct After {
    after: u64,
}

/// `GET /internal/revocations`: what is no longer believed, after a number.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn revocations(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<After>,
) -> Result<Json<Revocations>> {
    caller.require_service()?;
    Ok(Json(revocations::revocations(&Db::of(&env)?, query.after, clock::now()).await?))
}

/// `GET /internal/tickets/{id}`: what the letter or message of a ticket says, as often as it is asked.
///
/// # Errors
/// 403 for all but workers, 404 for a ticket that is not good any more.
#[worker::send]
pub async fn ticket(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<LetterSecret>> {
    caller.require_service()?;
    let db = Db::of(&env)?;
    let gone = || Problem::not_found("this ticket is not good any more");
    let key = master(&env)?;
    if let Some(invitation) = invitations::waiting(&db, id, clock::now()).await? {
        let (secret, expires_at) = (rules::token(&key, Purpose::Invitation, id), invitation.expires_at);
        return Ok(Json(LetterSecret { secret, expires_at, phone: None }));
    }
    let ticket = tickets::good(&db, id, clock::now()).await?.ok_or_else(gone)?;
    let (secret, phone) = match ticket.purpose {
        Purpose::Verify | Purpose::Reset => (rules::token(&key, ticket.purpose, id), None),
        Purpose::MailCode => (message_code(&key, id), None),
        Purpose::SmsCode => {
            let all = factors::of(&db, ticket.user).await?;
            let sealed = all.into_iter().find(|factor| factor.kind == Kind::Sms).ok_or_else(gone)?.secret;
            let phone = vault(&env)?.open(&sealed, place(&ticket.user.to_string())).map_err(Problem::internal)?;
            (message_code(&key, id), Some(phone))
        }
        // An invitation is no ticket, and the other is answered to whoever logs in and to nobody else.
        Purpose::Invitation | Purpose::Login => return Err(gone()),
    };
    Ok(Json(LetterSecret { secret, expires_at: ticket.expires_at, phone }))
}

/// `POST /internal/audit`: writes down what somebody does elsewhere, before it is done.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn note(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Json(note): Json<AuditNote>,
) -> Result<Json<bool>> {
    caller.require_service()?;
    let (by, reason) = ((note.by.id, note.by.role.name()), note.reason.as_deref());
    let entry = Note::by(by, &note.action, &note.object, &request_id).because(reason);
    audit::run(&Db::of(&env)?, &[], &Note { before: note.before, after: note.after, ..entry }).await?;
    Ok(Json(true))
}
