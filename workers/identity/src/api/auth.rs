//! Registering, logging in and out, and new tokens for old ones.

use crate::SOURCE;
use crate::api::keys::signer;
use crate::db::{self, User};
use crate::rules::{credentials, password};
use axum::extract::State;
use http::StatusCode;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Problem, RequestId, Result, access_token, clock, outbox};
use kirana_events::{CustomerRegistered, EventData};
use kirana_kernel::{Id, Role, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::time::Duration;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use worker::Env;

/// How long a refresh token is good for when it is not used.
const REFRESH_LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// What a new customer gives.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Where to write to them.
    #[schema(example = "mali@example.com")]
    pub email: String,
    /// 8 to 128 characters.
    pub password: String,
    /// How to address them.
    #[schema(example = "Mali")]
    pub name: String,
}

/// What somebody logs in with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The address they registered with.
    pub email: String,
    /// Their password.
    pub password: String,
}

/// What makes the first admin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bootstrap {
    /// The deployment's `BOOTSTRAP_SECRET`.
    pub secret: String,
    /// The admin's address.
    pub email: String,
    /// The admin's password.
    pub password: String,
}

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// As the last login or refresh answered it. Good once.
    pub refresh_token: String,
}

/// A session: who, and the tokens to ask with.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Who logged in.
    pub user: User,
    /// For `Authorization: Bearer ...`.
    pub access_token: String,
    /// Seconds until the access token ends.
    pub expires_in: u64,
    /// Good once, for new tokens.
    pub refresh_token: String,
}

fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

fn new_refresh_token() -> String {
    hex::encode(clock::random::<32>())
}

fn session(env: &Env, user: User, session: Id, refresh_token: String, now: Timestamp) -> Result<Json<Session>> {
    let access_token = signer(env)?.sign(&user.principal(session), now).map_err(Problem::internal)?;
    Ok(Json(Session { user, access_token, expires_in: access_token::LIFETIME.as_secs(), refresh_token }))
}

async fn register_as(env: &Env, request_id: &RequestId, body: Registration, role: Role) -> Result<Json<Session>> {
    let faults = credentials::faults(&body.email, &body.password, &body.name);
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    let now = clock::now();
    let user = User {
        id: clock::new_id(),
        email: credentials::normal_email(&body.email),
        name: body.name.trim().into(),
        roles: vec![role],
        stores: Vec::new(),
        franchisee_id: None,
        created_at: now,
    };
    let password_hash = password::hash(&body.password, clock::random()).map_err(Problem::internal)?;
    let (id, token) = (clock::new_id(), new_refresh_token());
    let mut statements = vec![db::insert_user(&user, &password_hash)?];
    statements.extend(db::begin_session(id, user.id, &hash(&token), now, now + REFRESH_LIFETIME));
    if role == Role::Customer {
        let registered =
            CustomerRegistered { customer_id: user.id, name: user.name.clone(), email: user.email.clone() };
        let subject = user.id.to_string();
        statements.push(outbox::append(
            SOURCE.name,
            request_id,
            subject,
            None,
            EventData::CustomerRegistered(registered),
        )?);
    }
    db::create(&Db::of(env)?, statements).await?;
    session(env, user, id, token, now)
}

/// Registers a customer and logs them in.
///
/// # Errors
/// 409 `email_taken`, 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/auth/register", tag = "identity", request_body = Registration,
    responses((status = 201, body = Session), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn register(
    State(env): State<Env>,
    request_id: RequestId,
    Json(body): Json<Registration>,
) -> Result<(StatusCode, Json<Session>)> {
    Ok((StatusCode::CREATED, register_as(&env, &request_id, body, Role::Customer).await?))
}

/// Makes the first admin of a new deployment. Works once.
///
/// # Errors
/// 403 for a wrong secret, 409 `already_bootstrapped`.
#[utoipa::path(post, path = "/api/v1/auth/bootstrap", tag = "identity", request_body = Bootstrap,
    responses((status = 201, body = Session), (status = 403, body = Problem), (status = 409, body = Problem)))]
