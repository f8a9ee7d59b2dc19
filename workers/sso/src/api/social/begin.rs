//! The way out: to a provider.

use super::wish::Wish;
use super::{Journey, callback_uri, lead, provider, providers, remote};
use crate::api::form::Asked;
use crate::api::page::{Visitor, page};
use crate::api::pages;
use crate::rules::redirect::answer;
use axum::extract::State;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
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
    /// In place of all these: what `POST /users/customer/social-preauth` answered.
    reference: Option<String>,
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
/// 404 for an unknown provider, 400 `unknown_return_to`, `invalid_request` or `invalid_reference`, 503 when the provider does not
/// answer.
#[utoipa::path(get, path = "/api/v1/oauth/login/{provider}", tag = "sso",
    params(("provider" = String, Path, description = "The provider"), Departure),
    responses((status = 303, description = "To the provider"), (status = 400, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)))]
#[worker::send]
pub async fn begin(
    State(env): State<Env>,
    Path(name): Path<String>,
    visitor: Visitor,
    Asked(params): Asked,
) -> Result<Response> {
    let provider = provider(&env, &name)?;
    let wish = match params.get("reference") {
        Some(reference) => match Wish::open(&env, &name, reference)? {
            Some(wish) => wish,
            None => return stale(&visitor),
        },
        None => Wish {
            return_to: params.get("return_to").unwrap_or_default().into(),
            state: params.get("state").map(str::to_owned),
            code_challenge: params.get("code_challenge").unwrap_or_default().into(),
            code_challenge_method: params.get("code_challenge_method").unwrap_or_default().into(),
        },
    };
    wish.check(&env)?;
    let random = || URL_SAFE_NO_PAD.encode(clock::random::<32>());
    let journey = Journey {
        state: random(),
        nonce: random(),
        verifier: random(),
        return_to: wish.return_to,
        app_state: wish.state,
        code_challenge: wish.code_challenge,
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

/// A customer who opens an address too late reads so; a program gets a problem document.
fn stale(visitor: &Visitor) -> Result<Response> {
    let what = "This address to sign in with is not good any more.";
    if visitor.wants_page {
        return page(StatusCode::BAD_REQUEST, pages::lost(what), None, &[]);
    }
    Err(Problem::bad_request("invalid_reference", what))
}
