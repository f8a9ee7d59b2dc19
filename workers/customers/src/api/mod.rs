//! What customers and those who help them ask.

pub mod addresses;
pub mod age;
pub mod tastes;

use crate::db;
use axum::extract::State;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Path, Principal, Problem, Result};
use kirana_kernel::{Id, Role};
use kirana_vault::{Master, Vault};
use worker::Env;

/// Refuses everybody but the customer and those of these roles, as if there were no such customer.
///
/// # Errors
/// 404.
pub fn require_self_or(caller: &Principal, id: Id, roles: &[Role]) -> Result<()> {
    let sees = caller.id == id || caller.has_any(roles);
    if sees { Ok(()) } else { Err(Problem::not_found("there is no such customer")) }
}

/// What is personal is sealed with this; after a rotation the key before still opens.
///
/// # Errors
/// 500 when `DATA_KEY`, or `DATA_KEY_PREVIOUS` where there is one, is not 32 bytes in hex.
pub fn vault(env: &Env) -> Result<Vault> {
    let read = |key: String| Master::from_hex(&key).ok_or_else(|| Problem::internal("DATA_KEY is not 32 bytes in hex"));
    let current = read(env.secret("DATA_KEY")?.to_string())?;
    let previous = env.secret("DATA_KEY_PREVIOUS").ok().map(|key| read(key.to_string())).transpose()?;
    Ok(Vault::new(current, previous))
}

/// `POST /internal/customers/{id}/erase`: forgets what somebody told. Asked twice, it is done once.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn erase(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<bool>> {
    caller.require_service()?;
    Db::of(&env)?.batch(db::erase(id)).await?;
    Ok(Json(true))
}
