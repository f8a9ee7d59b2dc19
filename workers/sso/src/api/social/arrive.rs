//! The app comes for who has arrived: for a session, or to link them to who is signed in.

use crate::api::identity::{self, OnDevice};
use crate::db::links::{self, Link};
use crate::rules::arrival::{Welcome, welcome};
use crate::rules::id_token::Told;
use crate::rules::pkce;
use crate::rules::secret;
use axum::extract::State;
use http::StatusCode;
use http::request::Parts;
use kirana_edge::db::{Db, constraint, required_change_missing};
use kirana_edge::sealed::vault;
use kirana_edge::{Caller, Json, Path, Problem, RawJson, RequestId, Result, clock};
use kirana_kernel::Id;
use kirana_vault::Place;
use serde::Deserialize;
use std::convert::Infallible;
use utoipa::ToSchema;
use worker::Env;

/// What an app comes with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Coming {
    /// The code that the browser brought back.
    pub code: String,
    /// The verifier of the challenge that the app sent with it.
    pub code_verifier: String,
    /// What the device says of itself: `device_name` and `device_secret`, as at login.
    #[serde(default)]
    pub on: Option<serde_json::Map<String, serde_json::Value>>,
}

/// The header `user-agent`, cut.
pub struct Agent(String);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Agent {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let agent = parts.headers.get("user-agent").and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Self(agent.chars().take(300).collect()))
    }
}

/// Who has arrived, and from where.
struct Arrived {
    provider: String,
    told: Told,
    subject: String,
}

/// Who has come with a code, which is used up by this.
async fn take(env: &Env, db: &Db, coming: &Coming) -> Result<Arrived> {
    let wrong =
        || Problem::bad_request("invalid_code", "this code is not good: used, too old, or not of this verifier");
    let hash = secret::hash(&coming.code);
    let arrival = links::arrived(db, &hash, clock::now()).await?.ok_or_else(wrong)?;
    if !pkce::verifies(&coming.code_verifier, &arrival.code_challenge) {
        return Err(wrong());
    }
    match db.batch(links::take(&hash)).await {
        Err(error) if required_change_missing(&error) => return Err(wrong()),
        other => other?,
    };
    let told = vault(env)?.open(&arrival.told, Place("arrivals", "told", &hash)).map_err(Problem::internal)?;
    let told: Told = serde_json::from_str(&told)?;
    let subject = secret::hash(&format!("{} {}", arrival.provider, told.subject));
    Ok(Arrived { provider: arrival.provider, told, subject })
}

async fn link_to(db: &Db, arrived: &Arrived, user: Id) -> Result<()> {
    match db.batch(vec![links::link(&arrived.subject, &arrived.provider, user, clock::now())]).await {
        Err(error) if constraint(&error, "links.") => {
            let detail =
                "this account has another account at that provider already, or that one belongs to somebody here";
            Err(Problem::conflict("already_linked", detail))
        }
        other => other.map(|_| ()).map_err(Into::into),
    }
}

/// A session of who has arrived: of the user they were linked to; else of whoever has proved the address here that the provider
/// has seen proved there; else of a new customer.
///
/// # Errors
/// 400 `invalid_code`, 401 `second_factor_required` as at login, 403 `address_not_verified` when the provider vouches for no
/// address, 409 `already_linked`.
#[utoipa::path(post, path = "/api/v1/oauth/session", tag = "sso", request_body = Coming,
    responses((status = 200, description = "A session, as `POST /auth/login` answers it", body = serde_json::Value), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn session(
    State(env): State<Env>,
    request_id: RequestId,
    Agent(agent): Agent,
    Json(body): Json<Coming>,
) -> Result<RawJson> {
    let db = Db::of(&env)?;
    let arrived = take(&env, &db, &body).await?;
    let on = body.on.map_or_else(|| OnDevice::Object(serde_json::Map::new()), OnDevice::Object);
    let linked = links::user(&db, &arrived.subject).await?;
    if let Welcome::Known(user) = welcome(linked, &arrived.told) {
        match identity::session(&env, &request_id, user, &on, &agent).await {
            // Forgotten since: who comes is new.
            Err(problem) if problem.status == 404 => {
                db.batch(vec![links::forget(&arrived.subject)]).await?;
            }
            other => return other,
        }
    }
    let Welcome::ByAddress(email) = welcome(None, &arrived.told) else {
        let detail = "the provider does not say that the address is yours: log in, and link it to your account";
        return Err(Problem::new(StatusCode::FORBIDDEN, "address_not_verified", detail));
    };
    let user = identity::by_address(&env, &request_id, &email, arrived.told.name.as_deref()).await?;
    link_to(&db, &arrived, user).await?;
    identity::session(&env, &request_id, user, &on, &agent).await
}

/// Links who has arrived to who is signed in: from then on one can sign in there as well.
///
/// # Errors
/// 400 `invalid_code`, 409 `already_linked`.
#[utoipa::path(post, path = "/api/v1/oauth/links", tag = "sso", request_body = Coming,
    responses((status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn link(State(env): State<Env>, Caller(caller): Caller, Json(body): Json<Coming>) -> Result<StatusCode> {
    let db = Db::of(&env)?;
    let arrived = take(&env, &db, &body).await?;
    link_to(&db, &arrived, caller.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where else one can sign in.
///
/// # Errors
/// 401 without a token.
#[utoipa::path(get, path = "/api/v1/oauth/links", tag = "sso",
    responses((status = 200, body = Vec<Link>), (status = 401, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn list(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<Vec<Link>>> {
    Ok(Json(links::of(&Db::of(&env)?, caller.id).await?))
}

/// Takes a link away: nobody signs in there any more as oneself.
///
/// # Errors
/// 404 for what is not there.
#[utoipa::path(delete, path = "/api/v1/oauth/links/{provider}", tag = "sso",
    params(("provider" = String, Path, description = "The provider")),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)), security(("bearer" = [])))]
#[worker::send]
pub async fn unlink(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(provider): Path<String>,
) -> Result<StatusCode> {
    let changed = Db::of(&env)?.batch(vec![links::unlink(caller.id, &provider)]).await?;
    if changed.first() == Some(&0) {
        return Err(Problem::not_found("you have no such link"));
    }
    Ok(StatusCode::NO_CONTENT)
}
