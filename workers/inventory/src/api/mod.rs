//! What the people of a store, and of the chain, may ask of stock.

pub mod barcodes;
pub mod leases;
pub mod low_stock;
pub mod movements;
pub mod purchase_orders;
pub mod read_model;
pub mod receipts;
pub mod stock;
pub mod stocktakes;
pub mod suppliers;
pub mod transfers;
pub mod warehouses;

use crate::db::{self, Place, PlaceKind};
use http::HeaderMap;
use kirana_contracts::store_info::StoreInfo;
use kirana_contracts::store_state::object_name;
use kirana_edge::call::{self, Callee};
use kirana_edge::db::Db;
use kirana_edge::{Principal, Problem, Result, principal};
use kirana_kernel::{Id, Timestamp};
use worker::Env;

/// A store or a warehouse, whoever asks.
///
/// # Errors
/// 404 for a place that is not there.
pub async fn place(env: &Env, id: Id) -> Result<Place> {
    let stores = call::service(env, "STORES", &principal::service("inventory"));
    match stores.get::<StoreInfo>(&format!("/internal/stores/{id}")).await {
        Ok(store) => Ok(Place {
            source: object_name(store.number),
            id: store.id,
            kind: PlaceKind::Store,
            name: store.name,
            franchisee_id: Some(store.franchisee_id),
            currency: Some(store.currency),
        }),
        // Far fewer than stores, and asked for far less often.
        Err(refused) if refused.status == 404 => match db::warehouse(&Db::of(env)?, id).await? {
            Some(warehouse) => Ok(warehouse.place()),
            None => Err(refused),
        },
        Err(fault) => Err(fault),
    }
}

/// May somebody work there?
#[must_use]
pub fn may_work_in(caller: &Principal, place: &Place) -> bool {
    let nobody = Id::new(Timestamp::from_millis(0), [0; 10]);
    caller.may_work_in(place.id, place.franchisee_id.unwrap_or(nobody))
}

/// A store or a warehouse, if the caller works there.
///
/// # Errors
/// 404 for what is not the caller's.
pub async fn own_place(env: &Env, caller: &Principal, id: Id) -> Result<Place> {
    let place = place(env, id).await?;
    if may_work_in(caller, &place) { Ok(place) } else { Err(Problem::not_found("there is no such store")) }
}

/// The object of a store or a warehouse, if the caller works there.
///
/// # Errors
/// 404 for what is not the caller's.
pub async fn object<'a>(env: &'a Env, caller: &Principal, id: Id) -> Result<Callee<'a>> {
    let place = own_place(env, caller, id).await?;
    Ok(call::object(env, "STORE_STATE", place.source, caller))
}

/// The caller's `Idempotency-Key`; empty without one.
#[must_use]
pub fn key_of(headers: &HeaderMap) -> &str {
    headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default()
}
