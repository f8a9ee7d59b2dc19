//! A client sends its user's browser here to be signed out (OpenID Connect RP-Initiated Logout 1.0).

use crate::api::account::{ask, gone, sign_out};
use crate::api::authorize_steps::Visit;
use crate::api::form::{Asked, Form};
use crate::api::page::{Visitor, redirect};
use crate::api::{issuer, keys};
use crate::rules::client::Client;
use crate::rules::end_session::{Hint, client_id, is_sure, target};
use crate::rules::params::Params;
use crate::rules::redirect::answer;
use axum::extract::State;
use axum::response::Response;
use kirana_edge::db::Db;
use kirana_edge::{Problem, RequestId, Result};
use worker::Env;

/// What a request says, for its documentation.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // read one by one
pub struct EndSession {
    /// An ID token of the user's, ended or not: with it they are signed out without being asked.
    id_token_hint: Option<String>,
    /// The client, where there is no hint.
    client_id: Option<String>,
    /// Where the browser goes then: one of the client's `post_logout_redirect_uris`, letter by letter.
    post_logout_redirect_uri: Option<String>,
    /// Given back as it came, 1000 bytes at most.
    state: Option<String>,
}

/// The parameters, as a browser brings them back by GET.
const NAMES: [&str; 4] = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"];

/// Signs out: at once for a client that shows an ID token of who is signed in, else after asking them. All that clients were given
/// in this session ends. An address that is not registered leads nowhere: there is a page.
///
/// # Errors
/// 400 `invalid_request` for a parameter that is there twice, 503 when identity does not answer.
#[utoipa::path(get, path = "/api/v1/oauth/logout", tag = "sso", params(EndSession),
    responses((status = 200, description = "A page", body = String, content_type = "text/html"), (status = 303, description = "To the client"), (status = 400, body = Problem), (status = 503, body = Problem)))]
#[worker::send]
pub async fn get(
    State(env): State<Env>,
    visitor: Visitor,
    request_id: RequestId,
    Asked(params): Asked,
) -> Result<Response> {
    let mut visit = Visit::new(&env, visitor, request_id);
    if params.repeated() {
        return visit.lost("invalid_request", "The page that sent you here asked for two things at once.");
    }
    let db = Db::of(&env)?;
    let hint: Option<Hint> = match params.get("id_token_hint") {
        Some(token) => keys::read(&env, &db, token).await?,
        None => None,
    };
    let client = client(&visit, hint.as_ref(), &params).await?;
    let uri = params.get("post_logout_redirect_uri");
    let target = client.as_ref().and_then(|client| target(uri, &client.post_logout_redirect_uris, params.get("state")));
    let Some(who) = visit.signed_in().await? else { return gone(&visit, target.as_deref()) };
    if client.is_some() && is_sure(hint.as_ref(), &issuer(&env)?, &who.user.id.to_string()) {
        return sign_out(&mut visit, &who, target.as_deref()).await;
    }
    let name = client.as_ref().map(|client| client.client_name.as_str());
    ask(&mut visit, &who, name, target.as_deref())
}

async fn client(visit: &Visit<'_>, hint: Option<&Hint>, params: &Params) -> Result<Option<Client>> {
    match client_id(hint, params.get("client_id")).and_then(|id| id.parse().ok()) {
        Some(id) => visit.client(id).await,
        None => Ok(None),
    }
}

/// The same, from a form. A browser brings no cookie with a foreign form, so it comes again by GET.
///
/// # Errors
/// 415 for what is no form.
#[utoipa::path(post, path = "/api/v1/oauth/logout", tag = "sso",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The parameters of GET"),
    responses((status = 303, description = "To GET"), (status = 400, body = Problem), (status = 415, body = Problem)))]
#[worker::send]
pub async fn post(State(env): State<Env>, Form(form): Form) -> Result<Response> {
    if form.repeated() {
        return Err(Problem::bad_request("invalid_request", "a parameter is there twice"));
    }
    let said: Vec<_> = NAMES.into_iter().filter_map(|name| Some((name, form.get(name)?))).collect();
    redirect(&answer(&format!("{}/api/v1/oauth/logout", issuer(&env)?), &said), &[])
}
