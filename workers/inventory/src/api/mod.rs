//! What the people of a store, and of the chain, may ask of stock.

pub mod leases;
pub mod low_stock;
pub mod movements;
pub mod purchase_orders;
pub mod stock;
pub mod stocktakes;
pub mod suppliers;
pub mod transfers;

use kirana_contracts::store_info::StoreInfo;
use kirana_contracts::store_state::object_name;
use kirana_edge::call::{self, Callee};
use kirana_edge::{Principal, Problem, Result, principal};
use kirana_kernel::Id;
use worker::Env;

/// The store's data, if the caller works there.
///
/// # Errors
/// 404 for a store that is not the caller's.
pub async fn own_store(env: &Env, caller: &Principal, store: Id) -> Result<StoreInfo> {
    let info = any_store(env, store).await?;
    if caller.may_work_in(info.id, info.franchisee_id) {
        Ok(info)
    } else {
        Err(Problem::not_found("there is no such store"))
    }
}

/// A store's data, whoever asks.
///
/// # Errors
/// 404 for a store that is not there.
pub async fn any_store(env: &Env, store: Id) -> Result<StoreInfo> {
    let stores = call::service(env, "STORES", &principal::service("inventory"));
    stores.get(&format!("/internal/stores/{store}")).await
}

/// The object of a store, if the caller works there.
///
/// # Errors
/// 404 for a store that is not the caller's.
pub async fn object<'a>(env: &'a Env, caller: &Principal, store: Id) -> Result<Callee<'a>> {
    let info = own_store(env, caller, store).await?;
    Ok(call::object(env, "STORE_STATE", object_name(info.number), caller))
}
