//! What clients, the browsers of their users, users and admins ask.

pub mod account;
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
pub mod logout;
pub mod page;
pub mod pages;
pub mod revoke;
pub mod sign_in;
pub mod social;
pub mod ticket;
pub mod token;
pub mod userinfo;

use kirana_edge::Result;
use worker::Env;

/// The issuer: where the platform answers, as every client has it in its configuration.
///
/// # Errors
/// 500 when the deployment has no `PUBLIC_URL`.
pub fn issuer(env: &Env) -> Result<String> {
    Ok(env.var("PUBLIC_URL")?.to_string().trim_end_matches('/').to_owned())
}
