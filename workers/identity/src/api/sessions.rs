//! One's own sessions: new tokens for old ones, which there are, and ending them.

use crate::SOURCE;
use crate::api::issue::{self, OnDevice, Session, UserAgent};
use crate::db::sessions::{self as db, Found, SessionInfo, Successor};
use crate::db::users;
use crate::rules::sessions::{Verdict, hash, judge, lifetimes, seal};
use axum::extract::State;
use http::StatusCode;
use kirana_edge::db::{Db, Statement};
use kirana_edge::{Caller, Json, Path, Problem, Query, RequestId, Result, clock, outbox};
use kirana_events::{EventData, SessionRevoked};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// As the last login or refresh answered it. Good once.
    pub refresh_token: String,
    /// The device's secret, if the session began with one.
    #[serde(default)]
    pub device_secret: Option<String>,
}

fn refused() -> Problem {
    Problem::unauthorized("invalid_refresh_token", "this refresh token is not good any more; log in")
}

/// New tokens for a refresh token, which is good once. A reply that was lost is given once more to the same device within ten
/// seconds; any other second use is theft, and the whole session ends.
///
/// # Errors
/// 401 `invalid_refresh_token`.
#[utoipa::path(post, path = "/api/v1/auth/refresh-token", tag = "identity", request_body = Refresh,
    responses((status = 200, body = Session), (status = 401, body = Problem)))]
#[worker::send]
pub async fn refresh(
    State(env): State<Env>,
    request_id: RequestId,
    agent: UserAgent,
    Json(body): Json<Refresh>,
) -> Result<Json<Session>> {
    let (database, now) = (Db::of(&env)?, clock::now());
    let device = OnDevice { device_name: None, device_secret: body.device_secret };
    // A secret that cannot be one is a wrong one.
    let device = device.device(&agent).map_err(|_| refused())?;
    let old = hash(&body.refresh_token);
    let found = || async { look(&database, &body.refresh_token, &old, &device).await?.ok_or_else(refused) };
    let mut token = found().await?;
    let mut verdict = judge(&token.presented, now);
    if verdict == Verdict::Rotate {
        if let Some(session) = rotate(&env, &database, &token, &body.refresh_token, &old, now).await? {
            return Ok(session);
        }
        // Another call with the same token was faster; what it made is there now.
        token = found().await?;
        verdict = judge(&token.presented, clock::now());
    }
    match (verdict, token.successor) {
        (Verdict::Again, Some(sealed)) => {
            let user = users::by_id(&database, token.user).await?.ok_or_else(refused)?;
            let successor = hex::encode(seal(&body.refresh_token, sealed));
            issue::answer(&env, user, token.session, token.proved_at, &token.methods, successor, now)
        }
        (Verdict::Stolen, _) => {
            let why = SessionRevoked::REUSED;
            end(
                &env,
                &request_id,
                token.user,
                Some(token.session),
                db::revoke(token.user, token.session, why, now),
                why,
            )
            .await?;
            Err(refused())
        }
        _ => Err(refused()),
    }
}

/// The token, with whether its successor was used.
async fn look(
    database: &Db,
    token: &str,
    hashed: &str,
    device: &crate::rules::sessions::Device,
) -> Result<Option<Found>> {
    let Some(mut found) = db::find(database, hashed, device).await? else { return Ok(None) };
    if let Some(sealed) = found.successor {
        found.presented.successor_used = db::is_used(database, &hash(&hex::encode(seal(token, sealed)))).await?;
    }
    Ok(Some(found))
}

/// New tokens, unless another call with the same token was faster.
async fn rotate(
    env: &Env,
    database: &Db,
    found: &Found,
    token: &str,
    old: &str,
    now: Timestamp,
) -> Result<Option<Json<Session>>> {
    let user = users::by_id(database, found.user).await?.ok_or_else(refused)?;
    let (idle, _) = lifetimes(&user.roles);
    let successor = issue::new_token();
    let text = hex::encode(successor);
    let next = Successor {
        session: found.session,
        old,
        new: &hash(&text),
        sealed: seal(token, successor),
        expires_at: (now + idle).min(found.presented.ends_at),
    };
    if !db::rotate(database, &next, now).await? {
        return Ok(None);
    }
    issue::answer(env, user, found.session, found.proved_at, &found.methods, text, now).map(Some)
}

/// Runs what ends sessions, and tells of it.
async fn end(
    env: &Env,
    request_id: &RequestId,
    user: Id,
    session: Option<Id>,
    mut statements: Vec<Statement>,
    why: &str,
) -> Result<()> {
    let told = SessionRevoked { user_id: user, session_id: session, reason: why.into() };
    let event = EventData::SessionRevoked(told);
    statements.push(outbox::append(SOURCE.name, request_id, user.to_string(), None, event)?);
    Db::of(env)?.batch(statements).await?;
    Ok(())
}

/// Ends the session that this access token belongs to. The token is refused from then on.
///
/// # Errors
/// 401 without a token.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "identity",
    responses((status = 204), (status = 401, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn logout(State(env): State<Env>, Caller(caller): Caller, request_id: RequestId) -> Result<StatusCode> {
    if let Some(id) = caller.session {
        let why = "logged out";
        end(&env, &request_id, caller.id, Some(id), db::revoke(caller.id, id, why, clock::now()), why).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// One's sessions that have not ended, the last used first.
///
/// # Errors
/// 401 without a token.
#[utoipa::path(get, path = "/api/v1/auth/sessions", tag = "identity",
    responses((status = 200, body = Vec<SessionInfo>), (status = 401, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn list(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<Vec<SessionInfo>>> {
    Ok(Json(db::list(&Db::of(&env)?, caller.id, caller.session, clock::now()).await?))
}

/// Ends one of one's sessions: a device that was lost. Its tokens are refused within a second. It wants a fresh proof, which a
/// login on another device is; one's own session ends with `POST /auth/logout`, without.
///
/// # Errors
/// 401 `step_up_required`, 404 for a session that is not one's own.
#[utoipa::path(delete, path = "/api/v1/auth/sessions/{id}", tag = "identity",
    params(("id" = Id, Path, description = "The session")),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn revoke(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
) -> Result<StatusCode> {
    let own = db::list(&Db::of(&env)?, caller.id, None, clock::now()).await?;
    if !own.iter().any(|session| session.id == id) {
        return Err(Problem::not_found("you have no such session"));
    }
    let why = "ended by its user";
    end(&env, &request_id, caller.id, Some(id), db::revoke(caller.id, id, why, clock::now()), why).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which sessions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Keep the one that asks; `true` if not given.
    pub keep_current: Option<bool>,
}

/// Ends all of one's sessions, or all others.
///
/// # Errors
/// 401 without a token, 401 `step_up_required`.
#[utoipa::path(delete, path = "/api/v1/auth/sessions", tag = "identity", params(Which),
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn revoke_all(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Query(which): Query<Which>,
) -> Result<StatusCode> {
    let but = if which.keep_current.unwrap_or(true) { caller.session } else { None };
    let why = "all ended by their user";
    end(&env, &request_id, caller.id, None, db::revoke_all(caller.id, but, why, clock::now()), why).await?;
    Ok(StatusCode::NO_CONTENT)
}
