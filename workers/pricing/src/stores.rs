//! What this worker asks of stores.

use kirana_contracts::store_info::StoreInfo;
use kirana_edge::{Principal, Problem, Result, call, principal};
use kirana_kernel::Id;
use worker::Env;

/// A store.
///
/// # Errors
/// 404 for one that is not there.
pub async fn store(env: &Env, id: Id) -> Result<StoreInfo> {
    call::service(env, "STORES", &principal::service("pricing")).get(&format!("/internal/stores/{id}")).await
}

/// A store that the caller works in.
///
/// # Errors
/// 404 for what is not there, and the same for somebody else's store.
pub async fn own_store(env: &Env, id: Id, caller: &Principal) -> Result<StoreInfo> {
    let store = store(env, id).await?;
    if caller.may_work_in(store.id, store.franchisee_id) {
        return Ok(store);
    }
    Err(Problem::not_found("there is no such store"))
}
