//! What a store sells by, besides its menu: its place for taxes, its fees; and the offers that run there.

use crate::api::taxes::is_place;
use crate::db::offers::{self, Running};
use crate::db::{self, settings};
use crate::stores;
use axum::extract::State;
use kirana_contracts::store_info::StoreInfo;
use kirana_edge::db::Db;
use kirana_edge::{Caller, FieldError, Json, Path, Problem, Result, clock};
use kirana_kernel::{Id, Money, Timestamp};
use kirana_pricing::FeeRules;
use kirana_pricing::document::{ActiveOffer, ClosedOffer, StoreTerms};
use kirana_pricing::fees::SmallOrderFee;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::rc::Rc;
use utoipa::ToSchema;
use worker::Env;

/// What a store asks besides the price of its goods, and where it is for taxes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Fees {
    /// Its place for taxes, such as `US-TX-Austin`; its country where it is not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_place: Option<String>,
    /// For the way to the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Money>,
    /// From this sum on, after discounts, the way costs nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_free_from: Option<Money>,
    /// The tax class of delivery; `standard` if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_tax_class: Option<String>,
    /// What is asked for a small order, and below which sum after discounts it is small.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub small_order: Option<SmallOrder>,
}

/// What is asked for a small order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SmallOrder {
    /// Below this sum of lines after discounts.
    pub below: Money,
    /// How much.
    pub amount: Money,
    /// Its tax class; `standard` if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_class: Option<String>,
}

fn class(given: Option<&String>) -> String {
    given.cloned().unwrap_or_else(|| kirana_contracts::tax::STANDARD.to_owned())
}

impl Fees {
    fn rules(&self) -> FeeRules {
        FeeRules {
            delivery_tax_class: class(self.delivery_tax_class.as_ref()),
            delivery_free_from: self.delivery_free_from,
            small_order: self.small_order.as_ref().map(|fee| SmallOrderFee {
                below: fee.below,
                amount: fee.amount,
                tax_class: class(fee.tax_class.as_ref()),
            }),
        }
    }

    fn faults(&self, store: &StoreInfo) -> Vec<FieldError> {
        let small = |of: fn(&SmallOrder) -> Money| self.small_order.as_ref().map(of);
        let amounts = [
            ("delivery", self.delivery),
            ("delivery_free_from", self.delivery_free_from),
            ("small_order.below", small(|fee| fee.below)),
            ("small_order.amount", small(|fee| fee.amount)),
        ];
        let good = |money: Money| money.currency == store.currency && (1..=1_000_000_000).contains(&money.amount);
        let wrong = amounts.into_iter().filter(|(_, money)| money.is_some_and(|money| !good(money)));
        let message = format!("expected 1 to 1000000000 minor units of {}", store.currency);
        let mut faults: Vec<FieldError> =
            wrong.map(|(path, _)| FieldError { path: path.into(), message: message.clone() }).collect();
        if self.tax_place.as_ref().is_some_and(|place| !is_place(place) || !place.starts_with(&store.country)) {
            let message = format!("expected {} or a place in it, such as {0}-XX", store.country);
            faults.push(FieldError { path: "tax_place".into(), message });
        }
        faults
    }
}

async fn fees_of(db: &Db, store: Id) -> Result<Fees> {
    let body = settings::terms(db, store).await?;
    Ok(body.map(|body| serde_json::from_str(&body)).transpose()?.unwrap_or_default())
}

