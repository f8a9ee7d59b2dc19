//! What an order costs: the store's menu and terms, what is known of the customer, and the shares of offers of which there are
//! only so many.

use crate::upstream::{self, Known};
use crate::{db, segments};
use kirana_contracts::order::{Order, OrderPromotion};
use kirana_contracts::quote::LineRequest;
use kirana_contracts::store_info::StoreInfo;
use kirana_contracts::store_state::{Claim, Idempotency};
use kirana_contracts::tax::TaxTable;
use kirana_edge::call::Callee;
use kirana_edge::{FieldError, Problem, Result, call, clock, log, principal};
use kirana_kernel::{Fulfilment, Id, Money, Timestamp};
use kirana_pricing::document::{ClaimCheck, ClaimItem, ClaimRequest};
use kirana_pricing::when::on_the_wall;
use kirana_pricing::{Facts, Fault, PricedOrder, Terms, price_order};
use std::time::Duration;
use worker::Env;

/// Coupons with one order at most.
pub const MAX_COUPONS: usize = 5;

/// What somebody wants priced.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Where.
    pub store: &'a StoreInfo,
    /// Who; nobody yet for a guest.
    pub customer: Option<Id>,
    /// What of its menu.
    pub lines: &'a [LineRequest],
    /// With which coupons.
    pub coupons: &'a [String],
    /// How they get it.
    pub fulfilment: Fulfilment,
    /// What they give to the staff, in minor units.
    pub tip: Option<i64>,
    /// The order that these are other lines of.
    pub instead_of: Option<&'a Order>,
}

/// A price, and what it rests on.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The price.
    pub priced: PricedOrder,
    /// How it is taxed, where more than one rate counts.
    pub tax_table: Option<TaxTable>,
}

fn refused(faults: Vec<Fault>) -> Problem {
    let errors = faults.into_iter().map(|fault| FieldError { path: fault.path, message: fault.message }).collect();
    Problem::invalid_fields(errors)
}

/// Prices what somebody orders now. Whether enough is left of its offers, [`claim`] finds out.
///
/// # Errors
/// As [`price`].
pub async fn price_now(env: &Env, wanted: &Wanted<'_>) -> Result<Offered> {
    let known = upstream::terms(env, wanted.store.id).await?;
    price_by(env, wanted, Vec::new(), &known).await
}

/// Prices other lines for an order. What it was given of offers of which there are only so many it keeps; none is added.
///
/// # Errors
/// As [`price`].
pub async fn price_instead(env: &Env, store: &StoreInfo, order: &Order, lines: &[LineRequest]) -> Result<Offered> {
    let known = upstream::terms(env, store.id).await?;
    let has = |id: &Id| order.promotions.iter().any(|one| one.promotion_id == *id);
    let others: Vec<Id> = known.claimed.iter().filter(|id| !has(id)).copied().collect();
    let coupons: Vec<String> = order.promotions.iter().filter_map(|one| one.coupon.clone()).collect();
    let wanted = Wanted {
        store,
        customer: Some(order.customer.id),
        lines,
        coupons: &coupons,
        fulfilment: order.fulfilment,
        tip: order.totals.tip.map(|tip| tip.amount),
        instead_of: Some(order),
    };
    price_by(env, &wanted, others, &known).await
}

/// Lines by the store's menu alone: no offers, no fees, the one rate that the menu names.
///
/// # Errors
/// As [`price`].
pub async fn listed(env: &Env, store: &StoreInfo, lines: &[LineRequest]) -> Result<PricedOrder> {
    let menu = upstream::menu(env, store.id).await?;
    let facts = Facts {
        franchisee_id: store.franchisee_id,
        segments: Vec::new(),
        unknown_segments: Vec::new(),
        first_order: false,
        coupons: Vec::new(),
        used_up: Vec::new(),
        local: on_the_wall(Timestamp::from_millis(0), 0),
        delivery_fee: None,
        tip: None,
    };
    price_order(&menu, lines, &facts, &Terms::default()).map_err(refused)
}

/// Prices what somebody wants. An offer that is used up, or was had by this customer as often as one may, is left out and says so.
///
/// # Errors
/// 404 for a store that has no menu, 422 `invalid_body` naming each fault.
pub async fn price(env: &Env, wanted: &Wanted<'_>) -> Result<Offered> {
    let known = upstream::terms(env, wanted.store.id).await?;
    let offered = price_by(env, wanted, Vec::new(), &known).await?;
    let items = claim_items(&offered.priced.promotions, &known);
    let Some(customer) = wanted.customer.filter(|_| !items.is_empty()) else { return Ok(offered) };
    let pricing = pricing(env);
    let used: Vec<Id> =
        pricing.post("/internal/claims/check", &ClaimCheck { customer_id: customer, items: items.clone() }).await?;
    if used.is_empty() {
        return Ok(offered);
    }
    price_by(env, wanted, used, &known).await
}

