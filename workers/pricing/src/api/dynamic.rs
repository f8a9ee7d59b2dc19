//! Prices that move by themselves, as a store's people set them.

use crate::db::dynamic as kept;
use crate::dynamic::{self, DynamicPrices};
use crate::stores;
use axum::extract::State;
use kirana_edge::audit::{self, Entry};
use kirana_edge::db::Db;
use kirana_edge::{Caller, FieldError, Json, Path, Problem, RequestId, Result, clock};
use kirana_kernel::Id;
use std::collections::BTreeSet;
use worker::Env;

/// Variants of one store whose prices move.
const MOST: usize = 100;

/// Which prices of a store move by themselves, and how.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/stores/{id}/dynamic-prices", tag = "pricing", params(("id" = Id, Path, description = "The store")),
    responses((status = 200, body = DynamicPrices), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<DynamicPrices>> {
    stores::own_store(&env, id, &caller).await?;
    let body = kept::rules(&Db::of(&env)?, id).await?;
    Ok(Json(body.map(|body| serde_json::from_str(&body)).transpose()?.unwrap_or_default()))
}

/// Puts these in the place of those there were. The menu has the prices at once, and is looked at each minute from now on: what gets older
/// costs less, what is wanted more, never below its floor or above its ceiling. Quotes that were given are kept to.
///
/// # Errors
/// 404 for a store that is not the caller's or has no menu, 422 `invalid_body` naming each fault.
#[utoipa::path(put, path = "/api/v1/stores/{id}/dynamic-prices", tag = "pricing", params(("id" = Id, Path, description = "The store")),
    request_body = DynamicPrices,
    responses((status = 200, body = DynamicPrices), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn set(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(id): Path<Id>,
    Json(body): Json<DynamicPrices>,
) -> Result<Json<DynamicPrices>> {
    stores::own_store(&env, id, &caller).await?;
    let faults = faults(&body);
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    let db = Db::of(&env)?;
    let after = serde_json::to_string(&body)?;
    let entry = Entry {
        action: "dynamic_prices.set",
        object: id.to_string(),
        before: kept::rules(&db, id).await?,
        after: Some(after.clone()),
        ..Entry::default()
    };
    audit::note(&env, "pricing", &caller, &request_id, entry).await?;
    kept::set(&db, id, &after, caller.id, clock::now()).await?;
    dynamic::of_store(&env, &db, id).await?;
    Ok(Json(body))
}

fn faults(body: &DynamicPrices) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut fault = |path: String, message: &str| faults.push(FieldError { path, message: message.to_owned() });
    if body.prices.len() > MOST {
        fault("prices".into(), "expected at most 100");
    }
    let mut known = BTreeSet::new();
    for (index, one) in body.prices.iter().enumerate().take(MOST) {
        for (name, sku) in [("variant_sku", &one.variant_sku), ("stock_sku", &one.stock_sku)] {
            if !(1..=200).contains(&sku.len()) {
                fault(format!("prices[{index}].{name}"), "expected 1 to 200 bytes");
            }
        }
        if !known.insert(&one.variant_sku) {
            fault(format!("prices[{index}].variant_sku"), "expected a variant that no other rule is about");
        }
        for wrong in one.rule.faults() {
            fault(format!("prices[{index}].rule.{}", wrong.path), &wrong.message);
        }
    }
    faults
}
