//! The authorization endpoint: where a client sends its user's browser.

use crate::api::authorize_steps::{Visit, proceed};
use crate::api::form::{Asked, Form};
use crate::api::page::Visitor;
use crate::rules::params::Params;
use crate::rules::{authorize, redirect};
use axum::extract::State;
use axum::response::Response;
use kirana_edge::{Problem, RequestId, Result};
use worker::Env;

/// What a request says, for its documentation; the standards have more that is passed over here.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // read one by one: what is wrong with one is told to the client, not to the browser
pub struct AuthorizationRequest {
    /// The client.
    client_id: Option<String>,
    /// Where the answer goes: one of the client's own, letter by letter.
    redirect_uri: Option<String>,
    /// `code`.
    response_type: Option<String>,
    /// `openid`, and of `profile`, `email` and `stores` what is needed.
    scope: Option<String>,
    /// Given back as it came.
    state: Option<String>,
    /// Put into the ID token as it came.
    nonce: Option<String>,
    /// The S256 challenge.
    code_challenge: Option<String>,
    /// `S256`.
    code_challenge_method: Option<String>,
    /// Of `none`, `login`, `consent` and `select_account`.
    prompt: Option<String>,
    /// Seconds ago at most that the user may have signed in.
    max_age: Option<String>,
}

/// Signs somebody in to a client: asks who they are and whether they agree, as far as that is not known, and leads their browser
/// back to the client with a code or an error, `state` and `iss`. Without a client, or with a redirect URI that is not its own, it
/// leads nowhere and says so.
///
/// # Errors
/// 400 `unknown_client` or `unknown_redirect_uri`.
#[utoipa::path(get, path = "/api/v1/oauth/authorize", tag = "sso", params(AuthorizationRequest),
    responses((status = 200, description = "A page", body = String, content_type = "text/html"), (status = 303, description = "To the client"), (status = 400, body = Problem)))]
#[worker::send]
pub async fn get(
    State(env): State<Env>,
    visitor: Visitor,
    request_id: RequestId,
    Asked(params): Asked,
) -> Result<Response> {
    begin(Visit::new(&env, visitor, request_id), &params).await
}

/// The same, for requests too long for an address.
///
/// # Errors
/// As for GET; 415 for what is no form.
#[utoipa::path(post, path = "/api/v1/oauth/authorize", tag = "sso",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The parameters of GET"),
    responses((status = 200, description = "A page", body = String, content_type = "text/html"), (status = 303, description = "To the client"), (status = 400, body = Problem), (status = 415, body = Problem)))]
#[worker::send]
pub async fn post(
    State(env): State<Env>,
    visitor: Visitor,
    request_id: RequestId,
    Form(params): Form,
) -> Result<Response> {
    begin(Visit::new(&env, visitor, request_id), &params).await
}

async fn begin(mut visit: Visit<'_>, params: &Params) -> Result<Response> {
    let client = match params.get("client_id").and_then(|id| id.parse().ok()) {
        Some(id) => visit.client(id).await?,
        None => None,
    };
    let Some(client) = client else {
        return visit.lost("unknown_client", "The page that sent you here is not known: no client has this client_id.");
    };
    let uri = params.get("redirect_uri").filter(|uri| redirect::is_registered(uri, &client.redirect_uris));
    let Some(uri) = uri else {
        let what = "The page that sent you here wants its answer at an address that is not its own: this redirect_uri is not registered.";
        return visit.lost("unknown_redirect_uri", what);
    };
    match authorize::read(params, &client, uri) {
        Ok(request) => {
            let who = visit.signed_in().await?;
            proceed(&mut visit, &client, &request, who).await
        }
        Err(fault) => visit.refuse(uri, params.get("state").filter(|state| state.len() <= 1_000), &fault),
    }
}
