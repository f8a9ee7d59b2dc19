//! Logging in.

use crate::api::failed;
use crate::api::issue::{self, OnDevice, Session, UserAgent};
use crate::api::keys::master;
use crate::api::proof::confirmed;
use crate::db::factors::Factor;
use crate::db::tickets;
use crate::db::users::{self as db, User};
use crate::rules::sessions::hash;
use crate::rules::tickets::{Purpose, token};
use crate::rules::{credentials, password};
use axum::extract::State;
use kirana_contracts::rate_limit::Limit;
use kirana_edge::access_token::Method;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Problem, RequestId, Result, clock, rate_limit};
use kirana_kernel::Id;
use serde::Deserialize;
use utoipa::ToSchema;
use worker::Env;

/// Logins to one account, unless `ACCOUNT_LIMIT` says otherwise. Addresses are cheap, an account is one.
const LOGINS: Limit = Limit { calls: 20, window: 900 };

/// What somebody logs in with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The address they registered with.
    pub email: String,
    /// Their password.
    pub password: String,
    /// Where they are.
    #[serde(default)]
    pub on: OnDevice,
}

/// Logs in.
///
/// # Errors
/// 401 `wrong_credentials`, the same for an unknown address and a wrong password; 401 `second_factor_required` with a
/// `login_token` for `POST /auth/login/second-factor` and the kinds of code that will do; 429 after too many tries.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "identity", request_body = Login,
    responses((status = 200, body = Session), (status = 401, body = Problem), (status = 422, body = Problem),
              (status = 429, body = Problem)))]
#[worker::send]
pub async fn login(
    State(env): State<Env>,
    agent: UserAgent,
    request_id: RequestId,
    Json(body): Json<Login>,
) -> Result<Json<Session>> {
    let device = body.on.device(&agent)?;
    let email = credentials::normal_email(&body.email);
    // Counted before anybody is looked up, so that an address without an account is refused in the same way.
    let limit = env.var("ACCOUNT_LIMIT").ok().and_then(|limit| Limit::parse(&limit.to_string())).unwrap_or(LOGINS);
    rate_limit::take(&env, "identity", format!("proof:account:{}", hash(&email)), limit).await?;
    let database = Db::of(&env)?;
    let found = db::by_email(&database, &email).await?;
    // A password longer than any we take is wrong; hashing it would only cost.
    let short = body.password.len() <= 512;
    let right = short && password::verify(&body.password, found.as_ref().map(|found| found.password_hash.as_str()));
    let known = found.as_ref().map(|found| found.user.id);
    let Some(found) = found.filter(|_| right) else {
        failed::tell(&env, &database, &request_id, &email, known, "password").await?;
        return Err(Problem::unauthorized("wrong_credentials", "no user has this e-mail address and password"));
    };
    let factors = confirmed(&database, found.user.id).await?;
    if !factors.is_empty() {
        return Err(half_way(&env, &database, found.user.id, &factors).await?);
    }
    let beginning = issue::begin(&env, found.user, &device, &[Method::Pwd], clock::now())?;
    database.batch(beginning.statements).await?;
    Ok(beginning.session)
}

/// The kinds of code that somebody has.
#[must_use]
pub fn kinds(factors: &[Factor]) -> Vec<&'static str> {
    factors.iter().map(|factor| factor.kind.name()).chain(["recovery"]).collect()
}

/// The first half was right, and a second factor is wanted: what to go on with.
///
/// # Errors
/// 500 when the database refuses.
pub async fn half_way(env: &Env, database: &Db, user: Id, factors: &[Factor]) -> Result<Problem> {
    let (id, now) = (clock::new_id(), clock::now());
    database.batch(vec![tickets::issue(id, Purpose::Login, Some(user), now)]).await?;
    let detail = "the password is right; send a code to /api/v1/auth/login/second-factor within five minutes";
    Ok(Problem::unauthorized("second_factor_required", detail)
        .with("login_token", token(&master(env)?, Purpose::Login, id))
        .with("kinds", kinds(factors)))
}

/// Who am I?
///
/// # Errors
/// 401 without a token.
#[utoipa::path(get, path = "/api/v1/auth/me", tag = "identity",
    responses((status = 200, body = User), (status = 401, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn me(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<User>> {
    let user = db::by_id(&Db::of(&env)?, caller.id).await?;
    user.map(Json).ok_or_else(|| Problem::unauthorized("unauthenticated", "this user is gone"))
}
