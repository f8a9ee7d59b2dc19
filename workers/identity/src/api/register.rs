//! Registering, and the first admin.

use crate::SOURCE;
use crate::api::issue::{self, Beginning, OnDevice, Session, UserAgent};
use crate::api::leaked;
use crate::api::verification::claim;
use crate::api::words;
use crate::db::tickets;
use crate::db::users::{self as db, User};
use crate::rules::tickets::{MAX_LETTERS, Purpose};
use crate::rules::{credentials, password};
use axum::extract::State;
use http::StatusCode;
use kirana_edge::access_token::Method;
use kirana_edge::db::{Db, Statement};
use kirana_edge::{Json, Problem, RequestId, Result, clock, outbox};
use kirana_events::{CustomerRegistered, EventData};
use kirana_kernel::Role;
use serde::Deserialize;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use worker::Env;

/// What stands for the password of who has none: no hash is written so.
const NO_PASSWORD: &str = "!";

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
    /// Where they are.
    #[serde(default)]
    pub on: OnDevice,
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

/// The statement that tells of a new customer.
///
/// # Errors
/// 500 when the event cannot be written as JSON.
pub fn registered(request_id: &RequestId, user: &User) -> Result<Statement> {
    let registered = CustomerRegistered { customer_id: user.id, name: user.name.clone(), email: user.email.clone() };
    let event = EventData::CustomerRegistered(registered);
    outbox::append(SOURCE.name, request_id, user.id.to_string(), None, event)
}

async fn register_as(
    env: &Env,
    request_id: &RequestId,
    agent: &UserAgent,
    body: Registration,
    role: Role,
) -> Result<Json<Session>> {
    let faults = credentials::faults(&body.email, &body.password, &body.name, &words(env));
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    leaked::refuse(env, "password", &body.password).await?;
    let (device, now) = (body.on.device(agent)?, clock::now());
    let user = User {
        id: clock::new_id(),
        email: credentials::normal_email(&body.email),
        name: body.name.trim().into(),
        roles: vec![role],
        stores: Vec::new(),
        franchisee_id: None,
        email_verified: role != Role::Customer,
        created_at: now,
        version: 0,
    };
    let password_hash = password::hash(&body.password, clock::random()).map_err(Problem::internal)?;
    let database = Db::of(env)?;
    let mut statements = vec![db::insert(&user, &password_hash)?];
    if role == Role::Customer {
        // Asked and written whether the address has an account already or not: nobody can tell by the time it takes.
        let recent = tickets::recent_of_address(&database, &user.email, Purpose::Verify, now).await?;
        let claim = claim(&database, request_id, &user, now).await?;
        statements.extend(if recent < MAX_LETTERS { claim } else { Vec::new() });
        statements.push(registered(request_id, &user)?);
    }
    let Beginning { statements: session, session: answer } = issue::begin(env, user, &device, &[Method::Pwd], now)?;
    statements.extend(session);
    db::create(&database, statements).await?;
    Ok(answer)
}

/// Registers a customer and logs them in. A letter goes to the address; once it is answered, the account can be logged into
/// with its password. Of an address that has an account already the answer is the same, and its owner hears of it.
///
/// # Errors
/// 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/auth/register", tag = "identity", request_body = Registration,
    responses((status = 201, body = Session), (status = 422, body = Problem)))]
#[worker::send]
pub async fn register(
    State(env): State<Env>,
    request_id: RequestId,
    agent: UserAgent,
    Json(body): Json<Registration>,
) -> Result<(StatusCode, Json<Session>)> {
    Ok((StatusCode::CREATED, register_as(&env, &request_id, &agent, body, Role::Customer).await?))
}

/// Who orders without an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Guest {
    /// Where the receipt goes.
    #[schema(example = "mali@example.com")]
    pub email: String,
    /// What is called out at the counter.
    #[schema(example = "Mali")]
    pub name: String,
    /// Where they are.
    #[serde(default)]
    pub on: OnDevice,
}

/// Begins a session for somebody who orders without an account: they may do what a customer may, for as long as the session lives, and
/// nobody can log into it again. Who wants to keep it asks for a password by letter (`POST /auth/forgot-password`).
///
/// # Errors
/// 422 `invalid_body`.
#[utoipa::path(post, path = "/api/v1/auth/guest", tag = "identity", request_body = Guest,
    responses((status = 201, body = Session), (status = 422, body = Problem)))]
#[worker::send]
pub async fn guest(
    State(env): State<Env>,
    request_id: RequestId,
    agent: UserAgent,
    Json(body): Json<Guest>,
) -> Result<(StatusCode, Json<Session>)> {
    let faults = [credentials::email_fault(&body.email), credentials::name_fault(&body.name)];
    let faults: Vec<_> = faults.into_iter().flatten().collect();
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    let (device, now) = (body.on.device(&agent)?, clock::now());
    let user = User {
        id: clock::new_id(),
        email: credentials::normal_email(&body.email),
        name: body.name.trim().into(),
        roles: vec![Role::Customer],
        stores: Vec::new(),
        franchisee_id: None,
        email_verified: false,
        created_at: now,
        version: 0,
    };
    // No password has this hash.
    let mut statements = vec![db::insert(&user, NO_PASSWORD)?, registered(&request_id, &user)?];
    let Beginning { statements: session, session: answer } = issue::begin(&env, user, &device, &[], now)?;
    statements.extend(session);
    db::create(&Db::of(&env)?, statements).await?;
    Ok((StatusCode::CREATED, answer))
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
    agent: UserAgent,
    Json(body): Json<Bootstrap>,
) -> Result<(StatusCode, Json<Session>)> {
    let secret = env.secret("BOOTSTRAP_SECRET")?.to_string();
    if secret.is_empty() || !bool::from(secret.as_bytes().ct_eq(body.secret.as_bytes())) {
        return Err(Problem::forbidden("the secret is not this deployment's BOOTSTRAP_SECRET"));
    }
    if db::has_admin(&Db::of(&env)?).await? {
        return Err(Problem::conflict("already_bootstrapped", "this chain has an admin already; log in"));
    }
    let (email, password, name) = (body.email, body.password, "Administrator".into());
    let admin = Registration { email, password, name, on: OnDevice::default() };
    Ok((StatusCode::CREATED, register_as(&env, &request_id, &agent, admin, Role::Admin).await?))
}
