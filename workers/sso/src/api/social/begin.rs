//! The way out: to a provider.

use super::{Journey, callback_uri, lead, provider, providers, remote};
use crate::api::form::Asked;
use crate::rules::pkce;
use crate::rules::redirect::{answer, is_registered};
use axum::extract::State;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kirana_edge::{Json, Path, Problem, Result, clock};
use sha2::{Digest, Sha256};
use worker::Env;

/// What an app says.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // read one by one
pub struct Departure {
    /// Where the app is: one of the deployment's `RETURN_URIS`, letter by letter.
    return_to: Option<String>,
    /// Given back as it came.
    state: Option<String>,
    /// The S256 challenge of a verifier that the app keeps.
    code_challenge: Option<String>,
    /// `S256`.
    code_challenge_method: Option<String>,
}

/// The providers that one can sign in with.
///
/// # Errors
/// 500 for a configuration that is none.
#[utoipa::path(get, path = "/api/v1/oauth/providers", tag = "sso", responses((status = 200, body = Vec<String>)))]
#[worker::send]
pub async fn list(State(env): State<Env>) -> Result<Json<Vec<String>>> {
    Ok(Json(providers(&env)?.into_iter().map(|provider| provider.name).collect()))
}

/// Sends a browser to a provider. It comes back to `return_to` with a `code` for `POST /oauth/session` or `POST /oauth/links`,
/// good for a minute and with the verifier only, or with an `error`; and with `state`.
///
/// # Errors
/// 404 for an unknown provider, 400 `unknown_return_to` or `invalid_request`, 503 when the provider does not answer.
#[utoipa::path(get, path = "/api/v1/oauth/login/{provider}", tag = "sso",
    params(("provider" = String, Path, description = "The provider"), Departure),
    responses((status = 303, description = "To the provider"), (status = 400, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)))]
#[worker::send]
pub async fn begin(State(env): State<Env>, Path(name): Path<String>, Asked(params): Asked) -> Result<Response> {
    let provider = provider(&env, &name)?;
    let allowed = env.var("RETURN_URIS")?.to_string();
    let allowed: Vec<String> = allowed.split_whitespace().map(str::to_owned).collect();
    let return_to = params.get("return_to").filter(|uri| is_registered(uri, &allowed));
    let return_to = return_to.ok_or_else(|| {
        Problem::bad_request("unknown_return_to", "expected a return_to that the deployment knows, letter by letter")
    })?;
    let challenge = params.get("code_challenge").filter(|challenge| pkce::is_challenge(challenge));
    let short = params.get("state").is_none_or(|state| state.len() <= 500);
    let (Some(challenge), Some("S256"), true) = (challenge, params.get("code_challenge_method"), short) else {
        let detail = "expected a code_challenge with code_challenge_method=S256, and a state of 500 bytes at most";
        return Err(Problem::bad_request("invalid_request", detail));
    };
    let random = || URL_SAFE_NO_PAD.encode(clock::random::<32>());
    let journey = Journey {
        state: random(),
        nonce: random(),
        verifier: random(),
        return_to: return_to.into(),
        app_state: params.get("state").map(str::to_owned),
        code_challenge: challenge.into(),
        made_at: clock::now(),
    };
    let (metadata, callback) = (remote::metadata(&provider).await?, callback_uri(&env, &name)?);
    let own_challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(journey.verifier.as_bytes()));
    let mut question = vec![
        ("client_id", provider.client_id.as_str()),
        ("redirect_uri", &callback),
        ("response_type", "code"),
        ("scope", &provider.scope),
        ("state", &journey.state),
        ("nonce", &journey.nonce),
        ("code_challenge", &own_challenge),
        ("code_challenge_method", "S256"),
    ];
    question.extend(provider.response_mode.as_deref().map(|mode| ("response_mode", mode)));
    Ok(lead(&answer(&metadata.authorization_endpoint, &question), &journey.seal(&env, &name)?))
}
