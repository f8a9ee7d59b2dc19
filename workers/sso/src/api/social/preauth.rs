//! Pre-authorisation: an app, or a counter, says how its customer is to sign in elsewhere, and gets the address to send them to.

use super::wish::Wish;
use super::{provider, remote};
use crate::api::issuer;
use crate::rules::arrival::JOURNEY;
use crate::rules::redirect::answer;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use kirana_edge::{Json, Problem, Result};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worker::Env;

/// What an app says before it sends its customer away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SocialPreauth {
    /// One of `GET /oauth/providers`.
    pub provider: String,
    /// Where the customer shall come back to: one of the deployment's `RETURN_URIS`, letter by letter.
    pub return_to: String,
    /// Given back as it came, 500 bytes at most.
    #[serde(default)]
    pub state: Option<String>,
    /// The S256 challenge of a verifier that the app keeps.
    pub code_challenge: String,
    /// `S256`.
    pub code_challenge_method: String,
}

/// Where to send the customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preauthorised {
    /// To open in the customer's browser, or to show as a QR code. It leads on to the provider, with a state, a nonce and a
    /// challenge that belong to the browser it is opened in.
    pub authorization_url: String,
    /// What stands for this in that address; another device can go on with it.
    pub reference: String,
    /// Seconds until both end.
    pub expires_in: u64,
}

/// Begins to sign a customer in with another provider, which is asked first whether it is there. The customer comes back as from
/// `GET /oauth/login/{provider}`: with a `code` for `POST /oauth/session`, which whoever has the verifier alone can use.
///
/// # Errors
/// 404 for an unknown provider, 400 `unknown_return_to` or `invalid_request`, 422 `invalid_body`, 503 when the provider does not
/// answer.
#[utoipa::path(post, path = "/api/v1/users/customer/social-preauth", tag = "sso", request_body = SocialPreauth,
    responses((status = 200, body = Preauthorised), (status = 400, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
#[worker::send]
pub async fn begin(State(env): State<Env>, Json(body): Json<SocialPreauth>) -> Result<Response> {
    let provider = provider(&env, &body.provider)?;
    let SocialPreauth { return_to, state, code_challenge, code_challenge_method, .. } = body;
    let wish = Wish { return_to, state, code_challenge, code_challenge_method };
    wish.check(&env)?;
    remote::metadata(&provider).await?;
    let reference = wish.seal(&env, &provider.name)?;
    let login = format!("{}/api/v1/oauth/login/{}", issuer(&env)?, provider.name);
    let authorization_url = answer(&login, &[("reference", &reference)]);
    let answer = Preauthorised { authorization_url, reference, expires_in: JOURNEY.as_secs() };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}
