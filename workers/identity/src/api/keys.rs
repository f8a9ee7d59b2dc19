//! What other workers ask: the public keys, and acknowledgements of events.

use crate::SOURCE;
use axum::extract::State;
use kirana_edge::access_token::{Jwks, Signer};
use kirana_edge::{Caller, Json, Problem, Result, sealed};
use kirana_events::Ack;
use kirana_vault::Master;
use worker::Env;

/// The key that signs access tokens.
///
/// # Errors
/// 500 when the deployment's `JWT_SEED` is not 32 bytes in hex.
pub fn signer(env: &Env) -> Result<Signer> {
    read_signer(env, "JWT_SEED")?.ok_or_else(|| Problem::internal("there is no JWT_SEED"))
}

fn read_signer(env: &Env, name: &'static str) -> Result<Option<Signer>> {
    let Ok(seed) = env.secret(name) else { return Ok(None) };
    let signer = Signer::from_hex(&seed.to_string());
    signer.map(Some).ok_or_else(|| Problem::internal(format!("{name} is not 32 bytes in hex")))
}

/// The key behind tokens of letters, codes and indexes. Not the one that seals: that one changes, and whoever holds a letter or
/// a recovery code shall not notice.
///
/// # Errors
/// 500 when the deployment's `INDEX_KEY` is not 32 bytes in hex.
pub fn master(env: &Env) -> Result<Master> {
    sealed::key(env, "INDEX_KEY")?.ok_or_else(|| Problem::internal("there is no INDEX_KEY"))
}

/// The public keys that access tokens are signed with: `JWT_SEED` signs; `JWT_SEED_NEXT` is published before it does, so that
/// whoever keeps a copy of these knows it by then, and `JWT_SEED_PREVIOUS` until its last token has ended.
///
/// # Errors
/// 500 when the deployment has no key.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "identity", responses((status = 200, body = Jwks)))]
#[worker::send]
pub async fn jwks(State(env): State<Env>) -> Result<Json<Jwks>> {
    let mut keys = vec![signer(&env)?.jwk()];
    for name in ["JWT_SEED_NEXT", "JWT_SEED_PREVIOUS"] {
        keys.extend(read_signer(&env, name)?.map(|signer| signer.jwk()));
    }
    Ok(Json(Jwks { keys }))
}

/// A subscriber has applied our events.
///
/// # Errors
/// As `Source::on_ack`.
#[worker::send]
pub async fn outbox_ack(State(env): State<Env>, caller: Caller, ack: Json<Ack>) -> Result<Json<bool>> {
    SOURCE.on_ack(&env, &caller, ack).await
}