#[worker::send]
pub async fn bootstrap(
    State(env): State<Env>,
    request_id: RequestId,
    Json(body): Json<Bootstrap>,
) -> Result<(StatusCode, Json<Session>)> {
    let secret = env.secret("BOOTSTRAP_SECRET")?.to_string();
    if secret.is_empty() || !bool::from(secret.as_bytes().ct_eq(body.secret.as_bytes())) {
        return Err(Problem::forbidden("the secret is not this deployment's BOOTSTRAP_SECRET"));
    }
    if db::has_admin(&Db::of(&env)?).await? {
        return Err(Problem::conflict("already_bootstrapped", "this chain has an admin already; log in"));
    }
    let admin = Registration { email: body.email, password: body.password, name: "Administrator".into() };
    Ok((StatusCode::CREATED, register_as(&env, &request_id, admin, Role::Admin).await?))
}

/// Logs in.
///
/// # Errors
/// 401 `wrong_credentials`, the same for an unknown address and a wrong password.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "identity", request_body = Login,
    responses((status = 200, body = Session), (status = 401, body = Problem)))]
#[worker::send]
pub async fn login(State(env): State<Env>, Json(body): Json<Login>) -> Result<Json<Session>> {
    let database = Db::of(&env)?;
    let found = db::by_email(&database, &credentials::normal_email(&body.email)).await?;
    // A password longer than any we take is wrong; hashing it would only cost.
    let short = body.password.len() <= 512;
    let right = short && password::verify(&body.password, found.as_ref().map(|found| found.password_hash.as_str()));
    let Some(found) = found.filter(|_| right) else {
        return Err(Problem::unauthorized("wrong_credentials", "no user has this e-mail address and password"));
    };
    let now = clock::now();
    let (id, token) = (clock::new_id(), new_refresh_token());
    database.batch(db::begin_session(id, found.user.id, &hash(&token), now, now + REFRESH_LIFETIME)).await?;
    session(&env, found.user, id, token, now)
}

/// New tokens for a refresh token, which is good once. One that is used twice was stolen: its whole session ends.
///
/// # Errors
/// 401 `invalid_refresh_token`.
#[utoipa::path(post, path = "/api/v1/auth/refresh-token", tag = "identity", request_body = Refresh,
    responses((status = 200, body = Session), (status = 401, body = Problem)))]
#[worker::send]
pub async fn refresh_token(State(env): State<Env>, Json(body): Json<Refresh>) -> Result<Json<Session>> {
    let refused = || Problem::unauthorized("invalid_refresh_token", "this refresh token is not good any more; log in");
    let database = Db::of(&env)?;
    let now = clock::now();
    let old = hash(&body.refresh_token);
    let found = db::refresh_token(&database, &old).await?.ok_or_else(refused)?;
    if found.used_at.is_some() {
        db::revoke_session(&database, &found.session_id, "refresh token used twice", now).await?;
        return Err(refused());
    }
    if found.revoked_at.is_some() || found.expires_at <= now.millis() {
        return Err(refused());
    }
    let id = kirana_edge::db::id(&found.session_id)?;
    let user = db::by_id(&database, kirana_edge::db::id(&found.user_id)?).await?.ok_or_else(refused)?;
    let token = new_refresh_token();
    if !db::rotate(&database, &old, id, &hash(&token), now, now + REFRESH_LIFETIME).await? {
        db::revoke_session(&database, &found.session_id, "refresh token used twice", now).await?;
        return Err(refused());
    }
    session(&env, user, id, token, now)
}

/// Ends the session that this access token belongs to.
///
/// # Errors
/// 401 without a token.
#[utoipa::path(post, path = "/api/v1/auth/logout", tag = "identity",
    responses((status = 204), (status = 401, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn logout(State(env): State<Env>, Caller(caller): Caller) -> Result<StatusCode> {
    if let Some(id) = caller.session {
        db::revoke_session(&Db::of(&env)?, &id.to_string(), "logged out", clock::now()).await?;
    }
    Ok(StatusCode::NO_CONTENT)
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
