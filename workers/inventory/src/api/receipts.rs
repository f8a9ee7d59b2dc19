//! Receipts out of a supplier's file.

use super::{key_of, own_place};
use crate::db::{self, Supplier};
use crate::rules::receipts::{self, LineFault};
use axum::extract::State;
use http::HeaderMap;
use kirana_contracts::stock::ReceiptsTaken;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Path, Problem, Result, call, clock};
use kirana_kernel::{Id, Money};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use worker::Env;

/// Receipts to be imported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptImport {
    /// CSV with the columns `sku`, `quantity` (in the item's unit) and `cost` (of all of it, in the main unit of the store's
    /// currency, such as 144.36), and as far as they are known `name`, `unit` (`piece`, `g` or `ml`; for items that are new),
    /// `supplier`, `lot`, `expires_at`, `origin`, `certification` and `reference`. 500 lines at most.
    pub csv: String,
}

/// What became of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptReport {
    /// Lines that were taken in, each as a batch.
    pub received: i64,
    /// What they cost together.
    pub cost: Money,
    /// Stock items that the store did not keep before.
    pub items_added: i64,
    /// Suppliers that the chain did not know before.
    pub suppliers_added: usize,
    /// Lines that were not taken, and why: mend them and send them by themselves.
    pub faults: Vec<LineFault>,
}

/// Imports receipts from CSV: items that are new are kept from then on, and where the chain itself imports, vendors that are
/// new become suppliers. Lines that cannot be taken are reported, and do not keep the others out.
///
/// # Errors
/// 404 for a store that is not the caller's, 422 `invalid_body` or `idempotency_key_reused`.
#[utoipa::path(post, path = "/api/v1/inventory/{store_id}/receipts/import", tag = "inventory",
    params(("store_id" = Id, Path, description = "The store or warehouse"),
        ("Idempotency-Key" = String, Header, description = "New for each file, the same for each repetition")),
    request_body = ReceiptImport,
    responses((status = 200, body = ReceiptReport), (status = 400, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn import(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
    headers: HeaderMap,
    Json(body): Json<ReceiptImport>,
) -> Result<Json<ReceiptReport>> {
    let place = own_place(&env, &caller, store).await?;
    let currency = place.currency.ok_or_else(|| Problem::internal("a place without a currency"))?;
    let (batch, faults) = receipts::read(&body.csv, currency);
    let names: BTreeSet<&str> = batch.receipts.iter().filter_map(|receipt| receipt.supplier.as_deref()).collect();
    let suppliers_added = if caller.is_chain() { add_suppliers(&env, &names).await? } else { 0 };
    let taken = if batch.receipts.is_empty() {
        ReceiptsTaken { receipts: 0, items_added: 0, cost: 0 }
    } else {
        let object = call::object(&env, "STORE_STATE", place.source, &caller);
        object.keyed(Some(key_of(&headers))).post("/receipts", &batch).await?
    };
    Ok(Json(ReceiptReport {
        received: taken.receipts,
        cost: Money::new(taken.cost, currency),
        items_added: taken.items_added,
        suppliers_added,
        faults,
    }))
}

/// Makes suppliers of the names that are none yet; answers how many.
async fn add_suppliers(env: &Env, names: &BTreeSet<&str>) -> Result<usize> {
    let database = Db::of(env)?;
    let names: Vec<&str> = names.iter().copied().filter(|name| name.chars().count() <= 200).collect();
    let known: BTreeSet<String> =
        db::suppliers_named(&database, &names).await?.into_iter().map(|supplier| supplier.name).collect();
    let new: Vec<Supplier> = names
        .into_iter()
        .filter(|name| !known.contains(*name))
        .map(|name| Supplier {
            id: clock::new_id(),
            name: name.into(),
            email: None,
            phone: None,
            certifications: Vec::new(),
        })
        .collect();
    if !new.is_empty() {
        db::add_suppliers(&database, &new).await?;
    }
    Ok(new.len())
}
