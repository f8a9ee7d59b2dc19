//! Proving that an address is one's own, and passwords that are forgotten or changed.

use crate::SOURCE;
use crate::api::keys::master;
use crate::api::leaked;
use crate::api::proof::check_password;
use crate::api::words;
use crate::db::users::{self, User};
use crate::db::{factors, sessions, tickets};
use crate::rules::credentials::{normal_email, password_fault};
use crate::rules::password;
use crate::rules::tickets::{MAX_LETTERS, Purpose, read};
use crate::rules::words::Words;
use axum::extract::State;
use http::StatusCode;
use kirana_edge::db::{Db, Statement, required_change_missing};
use kirana_edge::{Caller, Json, Problem, Query, RequestId, Result, clock, outbox};
use kirana_events::{EventData, Letter, PersonEvent};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// A token that came by letter.
#[derive(Debug, Deserialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Token {
    /// As the letter says it.
    pub token: String,
}

/// What a token is good for.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenInfo {
    /// Until when.
    pub expires_at: Timestamp,
    /// What to do with it.
    pub next: String,
}

/// An address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailAddress {
    /// The address somebody registered with.
    pub email: String,
}

/// A new password, by letter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// As the letter says it.
    pub token: String,
    /// 8 to 128 characters.
    pub password: String,
}

/// A new password for an old one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password as it is.
    pub current_password: String,
    /// The password as it will be, 8 to 128 characters.
    pub new_password: String,
}

fn stale() -> Problem {
    Problem::bad_request("invalid_token", "this token is not good, or was used, or is too old: ask for another letter")
}

async fn ticket(env: &Env, db: &Db, purpose: Purpose, token: &str) -> Result<(Id, tickets::Ticket)> {
    let id = read(&master(env)?, purpose, token).ok_or_else(stale)?;
    let ticket = tickets::good(db, id, clock::now()).await?.ok_or_else(stale)?;
    Ok((id, ticket))
}

/// Runs a batch that uses a ticket up.
async fn run(db: &Db, statements: Vec<Statement>) -> Result<()> {
    match db.batch(statements).await {
        Err(error) if required_change_missing(&error) => Err(stale()),
        Err(error) if kirana_edge::db::constraint(&error, "users.email") => Err(users::taken()),
        other => other.map(|_| ()).map_err(Into::into),
    }
}

/// The statements of a letter to somebody, with its ticket.
///
/// # Errors
/// 500 when the event cannot be written as JSON.
pub fn letter(
    request_id: &RequestId,
    user: &User,
    ticket: Id,
    kind: impl FnOnce(Letter) -> EventData,
) -> Result<Statement> {
    let letter = Letter { user_id: user.id, name: user.name.clone(), email: user.email.clone(), ticket };
    outbox::append(SOURCE.name, request_id, user.id.to_string(), None, kind(letter))
}

fn told(request_id: &RequestId, user: &User, kind: impl FnOnce(PersonEvent) -> EventData) -> Result<Statement> {
    let person = PersonEvent { user_id: user.id, name: user.name.clone(), email: user.email.clone() };
    outbox::append(SOURCE.name, request_id, user.id.to_string(), None, kind(person))
}

/// Is a letter's token good? Changes nothing: programs that open every link of a letter prove nothing for its reader.
///
/// # Errors
/// 400 `invalid_token`.
#[utoipa::path(get, path = "/api/v1/auth/verify-email", tag = "identity", params(Token),
    responses((status = 200, body = TokenInfo), (status = 400, body = Problem)))]
#[worker::send]
pub async fn look(State(env): State<Env>, Query(query): Query<Token>) -> Result<Json<TokenInfo>> {
    let (_, ticket) = ticket(&env, &Db::of(&env)?, Purpose::Verify, &query.token).await?;
    let next = "POST the same token here to prove that the address is yours".into();
    Ok(Json(TokenInfo { expires_at: ticket.expires_at, next }))
}

