//! What every way to log in ends with: a session on a device, and its tokens.

use crate::api::keys::signer;
use crate::db::sessions::{self, NewSession};
use crate::db::users::User;
use crate::rules::sessions::{Device, device_fault, hash, lifetimes};
use http::request::Parts;
use kirana_edge::access_token::{self, Grant, Method};
use kirana_edge::db::Statement;
use kirana_edge::{Json, Problem, Result, clock};
use kirana_kernel::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use utoipa::ToSchema;
use worker::Env;

/// A session: who, and the tokens to ask with.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Who logged in.
    pub user: User,
    /// The session, as `GET /auth/sessions` lists it.
    pub session_id: Id,
    /// For `Authorization: Bearer ...`.
    pub access_token: String,
    /// Seconds until the access token ends.
    pub expires_in: u64,
    /// Good once, for new tokens.
    pub refresh_token: String,
}

/// What a device says of itself when somebody logs in on it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnDevice {
    /// What to call it in the list of sessions, such as `Mali's phone`. What its user agent says, if not given.
    #[serde(default)]
    pub device_name: Option<String>,
    /// 16 to 128 random characters that the device keeps to itself. Given here, the session is good with it only: each
    /// refresh must show it.
    #[serde(default)]
    pub device_secret: Option<String>,
}

impl OnDevice {
    /// The device, from what it says and its user agent.
    ///
    /// # Errors
    /// 422 for a name or a secret that will not do.
    pub fn device(&self, agent: &UserAgent) -> Result<Device> {
        let (name, secret) = (self.device_name.as_deref(), self.device_secret.as_deref());
        match device_fault(name, secret) {
            Some((path, message)) => Err(Problem::invalid_field(path, message)),
            None => Ok(Device::of(name, secret, &agent.0)),
        }
    }
}

/// The header `user-agent`, cut to 300 bytes.
pub struct UserAgent(pub String);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for UserAgent {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let agent = parts.headers.get("user-agent").and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Self(agent.chars().take(300).collect()))
    }
}

/// A session that begins: the statements that write it, and what its owner is told once they are done.
pub struct Beginning {
    /// To be run in the batch of whatever begins it.
    pub statements: Vec<Statement>,
    /// To be answered after.
    pub session: Json<Session>,
}

/// A new random token, 32 bytes.
#[must_use]
pub fn new_token() -> [u8; 32] {
    clock::random()
}

/// A session of a user on a device, who proved themselves so just now.
///
/// # Errors
/// 500 when the deployment has no key.
pub fn begin(env: &Env, user: User, device: &Device, methods: &[Method], now: Timestamp) -> Result<Beginning> {
    let (id, token) = (clock::new_id(), hex::encode(new_token()));
    let (idle, absolute) = lifetimes(&user.roles);
    let session =
        NewSession { id, user: user.id, device, methods, now, expires_at: now + idle, ends_at: now + absolute };
    let statements = sessions::begin(&session, &hash(&token))?;
    let session = answer(env, user, id, now, methods, token, now)?;
    Ok(Beginning { statements, session })
}

/// A session with a new access token.
///
/// # Errors
/// 500 when the deployment has no key.
pub fn answer(
    env: &Env,
    user: User,
    session: Id,
    proved_at: Timestamp,
    methods: &[Method],
    refresh_token: String,
    now: Timestamp,
) -> Result<Json<Session>> {
    let grant =
        Grant { principal: user.principal(session), version: user.version, proved_at, methods: methods.to_vec() };
    let access_token = signer(env)?.sign(&grant, now).map_err(Problem::internal)?;
    let expires_in = access_token::LIFETIME.as_secs();
    Ok(Json(Session { user, session_id: session, access_token, expires_in, refresh_token }))
}
