//! The second half of a login, and proving again who one is before something that matters.

use crate::api::issue::{self, OnDevice, Session, UserAgent};
use crate::api::keys::{master, signer};
use crate::api::proof::{self, CodeKind, check_password, confirmed, count_guess, take_code};
use crate::api::{factors as codes, failed, login};
use crate::db::factors::{self, Kind};
use crate::db::{sessions, tickets, users};
use crate::rules::tickets::{Purpose, read};
use axum::extract::State;
use http::StatusCode;
use kirana_edge::access_token::{self, Grant, Method};
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Problem, RequestId, Result, clock};
use kirana_kernel::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// The second half of a login.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondFactor {
    /// `login_token` of the first half.
    pub login_token: String,
    /// What the code is.
    pub kind: CodeKind,
    /// The code.
    pub code: String,
    /// Where they are.
    #[serde(default)]
    pub on: OnDevice,
}

/// Asks for a code in the middle of a login.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginCode {
    /// `login_token` of the first half.
    pub login_token: String,
    /// How to send it: `mail` or `sms`.
    pub kind: Kind,
}

/// Asks for a code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendCode {
    /// How to send it: `mail` or `sms`.
    pub kind: Kind,
}

/// A proof of who one is: a code, or the password for those who have no second factor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepUp {
    /// The password.
    #[serde(default)]
    pub password: Option<String>,
    /// What the code is.
    #[serde(default)]
    pub kind: Option<CodeKind>,
    /// The code.
    #[serde(default)]
    pub code: Option<String>,
}

/// A new access token of the same session.
#[derive(Debug, Serialize, ToSchema)]
pub struct SteppedUp {
    /// For `Authorization: Bearer ...`.
    pub access_token: String,
    /// Seconds until it ends.
    pub expires_in: u64,
}

async fn half_way(env: &Env, db: &Db, token: &str) -> Result<(Id, Id)> {
    let stale = || Problem::unauthorized("invalid_login_token", "the first half of this login is too old: log in anew");
    let id = read(&master(env)?, Purpose::Login, token).ok_or_else(stale)?;
    let ticket = tickets::good(db, id, clock::now()).await?.ok_or_else(stale)?;
    Ok((id, ticket.user))
}

/// The second half of a login whose first half answered 401 `second_factor_required`.
///
/// # Errors
/// 401 `invalid_login_token` or `wrong_code`, 429 `too_many_guesses`.
#[utoipa::path(post, path = "/api/v1/auth/login/second-factor", tag = "identity", request_body = SecondFactor,
    responses((status = 200, body = Session), (status = 401, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
#[worker::send]
pub async fn finish(
    State(env): State<Env>,
    agent: UserAgent,
    request_id: RequestId,
    Json(body): Json<SecondFactor>,
) -> Result<Json<Session>> {
    let (db, now) = (Db::of(&env)?, clock::now());
    let device = body.on.device(&agent)?;
    let (ticket, id) = half_way(&env, &db, &body.login_token).await?;
    count_guess(&db, id, now).await?;
    let factors = confirmed(&db, id).await?;
    let mut statements = match take_code(&env, &db, id, &factors, body.kind, &body.code, now).await {
        Ok(statements) => statements,
        Err(problem) => return Err(failed::wrong_code(&env, &db, &request_id, id, problem).await),
    };
    statements.extend(tickets::consume(ticket, now));
    let user = users::by_id(&db, id).await?.ok_or_else(proof::wrong_code)?;
    let beginning = issue::begin(&env, user, &device, &[Method::Pwd, body.kind.method()], now)?;
    statements.extend(beginning.statements);
    proof::run(&db, statements).await?;
    Ok(beginning.session)
}

/// Sends a code in the middle of a login, for who has that factor.
///
/// # Errors
/// 401 `invalid_login_token`, 404 without that factor, 429 `too_many_letters`.
#[utoipa::path(post, path = "/api/v1/auth/login/code", tag = "identity", request_body = LoginCode,
    responses((status = 202), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
#[worker::send]
pub async fn login_code(
    State(env): State<Env>,
    request_id: RequestId,
    Json(body): Json<LoginCode>,
) -> Result<StatusCode> {
    let db = Db::of(&env)?;
    let (_, user) = half_way(&env, &db, &body.login_token).await?;
    send(&db, user, body.kind, &request_id).await
}

/// Sends a code to prove who one is again.
///
/// # Errors
/// 404 without that factor, 429 `too_many_letters`.
#[utoipa::path(post, path = "/api/v1/auth/step-up/code", tag = "identity", request_body = SendCode,
    responses((status = 202), (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn step_up_code(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Json(body): Json<SendCode>,
) -> Result<StatusCode> {
    send(&Db::of(&env)?, caller.id, body.kind, &request_id).await
}

async fn send(db: &Db, user: Id, kind: Kind, request_id: &RequestId) -> Result<StatusCode> {
    let has = confirmed(db, user).await?.iter().any(|factor| factor.kind == kind);
    if kind == Kind::Totp || !has {
        return Err(Problem::not_found(
            "no code can be sent so: this factor is not enrolled, or an app makes its codes",
        ));
    }
    db.batch(codes::message(db, user, kind, request_id).await?).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Proves again who one is: some calls want a proof of the last five minutes, and say so with 401 `step_up_required`. The access
/// tokens that the session had before are refused within a second; its refresh token stays good, for whoever else shares it.
///
/// # Errors
/// 401 `wrong_code`, 403 `wrong_password`, 422 for a password where a code is needed, 429 `too_many_guesses`.
#[utoipa::path(post, path = "/api/v1/auth/step-up", tag = "identity", request_body = StepUp,
    responses((status = 200, body = SteppedUp), (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)),
    security(("bearer" = [])))]
#[worker::send]
pub async fn step_up(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(body): Json<StepUp>,
) -> Result<Json<SteppedUp>> {
    let (db, now) = (Db::of(&env)?, clock::now());
    let session = caller.session.ok_or_else(|| Problem::forbidden("only who is logged in proves who they are"))?;
    let factors = confirmed(&db, caller.id).await?;
    let (mut statements, methods) = match (body.kind, body.code.as_deref(), body.password.as_deref()) {
        (Some(kind), Some(code), _) => {
            count_guess(&db, caller.id, now).await?;
            let taken = take_code(&env, &db, caller.id, &factors, kind, code, now).await?;
            (taken, vec![Method::Pwd, kind.method()])
        }
        (_, _, Some(password)) if factors.is_empty() => {
            check_password(&db, caller.id, password, now).await?;
            (vec![factors::forget_guesses(caller.id)], vec![Method::Pwd])
        }
        _ if factors.is_empty() => return Err(Problem::invalid_field("password", "expected your password")),
        _ => {
            let kinds = login::kinds(&factors);
            let detail = format!("expected the kind of a code and the code; you have {}", kinds.join(", "));
            return Err(Problem::invalid_field("code", detail));
        }
    };
    statements.extend(sessions::proved(session, &methods, now)?);
    let user = users::by_id(&db, caller.id).await?.ok_or_else(proof::wrong_code)?;
    proof::run(&db, statements).await?;
    let grant = Grant { principal: user.principal(session), version: user.version, proved_at: now, methods };
    let access_token = signer(&env)?.sign(&grant, now).map_err(Problem::internal)?;
    Ok(Json(SteppedUp { access_token, expires_in: access_token::LIFETIME.as_secs() }))
}
