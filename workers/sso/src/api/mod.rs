//! What clients, the browsers of their users, users and admins ask.

pub mod audit;
pub mod authorize;
pub mod authorize_steps;
pub mod client;
pub mod clients;
pub mod consent;
pub mod form;
pub mod identity;
pub mod introspect;
pub mod keys;
pub mod page;
pub mod pages;
pub mod revoke;
pub mod sign_in;
pub mod social;
pub mod ticket;
pub mod token;
pub mod userinfo;

use kirana_edge::{Problem, Result};
use kirana_vault::{Master, Vault};
use worker::Env;

/// The issuer: where the platform answers, as every client has it in its configuration.
///
/// # Errors
/// 500 when the deployment has no `PUBLIC_URL`.
pub fn issuer(env: &Env) -> Result<String> {
    Ok(env.var("PUBLIC_URL")?.to_string().trim_end_matches('/').to_owned())
}

/// What is secret is sealed with this; after a rotation the key before still opens.
///
/// # Errors
/// 500 when `DATA_KEY`, or `DATA_KEY_PREVIOUS` where there is one, is not 32 bytes in hex.
pub fn vault(env: &Env) -> Result<Vault> {
    let read = |key: String| Master::from_hex(&key).ok_or_else(|| Problem::internal("DATA_KEY is not 32 bytes in hex"));
    let current = read(env.secret("DATA_KEY")?.to_string())?;
    let previous = env.secret("DATA_KEY_PREVIOUS").ok().map(|key| read(key.to_string())).transpose()?;
    Ok(Vault::new(current, previous))
}
