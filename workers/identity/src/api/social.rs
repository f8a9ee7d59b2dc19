//! People whom another provider vouches for, as the worker for single sign-on asks: who they are here, and a session for them.

use crate::api::issue::{self, OnDevice, Session, UserAgent};
use crate::api::login::half_way;
use crate::api::proof::confirmed;
use crate::api::register::registered;
use crate::db::users::{self as db, User};
use crate::rules::words::Words;
use crate::rules::{credentials, password};
use axum::extract::State;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Problem, RequestId, Result, clock};
use kirana_kernel::{Id, Role};
use serde::Deserialize;
use worker::Env;

/// Somebody of whom a provider has seen that an address is theirs.
#[derive(Debug, Deserialize)]
pub struct Vouched {
    email: String,
    name: Option<String>,
}

/// `POST /internal/people/by-address`: the user who has proved this address, or a new customer who has it proved elsewhere. They
/// have no password until they ask for a letter that sets one.
///
/// # Errors
/// 403 for all but workers, 409 `email_taken` when somebody proved it meanwhile, 422 for an address that is none.
#[worker::send]
pub async fn by_address(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Json(vouched): Json<Vouched>,
) -> Result<Json<Id>> {
    caller.require_service()?;
    let (database, email) = (Db::of(&env)?, credentials::normal_email(&vouched.email));
    if let Some(found) = db::by_email(&database, &email).await? {
        return Ok(Json(found.user.id));
    }
    let unknown = hex::encode(clock::random::<32>());
    let given = vouched
        .name
        .as_deref()
        .map(str::trim)
        .filter(|name| credentials::faults(&email, &unknown, name, &Words::default()).is_empty());
    let name = given.unwrap_or_else(|| email.split('@').next().unwrap_or_default()).to_owned();
    let faults = credentials::faults(&email, &unknown, &name, &Words::default());
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    let user = User {
        id: clock::new_id(),
        email,
        name,
        roles: vec![Role::Customer],
        stores: Vec::new(),
        franchisee_id: None,
        email_verified: true,
        created_at: clock::now(),
        version: 0,
    };
    let hash = password::hash(&unknown, clock::random()).map_err(Problem::internal)?;
    db::create(&database, vec![db::insert(&user, &hash)?, registered(&request_id, &user)?]).await?;
    Ok(Json(user.id))
}

/// Who shall have a session, and where they are.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    user_id: Id,
    on: OnDevice,
    user_agent: String,
}

/// `POST /internal/sessions`: a session of a user whom a provider vouches for. Who has a second factor is asked for it here as
/// after a password.
///
/// # Errors
/// 403 for all but workers, 401 `second_factor_required`, 404 for who is gone, 422 for a device that will not do.
#[worker::send]
pub async fn session(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(wanted): Json<Wanted>,
) -> Result<Json<Session>> {
    caller.require_service()?;
    let database = Db::of(&env)?;
    let device = wanted.on.device(&UserAgent(wanted.user_agent))?;
    let user =
        db::by_id(&database, wanted.user_id).await?.ok_or_else(|| Problem::not_found("there is no such user"))?;
    let factors = confirmed(&database, user.id).await?;
    if !factors.is_empty() {
        return Err(half_way(&env, &database, user.id, &factors).await?);
    }
    // How they proved themselves over there, nobody here has seen.
    let beginning = issue::begin(&env, user, &device, &[], clock::now())?;
    database.batch(beginning.statements).await?;
    Ok(beginning.session)
}
