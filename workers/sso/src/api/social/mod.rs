//! Signing in with another provider: the app sends its user's browser to [`begin`], the provider sends it back to [`callback`],
//! which sends it to the app with a code; for that the app gets a session of the platform, or links who came to who is signed in.

pub mod arrive;
pub mod begin;
pub mod callback;
pub mod preauth;
pub mod remote;
pub mod verify;
pub mod wish;

use crate::api::issuer;
use crate::rules::arrival::JOURNEY;
use crate::rules::provider::{self, Provider};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{StatusCode, header};
use kirana_edge::sealed::vault;
use kirana_edge::{Problem, Result, clock};
use kirana_kernel::Timestamp;
use kirana_vault::Place;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use worker::Env;

/// The cookie of a browser that is on its way. `SameSite=None`: some providers send it back with a form.
const COOKIE: &str = "__Host-kirana-journey";

/// A browser's way to a provider and back, sealed in its own cookie: nothing is kept of those who never come back, and what
/// comes back in another browser is not theirs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Journey {
    /// What the provider gives back as it came.
    pub state: String,
    /// What the ID token must say.
    pub nonce: String,
    /// What redeems the provider's code.
    pub verifier: String,
    /// Where the app is.
    pub return_to: String,
    /// What the app gets back as it came.
    pub app_state: Option<String>,
    /// The app's own challenge: who sent the browser away is who comes for it.
    pub code_challenge: String,
    /// When it began.
    pub made_at: Timestamp,
}

/// The cookie, as it came.
pub struct JourneyCookie(pub Option<String>);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for JourneyCookie {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let cookies = parts.headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
        Ok(Self(pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned())))
    }
}

fn cookie(value: &str, seconds: u64) -> String {
    format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=None")
}

impl Journey {
    /// `Set-Cookie` for it.
    ///
    /// # Errors
    /// 500 when the deployment has no key.
    pub fn seal(&self, env: &Env, provider: &str) -> Result<String> {
        let text = serde_json::to_string(self)?;
        let sealed = vault(env)?.seal(&text, Place("social", "journey", provider), clock::random());
        Ok(cookie(&sealed.map_err(Problem::internal)?, JOURNEY.as_secs()))
    }

    /// The journey of a cookie: to this provider, and not too long ago.
    ///
    /// # Errors
    /// 500 when the deployment has no key.
    pub fn open(env: &Env, provider: &str, cookie: &JourneyCookie) -> Result<Option<Self>> {
        let Some(sealed) = cookie.0.as_deref() else { return Ok(None) };
        let opened = vault(env)?.open(sealed, Place("social", "journey", provider)).ok();
        let journey = opened.and_then(|text| serde_json::from_str::<Self>(&text).ok());
        Ok(journey.filter(|journey| clock::now() < journey.made_at + JOURNEY))
    }
}

/// The provider of this name.
///
/// # Errors
/// 404, or 500 for a configuration that is none.
pub fn provider(env: &Env, name: &str) -> Result<Provider> {
    let found = providers(env)?.into_iter().find(|provider| provider.name == name);
    found.ok_or_else(|| Problem::not_found("there is no such provider to sign in with"))
}

/// Every provider.
///
/// # Errors
/// 500 for a configuration that is none.
pub fn providers(env: &Env) -> Result<Vec<Provider>> {
    provider::parse(&env.var("SOCIAL_PROVIDERS")?.to_string()).map_err(Problem::internal)
}

/// Where a provider sends browsers back to.
///
/// # Errors
/// 500 when the deployment has no `PUBLIC_URL`.
pub fn callback_uri(env: &Env, provider: &str) -> Result<String> {
    Ok(format!("{}/api/v1/oauth/callback/{provider}", issuer(env)?))
}

/// Leads the browser on, with this cookie.
fn lead(to: &str, cookie: &str) -> Response {
    let headers = [(header::LOCATION, to), (header::CACHE_CONTROL, "no-store"), (header::SET_COOKIE, cookie)];
    (StatusCode::SEE_OTHER, headers).into_response()
}