/// Proves that an address is one's own, with the token of a letter. From then on one logs in with the password anywhere.
///
/// # Errors
/// 400 `invalid_token`, 409 `email_taken` when somebody else was faster.
#[utoipa::path(post, path = "/api/v1/auth/verify-email", tag = "identity", request_body = Token,
    responses((status = 204), (status = 400, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn verify(State(env): State<Env>, request_id: RequestId, Json(body): Json<Token>) -> Result<StatusCode> {
    let (db, now) = (Db::of(&env)?, clock::now());
    let (id, ticket) = ticket(&env, &db, Purpose::Verify, &body.token).await?;
    let user = users::by_id(&db, ticket.user).await?.ok_or_else(stale)?;
    let mut statements = tickets::consume(id, now);
    statements.push(users::verify(user.id, now));
    statements.push(told(&request_id, &user, EventData::CustomerVerified)?);
    run(&db, statements).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends the letter that proves one's address once more.
///
/// # Errors
/// 409 `already_verified`, 429 `too_many_letters`.
#[utoipa::path(post, path = "/api/v1/auth/verify-email/letter", tag = "identity",
    responses((status = 202), (status = 409, body = Problem), (status = 429, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn resend(State(env): State<Env>, Caller(caller): Caller, request_id: RequestId) -> Result<StatusCode> {
    let (db, now) = (Db::of(&env)?, clock::now());
    let user = users::by_id(&db, caller.id).await?.ok_or_else(|| Problem::not_found("there is no such user"))?;
    if user.email_verified {
        return Err(Problem::conflict("already_verified", "this address is proved to be yours already"));
    }
    if tickets::recent_of_address(&db, &user.email, Purpose::Verify, now).await? >= MAX_LETTERS {
        let detail = "a letter is on its way; look into your mailbox, or ask again in a quarter of an hour";
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_letters", detail));
    }
    db.batch(claim(&db, &request_id, &user, now).await?).await?;
    Ok(StatusCode::ACCEPTED)
}

/// The statements that write to an address which somebody claims. If it is proved to be another's, that one hears of it
/// instead; whoever claims it sees no difference.
///
/// # Errors
/// 500 when the database refuses.
pub async fn claim(db: &Db, request_id: &RequestId, user: &User, now: Timestamp) -> Result<Vec<Statement>> {
    let ticket = clock::new_id();
    let owner = users::by_email(db, &user.email).await?;
    let letter = match owner {
        Some(owner) => told(request_id, &owner.user, EventData::AddressClaimed)?,
        None => letter(request_id, user, ticket, EventData::VerificationRequested)?,
    };
    Ok(vec![tickets::issue(ticket, Purpose::Verify, Some(user.id), now), letter])
}

/// Sends a letter with which a forgotten password is replaced, if somebody has this address. The answer is always the same.
///
/// # Errors
/// 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/auth/forgot-password", tag = "identity", request_body = EmailAddress,
    responses((status = 202), (status = 422, body = Problem)))]
#[worker::send]
pub async fn forgot(
    State(env): State<Env>,
    request_id: RequestId,
    Json(body): Json<EmailAddress>,
) -> Result<StatusCode> {
    let (db, now, id) = (Db::of(&env)?, clock::now(), clock::new_id());
    let user = users::claimant(&db, &normal_email(&body.email)).await?;
    // The same questions and nearly the same writes for somebody unknown: the answer takes as long.
    let recent = tickets::recent(&db, user.as_ref().map_or(id, |user| user.id), Purpose::Reset, now).await?;
    let mut statements = vec![tickets::issue(id, Purpose::Reset, user.as_ref().map(|user| user.id), now)];
    if let Some(user) = user.filter(|_| recent < MAX_LETTERS) {
        statements.push(letter(&request_id, &user, id, EventData::PasswordResetRequested)?);
    }
    db.batch(statements).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Sets a new password with the token of a letter. Every session ends.
///
/// # Errors
/// 400 `invalid_token`, 422 for a password that will not do.
#[utoipa::path(post, path = "/api/v1/auth/reset-password", tag = "identity", request_body = NewPassword,
    responses((status = 204), (status = 400, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn reset(State(env): State<Env>, request_id: RequestId, Json(body): Json<NewPassword>) -> Result<StatusCode> {
    let (db, now) = (Db::of(&env)?, clock::now());
    let (id, ticket) = ticket(&env, &db, Purpose::Reset, &body.token).await?;
    let user = users::by_id(&db, ticket.user).await?.ok_or_else(stale)?;
    leaked::refuse(&env, "password", &body.password).await?;
    let mut statements = tickets::consume(id, now);
    statements.push(tickets::consume_all(user.id, Purpose::Reset, now));
    statements.extend(change(&request_id, &user, ("password", &body.password), Change::ByLetter, &words(&env), now)?);
    run(&db, statements).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Changes one's password. Every other session ends.
///
/// # Errors
/// 403 `wrong_password`, 422 for a password that will not do, 429 `too_many_guesses`.
#[utoipa::path(post, path = "/api/v1/auth/change-password", tag = "identity", request_body = PasswordChange,
    responses((status = 204), (status = 403, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)),
    security(("bearer" = [])))]
#[worker::send]
pub async fn change_password(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Json(body): Json<PasswordChange>,
) -> Result<StatusCode> {
    let (db, now) = (Db::of(&env)?, clock::now());
    let found = check_password(&db, caller.id, &body.current_password, now).await?;
    let new = ("new_password", body.new_password.as_str());
    leaked::refuse(&env, new.0, new.1).await?;
    let mut statements = change(&request_id, &found.user, new, Change::In(caller.session), &words(&env), now)?;
    statements.push(factors::forget_guesses(caller.id));
    db.batch(statements).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How a password is changed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    /// By a letter: whoever reads the mailbox.
    ByLetter,
    /// In a session, which goes on.
    In(Option<Id>),
}

/// The statements that set a password and end every session but the one that asks.
fn change(
    request_id: &RequestId,
    user: &User,
    (path, new): (&str, &str),
    how: Change,
    words: &Words,
    now: Timestamp,
) -> Result<Vec<Statement>> {
    if let Some(fault) = password_fault(path, new, (&user.email, &user.name), words) {
        return Err(Problem::invalid_fields(vec![fault]));
    }
    let hash = password::hash(new, clock::random()).map_err(Problem::internal)?;
    let but = if let Change::In(session) = how { session } else { None };
    let mut statements = vec![users::set_password(user.id, &hash, how == Change::ByLetter, now)];
    statements.extend(sessions::revoke_all(user.id, but, "password changed", now));
    statements.push(told(request_id, user, EventData::PasswordChanged)?);
    Ok(statements)
}
