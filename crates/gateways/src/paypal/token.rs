//! Access tokens: an app's credentials are good for one thing only, asking for these ("Authentication").

use super::Config;
use crate::answer::{doubt, read, read_or_default};
use crate::config::basic;
use crate::outcome::{Doubt, Failure, Reason};
use crate::request::{Answer, Method, Request};
use crate::secret::Secret;
use serde::Deserialize;

/// What every other call carries. To be kept for less than its time, in memory only.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AccessToken {
    /// The token.
    #[serde(rename = "access_token")]
    pub secret: Secret,
    /// For how many seconds it is good.
    #[serde(rename = "expires_in")]
    pub seconds: u32,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refused {
    error: String,
}

/// The request for a token.
#[must_use]
pub fn token(config: &Config) -> Request {
    let (url, kind) = (format!("{}/v1/oauth2/token", config.base), "application/x-www-form-urlencoded");
    Request::with_body(Method::Post, url, kind, "grant_type=client_credentials".to_owned())
        .header("authorization", basic(&config.client_id, &config.client_secret.expose()))
}

/// The token.
///
/// # Errors
/// [`Failure::Unknown`] with [`Doubt::Credentials`] when the app is not known; else as of every answer.
pub fn read_token(answer: &Answer<'_>) -> Result<AccessToken, Failure> {
    if answer.is_success() {
        let token: AccessToken = read(answer.body)?;
        return if token.secret.is_empty() { Err(Failure::Unknown(Doubt::Unreadable)) } else { Ok(token) };
    }
    let Refused { error } = read_or_default(answer.body);
    match doubt(answer) {
        Some(doubt) => Err(Failure::Unknown(doubt)),
        None if error == "invalid_client" => Err(Failure::Unknown(Doubt::Credentials)),
        None => Err(Failure::refused(Reason::BadCall, &error)),
    }
}
