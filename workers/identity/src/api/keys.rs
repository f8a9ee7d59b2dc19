//! What other workers ask: the public keys, and acknowledgements of events.

use crate::SOURCE;
use axum::extract::State;
use kirana_edge::access_token::{Jwks, Signer};
use kirana_edge::{Caller, Json, Problem, Result};
use kirana_events::Ack;
use kirana_vault::Master;
use kirana_vault::Vault;
use worker::Env;

/// The key that signs access tokens.
///
/// # Errors
/// 500 when the deployment's `JWT_SEED` is not 32 bytes in hex.
pub fn signer(env: &Env) -> Result<Signer> {
    let seed = env.secret("JWT_SEED")?.to_string();
    Signer::from_hex(&seed).ok_or_else(|| Problem::internal("JWT_SEED is not 32 bytes in hex"))
}

/// The key that all others but that of access tokens come from.
///
/// # Errors
/// 500 when the deployment's `DATA_KEY` is not 32 bytes in hex.
pub fn master(env: &Env) -> Result<Master> {
    let key = env.secret("DATA_KEY")?.to_string();
    Master::from_hex(&key).ok_or_else(|| Problem::internal("DATA_KEY is not 32 bytes in hex"))
}

/// What is personal is sealed with this; after a rotation the key before still opens.
///
/// # Errors
/// As [`master`], also for `DATA_KEY_PREVIOUS` where there is one.
pub fn vault(env: &Env) -> Result<Vault> {
    let previous = env.secret("DATA_KEY_PREVIOUS").ok().map(|key| key.to_string());
    let previous = previous
        .map(|key| Master::from_hex(&key).ok_or_else(|| Problem::internal("DATA_KEY_PREVIOUS is not 32 bytes in hex")));
    Ok(Vault::new(master(env)?, previous.transpose()?))
}

/// The public keys that access tokens are signed with.
///
/// # Errors
/// 500 when the deployment has no key.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "identity", responses((status = 200, body = Jwks)))]
#[worker::send]
pub async fn jwks(State(env): State<Env>) -> Result<Json<Jwks>> {
    Ok(Json(Jwks { keys: vec![signer(&env)?.jwk()] }))
}

/// A subscriber has applied our events.
///
/// # Errors
/// As `Source::on_ack`.
#[worker::send]
pub async fn outbox_ack(State(env): State<Env>, caller: Caller, ack: Json<Ack>) -> Result<Json<bool>> {
    SOURCE.on_ack(&env, &caller, ack).await
}