/// A store's fees, and its place for taxes.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/stores/{id}/fees", tag = "pricing", params(("id" = Id, Path, description = "The store")),
    responses((status = 200, body = Fees), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<Fees>> {
    stores::own_store(&env, id, &caller).await?;
    Ok(Json(fees_of(&Db::of(&env)?, id).await?))
}

/// Sets a store's fees, and its place for taxes; for orders priced from now on, within seconds.
///
/// # Errors
/// 404 for a store that is not the caller's, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/stores/{id}/fees", tag = "pricing", params(("id" = Id, Path, description = "The store")),
    request_body = Fees, responses((status = 200, body = Fees), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn set(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
    Json(body): Json<Fees>,
) -> Result<Json<Fees>> {
    let store = stores::own_store(&env, id, &caller).await?;
    let db = Db::of(&env)?;
    let mut faults = body.faults(&store);
    let place = body.tax_place.as_deref().unwrap_or(&store.country);
    if let Some(table) = settings::tax_of(&db, place).await? {
        let small = body.small_order.as_ref().and_then(|fee| fee.tax_class.as_ref());
        for (path, class) in
            [("delivery_tax_class", body.delivery_tax_class.as_ref()), ("small_order.tax_class", small)]
        {
            if let Some(class) = class.filter(|class| !table.classes.contains_key(*class)) {
                let known: Vec<_> = table.classes.keys().map(String::as_str).collect();
                let message =
                    format!("{class} is no tax class of {}: expected one of {}", table.place, known.join(", "));
                faults.push(FieldError { path: path.into(), message });
            }
        }
    }
    if !faults.is_empty() {
        return Err(Problem::invalid_fields(faults));
    }
    db.batch(vec![settings::set_terms(id, &serde_json::to_string(&body)?, caller.id, clock::now())]).await?;
    Ok(Json(body))
}

/// What runs, as it was read at a version.
struct Known {
    version: i64,
    running: Rc<Vec<Running>>,
}

thread_local! {
    /// Its owner is the database; the version, which is read each time, says whether it is stale. What is used up meanwhile stays in it
    /// until something changes: a claim finds that out. What is given back changes the version.
    static RUNNING: RefCell<Option<Known>> = const { RefCell::new(None) };
}

async fn running(db: &Db) -> Result<Rc<Vec<Running>>> {
    let version = db::version(db).await?;
    let known = RUNNING.with_borrow(|known| {
        known.as_ref().filter(|known| known.version == version).map(|known| Rc::clone(&known.running))
    });
    if let Some(running) = known {
        return Ok(running);
    }
    let running = Rc::new(offers::running(db).await?);
    RUNNING.set(Some(Known { version, running: Rc::clone(&running) }));
    Ok(running)
}

/// Why an offer is not given in this store at this moment; nothing where it is.
fn closed_in(running: &Running, store: &StoreInfo, now: Timestamp) -> Option<&'static str> {
    let is_owner = running.owner.is_none_or(|owner| owner == store.franchisee_id);
    let is_franchisee = running.franchisees.is_empty() || running.franchisees.contains(&store.franchisee_id);
    if !is_owner || !is_franchisee {
        return Some(ClosedOffer::OTHER_FRANCHISEE);
    }
    if !running.stores.is_empty() && !running.stores.contains(&store.id) {
        return Some(ClosedOffer::OTHER_STORE);
    }
    if running.offer.ends_at.is_some_and(|end| end <= now) {
        return Some(ClosedOffer::OVER);
    }
    running.closed
}

/// The offers of a store: those that are given, and those that are not with why.
fn sorted(running: &[Running], store: &StoreInfo, now: Timestamp) -> (Vec<ActiveOffer>, Vec<ClosedOffer>) {
    let (mut given, mut closed) = (Vec::new(), Vec::new());
    for one in running {
        let Some(reason) = closed_in(one, store, now) else {
            given.push(one.offer.clone());
            continue;
        };
        let offer = ClosedOffer {
            promotion_id: one.id,
            name: one.name.clone(),
            coupon: one.coupon.clone(),
            reason: reason.to_owned(),
        };
        // Nobody could ask for the others.
        if reason == ClosedOffer::USED_UP || offer.coupon.is_some() {
            closed.push(offer);
        }
    }
    (given, closed)
}

/// `GET /internal/stores/{id}/terms`: what a store sells by now.
///
/// # Errors
/// 403 for all but workers, 404 for a store that is not there.
#[worker::send]
pub async fn of_store(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<StoreTerms>> {
    caller.require_service()?;
    let store = stores::store(&env, id).await?;
    let db = Db::of(&env)?;
    let fees = fees_of(&db, id).await?;
    let taxes = settings::tax_of(&db, fees.tax_place.as_deref().unwrap_or(&store.country)).await?;
    let now = clock::now();
    let running = running(&db).await?;
    let (offers, closed) = sorted(&running, &store, now);
    Ok(Json(StoreTerms { offers, closed, fees: fees.rules(), delivery_fee: fees.delivery, taxes }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::value::RawValue;
    use std::collections::HashSet;

    fn id(n: u8) -> Id {
        Id::new(Timestamp::from_millis(1), [n; 10])
    }

    fn store() -> StoreInfo {
        let told = serde_json::json!({"id": id(1), "number": 1, "name": "Siam", "franchisee_id": id(2), "currency": "THB",
            "time_zone": "Asia/Bangkok", "day": "2026-11-20", "country": "TH", "tax": {"name": "VAT", "rate_bp": 700, "inclusive": true},
            "accepts_orders": true, "fulfilments": []});
        serde_json::from_value(told).unwrap()
    }

    fn offer(n: u8) -> Running {
        let promotion = RawValue::from_string("{}".into()).unwrap();
        Running {
            offer: ActiveOffer { campaign_id: id(9), claimed: false, ends_at: None, promotion },
            id: id(n),
            name: format!("offer {n}"),
            coupon: None,
            closed: None,
            stores: HashSet::new(),
            franchisees: HashSet::new(),
            owner: None,
        }
    }

    #[test]
    fn what_is_not_given_is_told_with_why_where_anybody_could_ask_for_it() {
        let now = Timestamp::from_millis(1_000);
        let coupon = |n: u8| Running { coupon: Some("LEAFLET".into()), ..offer(n) };
        let over = |one: Running| Running { offer: ActiveOffer { ends_at: Some(now), ..one.offer.clone() }, ..one };
        let all = [
            offer(1),
            coupon(2),
            Running { owner: Some(id(2)), stores: HashSet::from([id(1)]), ..offer(3) },
            Running { closed: Some(ClosedOffer::USED_UP), ..offer(4) },
            Running { closed: Some(ClosedOffer::PAUSED), ..coupon(5) },
            Running { closed: Some(ClosedOffer::NOT_YET), ..coupon(6) },
            over(coupon(7)),
            Running { stores: HashSet::from([id(8)]), ..coupon(8) },
            Running { owner: Some(id(8)), closed: Some(ClosedOffer::USED_UP), ..coupon(9) },
            Running { franchisees: HashSet::from([id(8)]), ..coupon(10) },
            // Without a coupon nobody could ask for these.
            over(offer(11)),
            Running { stores: HashSet::from([id(8)]), ..offer(12) },
            Running { owner: Some(id(8)), closed: Some(ClosedOffer::USED_UP), ..offer(13) },
        ];
        let (given, closed) = sorted(&all, &store(), now);
        assert_eq!(given.len(), 3);
        let told: Vec<_> = closed.iter().map(|one| (one.promotion_id, one.reason.as_str())).collect();
        assert_eq!(
            told,
            [
                (id(4), ClosedOffer::USED_UP),
                (id(5), ClosedOffer::PAUSED),
                (id(6), ClosedOffer::NOT_YET),
                (id(7), ClosedOffer::OVER),
                (id(8), ClosedOffer::OTHER_STORE),
                (id(9), ClosedOffer::OTHER_FRANCHISEE),
                (id(10), ClosedOffer::OTHER_FRANCHISEE),
            ]
        );
    }
}
