//! What a provider is asked: its metadata, its keys, tokens for a code, and who somebody is.

use crate::rules::provider::{Provider, may_ask};
use form_urlencoded::Serializer;
use kirana_edge::{Problem, Result, clock, log, wire};
use kirana_kernel::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;
use worker::{Env, Fetch, Headers, Method, Request, RequestInit, RequestRedirect};

/// How long a provider's metadata and keys are believed without asking again.
const LIFETIME: Duration = Duration::from_secs(3600);

/// How soon its keys are asked for again, when a token names one that is not among them.
const AGAIN: Duration = Duration::from_secs(30);

/// What a provider says of itself.
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    /// Must be the one in its configuration.
    pub issuer: String,
    /// Where browsers go.
    pub authorization_endpoint: String,
    /// Where codes become tokens.
    #[serde(default)]
    pub token_endpoint: Option<String>,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Who somebody is.
    #[serde(default)]
    pub userinfo_endpoint: Option<String>,
    /// Does it say in its answers that they are its own (RFC 9207)?
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

/// What a provider gives for a code.
#[derive(Debug, Deserialize)]
pub struct Tokens {
    /// Who signed in, signed.
    pub id_token: String,
    /// Opens its userinfo.
    #[serde(default)]
    pub access_token: Option<String>,
}

/// Public keys.
#[derive(Clone, Debug, Deserialize)]
struct Keys {
    keys: Vec<Map<String, Value>>,
}

thread_local! {
    /// By issuer; the owner is the provider, an hour its staleness.
    static METADATA: RefCell<HashMap<String, (Timestamp, Metadata)>> = RefCell::new(HashMap::new());
    /// The same.
    static KEYS: RefCell<HashMap<String, (Timestamp, Keys)>> = RefCell::new(HashMap::new());
}

fn silent(provider: &Provider, what: &str) -> Problem {
    log::error("a provider does not answer as it should", &[("provider", &provider.name), ("what", what)]);
    Problem::unavailable("this provider does not answer as it should now; try again, or sign in another way")
}

async fn ask<T: DeserializeOwned>(
    provider: &Provider,
    url: &str,
    authorization: Option<String>,
    form: Option<String>,
) -> Result<T> {
    if !may_ask(&provider.issuer, url) {
        return Err(silent(provider, "an endpoint without https"));
    }
    let headers = Headers::new();
    headers.set("accept", "application/json")?;
    if let Some(authorization) = authorization {
        headers.set("authorization", &authorization)?;
    }
    let mut init = RequestInit::new();
    if let Some(form) = form {
        headers.set("content-type", "application/x-www-form-urlencoded")?;
        init.with_method(Method::Post).with_body(Some(form.into()));
    }
    // Not to where it did not say.
    init.with_headers(headers).with_redirect(RequestRedirect::Manual);
    let request = Request::new_with_init(url, &init)?;
    let answer = Fetch::Request(request).send().await.map_err(|error| silent(provider, &error.to_string()))?;
    let text = wire::text(&answer).await.map_err(|error| silent(provider, &error.to_string()))?;
    if answer.status_code() != 200 {
        return Err(silent(provider, &format!("{url} answered {}", answer.status_code())));
    }
    serde_json::from_str(&text).map_err(|error| silent(provider, &format!("{url}: {error}")))
}

/// What a provider says of itself.
///
/// # Errors
/// 503 when it does not answer, or says that it is another.
pub async fn metadata(provider: &Provider) -> Result<Metadata> {
    let now = clock::now();
    let known = METADATA.with_borrow(|known| known.get(&provider.issuer).cloned());
    if let Some((_, metadata)) = known.filter(|(asked, _)| now.since(*asked) < LIFETIME) {
        return Ok(metadata);
    }
    let url = format!("{}/.well-known/openid-configuration", provider.issuer.trim_end_matches('/'));
    let metadata: Metadata = ask(provider, &url, None, None).await?;
    let leads = may_ask(&provider.issuer, &metadata.authorization_endpoint);
    if metadata.issuer != provider.issuer || !leads {
        return Err(silent(provider, "its metadata is another issuer's"));
    }
    METADATA.with_borrow_mut(|known| known.insert(provider.issuer.clone(), (now, metadata.clone())));
    Ok(metadata)
}

/// A provider's public keys. `anew`: a token names a key that is not among those that are known.
///
/// # Errors
/// 503 when it does not answer.
pub async fn keys(provider: &Provider, anew: bool) -> Result<Vec<Map<String, Value>>> {
    let (now, lifetime) = (clock::now(), if anew { AGAIN } else { LIFETIME });
    let known = KEYS.with_borrow(|known| known.get(&provider.issuer).cloned());
    if let Some((_, keys)) = known.filter(|(asked, _)| now.since(*asked) < lifetime) {
        return Ok(keys.keys);
    }
    let keys: Keys = ask(provider, &metadata(provider).await?.jwks_uri, None, None).await?;
    KEYS.with_borrow_mut(|known| known.insert(provider.issuer.clone(), (now, keys.clone())));
    Ok(keys.keys)
}

/// Tokens for a code.
///
/// # Errors
/// 503 when it gives none, 500 when the deployment has no secret for it.
pub async fn redeem(env: &Env, provider: &Provider, redirect_uri: &str, code: &str, verifier: &str) -> Result<Tokens> {
    let metadata = metadata(provider).await?;
    let endpoint = provider.token_endpoint.as_ref().or(metadata.token_endpoint.as_ref());
    let endpoint = endpoint.ok_or_else(|| silent(provider, "it has no token endpoint"))?;
    let secrets = env.secret("SOCIAL_SECRETS")?.to_string();
    let secrets: HashMap<String, String> = serde_json::from_str(&secrets).unwrap_or_default();
    let secret = secrets.get(&provider.name);
    let secret = secret.ok_or_else(|| Problem::internal(format!("SOCIAL_SECRETS has none for {}", provider.name)))?;
    let form = Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("code_verifier", verifier)
        .append_pair("client_id", &provider.client_id)
        .append_pair("client_secret", secret)
        .finish();
    ask(provider, endpoint, None, Some(form)).await
}

/// Who somebody is, for an access token; nothing where the provider has no such endpoint.
///
/// # Errors
/// 503 when it does not answer.
pub async fn userinfo(provider: &Provider, access_token: &str) -> Result<Option<Map<String, Value>>> {
    let Some(endpoint) = metadata(provider).await?.userinfo_endpoint else { return Ok(None) };
    ask(provider, &endpoint, Some(format!("Bearer {access_token}")), None).await.map(Some)
}