async fn price_by(env: &Env, wanted: &Wanted<'_>, used_up: Vec<Id>, known: &Known) -> Result<Offered> {
    let terms = &known.terms;
    if wanted.coupons.len() > MAX_COUPONS || wanted.coupons.iter().any(|code| !(1..=40).contains(&code.len())) {
        let message = format!("expected {MAX_COUPONS} at most, of 1 to 40 characters each");
        return Err(Problem::invalid_field("coupons", message));
    }
    if wanted.tip.is_some_and(|tip| tip < 0) {
        return Err(Problem::invalid_field("tip", "expected 0 or more minor units"));
    }
    let menu = upstream::menu(env, wanted.store.id).await?;
    let asks_for_first = terms.rules.promotions().any(|one| one.conditions.first_order);
    let first_order = match wanted.customer.filter(|_| asks_for_first) {
        Some(customer) => !db::has_ordered(env, customer, wanted.instead_of.map(|order| order.id)).await?,
        None => false,
    };
    let segments = segments::of_customer(env, wanted.customer, &known.segments).await;
    let facts = Facts {
        franchisee_id: wanted.store.franchisee_id,
        segments: segments.of,
        unknown_segments: segments.unknown,
        first_order,
        coupons: wanted.coupons.to_vec(),
        used_up,
        local: on_the_wall(clock::now(), wanted.store.utc_offset),
        delivery_fee: known.delivery_fee.filter(|_| wanted.fulfilment == Fulfilment::Delivery),
        tip: wanted.tip.map(|tip| Money::new(tip, menu.currency)),
    };
    let priced = price_order(&menu, wanted.lines, &facts, terms).map_err(refused)?;
    Ok(Offered { priced, tax_table: terms.taxes.clone() })
}

/// What of an order's promotions has to be claimed.
fn claim_items(promotions: &[OrderPromotion], known: &Known) -> Vec<ClaimItem> {
    promotions
        .iter()
        .filter(|one| known.claimed.contains(&one.promotion_id))
        .map(|one| ClaimItem { offer_id: one.promotion_id, campaign_id: one.campaign_id, amount: one.amount })
        .collect()
}

fn pricing(env: &Env) -> Callee<'_> {
    call::service(env, "PRICING", &principal::service("orders")).repeatable()
}

/// Claims an order's share of offers of which there are only so many; nothing where it has none.
///
/// # Errors
/// 409 `offer_used_up` with the `offers` of which nothing is left, 409 `conflict` while the same order is being placed.
pub async fn claim(
    env: &Env,
    store: &StoreInfo,
    customer: Id,
    promotions: &[OrderPromotion],
    key: &Idempotency,
) -> Result<Option<Claim>> {
    if promotions.is_empty() {
        return Ok(None);
    }
    let known = upstream::terms(env, store.id).await?;
    // An offer that this isolate does not know any more may be one that was quoted: pricing knows.
    let runs = |one: &OrderPromotion| known.terms.campaigns.contains_key(&one.promotion_id);
    let mut items = claim_items(promotions, &known);
    let gone = promotions.iter().filter(|one| !runs(one));
    items.extend(gone.map(|one| ClaimItem {
        offer_id: one.promotion_id,
        campaign_id: one.campaign_id,
        amount: one.amount,
    }));
    if items.is_empty() {
        return Ok(None);
    }
    let request = ClaimRequest {
        scope: key.scope.clone(),
        key: key.key.clone(),
        fingerprint: key.fingerprint.clone(),
        store_number: store.number,
        customer_id: customer,
        items,
    };
    pricing(env).post("/internal/claims", &request).await.map(Some)
}

/// Gives back what was claimed for an order that was refused. Should that fail, it is free again in some minutes.
pub async fn give_back(env: &Env, claim: Option<Claim>) {
    let Some(claim) = claim else { return };
    let given: Result<bool> = pricing(env).post(&format!("/internal/claims/{}/release", claim.id), &()).await;
    if let Err(problem) = given {
        log::error("a claim was not given back", &[("problem", &problem.to_string())]);
    }
}

/// Until when a quote of this moment is kept to.
#[must_use]
pub fn kept_until(now: Timestamp) -> Timestamp {
    now + Duration::from_secs(600)
}
