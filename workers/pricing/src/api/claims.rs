//! Shares of offers of which there are only so many: held before an order is placed, given back when it is not.

use crate::db::claims;
use axum::extract::State;
use kirana_contracts::store_state::Claim;
use kirana_edge::db::{Db, constraint, id, required_change_missing};
use kirana_edge::{Caller, Json, Path, Problem, Result, clock};
use kirana_kernel::Id;
use kirana_pricing::document::{ClaimCheck, ClaimRequest};
use std::time::Duration;
use worker::Env;

/// How long after it was claimed an order may be placed: longer than any call for one lasts.
pub const GOOD_FOR: Duration = Duration::from_secs(120);

/// `POST /internal/claims`: holds a share of every offer of an order, or of none.
///
/// # Errors
/// 403 for all but workers, 409 `offer_used_up` with the `offers` of which nothing is left for this customer.
#[worker::send]
pub async fn claim(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(request): Json<ClaimRequest>,
) -> Result<Json<Claim>> {
    caller.require_service()?;
    let (db, now) = (Db::of(&env)?, clock::now());
    if let Some(live) = claims::live(&db, &request.scope, &request.key).await? {
        let same = live.fingerprint == request.fingerprint && live.items == claims::as_text(&request.items);
        let claim = Claim { id: id(&live.id)?, good_until: now + GOOD_FOR };
        if live.state == "kept" {
            return Ok(Json(claim));
        }
        if same && db.batch(vec![claims::extend(claim.id, claim.good_until)]).await?.first() == Some(&1) {
            return Ok(Json(claim));
        }
        // The same order at another price: what is held may be an order's by now, of which nobody here has heard yet.
        return Err(Problem::conflict(
            "conflict",
            "the same order is being placed right now: send it again in a minute",
        ));
    }
    let claim = Claim { id: clock::new_id(), good_until: now + GOOD_FOR };
    match db.batch(claims::hold(claim.id, &request, claim.good_until, now)).await {
        Ok(_) => Ok(Json(claim)),
        // The same request at the same time was first.
        Err(error) if constraint(&error, "claims.scope") => {
            Err(Problem::conflict("conflict", "the same order is being placed right now: send it again"))
        }
        Err(error) if required_change_missing(&error) => {
            let used = claims::used_up(&db, request.customer_id, &request.items).await?;
            let detail = "an offer of this order is used up: ask for a quote, and order at its price";
            Err(Problem::conflict("offer_used_up", detail).with("offers", serde_json::to_value(used)?))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /internal/claims/check`: which of these offers a customer cannot have any more. Nothing is held.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn check(
    State(env): State<Env>,
    Caller(caller): Caller,
    Json(check): Json<ClaimCheck>,
) -> Result<Json<Vec<Id>>> {
    caller.require_service()?;
    Ok(Json(claims::used_up(&Db::of(&env)?, check.customer_id, &check.items).await?))
}

/// `POST /internal/claims/{id}/release`: gives back what is held for an order that was refused.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn release(State(env): State<Env>, Caller(caller): Caller, Path(claim): Path<Id>) -> Result<Json<bool>> {
    caller.require_service()?;
    // Given back before, or kept, as an order was placed after all: then nothing happens.
    Db::of(&env)?.batch(claims::release(claim, false, None)).await?;
    Ok(Json(true))
}
