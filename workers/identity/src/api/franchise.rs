//! Whose a store is: stores knows, and is asked only when an owner appoints somebody or looks who works there.

use kirana_edge::{Principal, RequestId, Result, call, principal};
use kirana_kernel::{Id, Role};
use worker::Env;

/// Are all these stores of the franchise that the principal owns? Of a store that is not there: no.
///
/// # Errors
/// 503 while stores cannot be asked.
pub async fn owns(env: &Env, owner: &Principal, stores: &[Id], request_id: &RequestId) -> Result<bool> {
    let Some(franchisee) = owner.franchisee.filter(|_| owner.has(Role::Owner) && !stores.is_empty()) else {
        return Ok(false);
    };
    let callee = call::service(env, "STORES", &principal::service("identity")).during(&request_id.0).repeatable();
    callee.post(&format!("/internal/franchisees/{franchisee}/owns"), stores).await
}
