//! The way back: from a provider, which says who somebody is there.

use super::{Journey, JourneyCookie, callback_uri, cookie, lead, provider, remote, verify};
use crate::api::form::{Asked, Form};
use crate::api::page::{Visitor, page};
use crate::api::pages;
use crate::db::links::{self, Arrival};
use crate::rules::arrival::LIFETIME;
use crate::rules::id_token::{Expected, Told, check, key, parse, told};
use crate::rules::params::Params;
use crate::rules::provider::Provider;
use crate::rules::redirect::answer;
use crate::rules::secret::{self, Kind};
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use kirana_edge::db::Db;
use kirana_edge::sealed::vault;
use kirana_edge::{Path, Problem, Result, clock, log};
use kirana_vault::Place;
use subtle::ConstantTimeEq;
use worker::Env;

/// A provider sends a browser back.
///
/// # Errors
/// 400 `invalid_state` in another browser than the one that was sent, or too late; 404 for an unknown provider.
#[utoipa::path(get, path = "/api/v1/oauth/callback/{provider}", tag = "sso",
    params(("provider" = String, Path, description = "The provider")),
    responses((status = 303, description = "To the app"), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(
    State(env): State<Env>,
    Path(name): Path<String>,
    visitor: Visitor,
    cookie: JourneyCookie,
    Asked(params): Asked,
) -> Result<Response> {
    come_back(&env, &name, &visitor, &cookie, &params).await
}

/// The same, from a provider that answers with a form.
///
/// # Errors
/// As for GET; 415 for what is no form.
#[utoipa::path(post, path = "/api/v1/oauth/callback/{provider}", tag = "sso",
    params(("provider" = String, Path, description = "The provider")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The provider's answer"),
    responses((status = 303, description = "To the app"), (status = 400, body = Problem), (status = 404, body = Problem), (status = 415, body = Problem)))]
#[worker::send]
pub async fn post(
    State(env): State<Env>,
    Path(name): Path<String>,
    visitor: Visitor,
    cookie: JourneyCookie,
    Form(params): Form,
) -> Result<Response> {
    come_back(&env, &name, &visitor, &cookie, &params).await
}

async fn come_back(
    env: &Env,
    name: &str,
    visitor: &Visitor,
    sealed: &JourneyCookie,
    params: &Params,
) -> Result<Response> {
    let provider = provider(env, name)?;
    let journey = Journey::open(env, name, sealed)?;
    let same = |journey: &Journey| {
        let given = params.get("state").unwrap_or_default();
        bool::from(journey.state.as_bytes().ct_eq(given.as_bytes())) && !params.repeated()
    };
    let Some(journey) = journey.filter(same) else {
        let what = "You come back in another browser than you left with, or too late.";
        if visitor.wants_page {
            return page(StatusCode::BAD_REQUEST, pages::lost(what), None, &[]);
        }
        return Err(Problem::bad_request("invalid_state", what));
    };
    let end = |name: &str, value: &str| {
        let mut all = vec![(name, value)];
        all.extend(journey.app_state.as_deref().map(|state| ("state", state)));
        lead(&answer(&journey.return_to, &all), &cookie("", 0))
    };
    if let Some(error) = params.get("error") {
        let denied = matches!(error, "access_denied" | "user_cancelled_authorize" | "user_cancelled_login");
        return Ok(end("error", if denied { "access_denied" } else { "server_error" }));
    }
    let told = match believe(env, &provider, &journey, params).await {
        Ok(told) => told,
        Err(problem) => {
            log::error("who comes from a provider is not believed", &[("provider", name), ("why", &problem.detail)]);
            return Ok(end("error", "server_error"));
        }
    };
    let code = secret::secret(Kind::Code, clock::random());
    let hash = secret::hash(&code);
    let text = serde_json::to_string(&told)?;
    let sealed =
        vault(env)?.seal(&text, Place("arrivals", "told", &hash), clock::random()).map_err(Problem::internal)?;
    let arrival = Arrival { provider: name.into(), told: sealed, code_challenge: journey.code_challenge.clone() };
    Db::of(env)?.batch(vec![links::arrive(&hash, &arrival, clock::now() + LIFETIME)]).await?;
    Ok(end("code", &code))
}

/// Who the provider says has come, if it is the provider that says so, now, to us, and of this browser.
async fn believe(env: &Env, provider: &Provider, journey: &Journey, params: &Params) -> Result<Told> {
    let not = |what: &str| Problem::bad_request("invalid_answer", what);
    let metadata = remote::metadata(provider).await?;
    match params.get("iss") {
        Some(issuer) if issuer != provider.issuer => return Err(not("iss is another's")),
        None if metadata.authorization_response_iss_parameter_supported => return Err(not("iss is missing")),
        _ => {}
    }
    let code = params.get("code").ok_or_else(|| not("code is missing"))?;
    let uri = callback_uri(env, &provider.name)?;
    let tokens = remote::redeem(env, provider, &uri, code, &journey.verifier).await?;
    let parts =
        parse(&tokens.id_token).ok_or_else(|| not("the ID token is none, or signed in a way that is not allowed"))?;
    let mut keys = remote::keys(provider, false).await?;
    if key(&keys, &parts).is_none() {
        keys = remote::keys(provider, true).await?;
    }
    let found = key(&keys, &parts).ok_or_else(|| not("the ID token's key is not published"))?;
    if !verify::is_signed(found, &parts).await? {
        return Err(not("the ID token's signature is wrong"));
    }
    let access_token = tokens.access_token.as_deref();
    let expected =
        Expected { issuer: &provider.issuer, client_id: &provider.client_id, nonce: &journey.nonce, access_token };
    let mut who =
        check(&parts.claims, &expected, clock::now()).map_err(|claim| not(&format!("the ID token's {claim}")))?;
    // Some tell there only where to write to somebody.
    if let (None, Some(access_token)) = (&who.email, access_token) {
        let more = remote::userinfo(provider, access_token).await?.as_ref().and_then(told);
        if let Some(more) = more.filter(|more| more.subject == who.subject) {
            who = more;
        }
    }
    Ok(who)
}
