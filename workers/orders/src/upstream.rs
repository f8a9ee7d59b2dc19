//! What this worker asks of others: stores, menus, and the store's object.

use kirana_contracts::menu::Menu;
use kirana_contracts::order::Order;
use kirana_contracts::store_info::StoreInfo;
use kirana_contracts::store_state::object_name;
use kirana_edge::call::{self, Callee};
use kirana_edge::{Principal, Problem, Result, clock, log, principal};
use kirana_kernel::{Id, Money, Role, Timestamp};
use kirana_pricing::document::StoreTerms;
use kirana_pricing::{Promotion, RuleBook, Terms};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::time::Duration;
use worker::Env;

/// How old a menu or a store's data may be when an order is priced.
const FRESH: Duration = Duration::from_secs(5);

/// Documents kept per isolate at most.
const KEPT: usize = 200;

/// Documents by what they are of, with when they came.
pub type Cache<T> = RefCell<HashMap<Id, (Timestamp, Rc<T>)>>;

/// How old the terms of a store may be while pricing does not answer: an order at a price of some minutes ago is better than none.
const STALE: Duration = Duration::from_secs(600);

/// What a store sells by, as pricing tells it, made ready.
#[derive(Debug, Default)]
pub struct Known {
    /// Offers, fees, taxes.
    pub terms: Terms,
    /// Offers of which there are only so many.
    pub claimed: BTreeSet<Id>,
    /// Segments of customers that an offer is for.
    pub segments: BTreeSet<String>,
    /// What is asked for the way to the customer.
    pub delivery_fee: Option<Money>,
}

thread_local! {
    /// Their owners are catalog, stores and pricing; five seconds their staleness.
    static MENUS: Cache<Menu> = RefCell::default();
    static STORES: Cache<StoreInfo> = RefCell::default();
    static TERMS: Cache<Known> = RefCell::default();
}

/// What is kept, if it is fresh.
pub fn cached<T>(cache: &Cache<T>, id: Id) -> Option<Rc<T>> {
    within(cache, id, FRESH)
}

fn within<T>(cache: &Cache<T>, id: Id, age: Duration) -> Option<Rc<T>> {
    let now = clock::now();
    let cache = cache.borrow();
    cache.get(&id).filter(|(asked, _)| now.since(*asked) < age).map(|(_, kept)| kept.clone())
}

/// Keeps a document.
pub fn keep<T>(cache: &Cache<T>, id: Id, document: T) -> Rc<T> {
    let mut cache = cache.borrow_mut();
    if cache.len() >= KEPT {
        cache.clear();
    }
    let document = Rc::new(document);
    cache.insert(id, (clock::now(), document.clone()));
    document
}

/// A store's data.
///
/// # Errors
/// 404 for a store that is not there.
pub async fn store(env: &Env, id: Id) -> Result<Rc<StoreInfo>> {
    if let Some(kept) = STORES.with(|cache| cached(cache, id)) {
        return Ok(kept);
    }
    let caller = principal::service("orders");
    let info = call::service(env, "STORES", &caller).get(&format!("/internal/stores/{id}")).await?;
    Ok(STORES.with(|cache| keep(cache, id, info)))
}

/// A store's menu.
///
/// # Errors
/// 404 for a store that has none.
pub async fn menu(env: &Env, store: Id) -> Result<Rc<Menu>> {
    if let Some(kept) = MENUS.with(|cache| cached(cache, store)) {
        return Ok(kept);
    }
    let caller = principal::service("orders");
    let menu = call::service(env, "CATALOG", &caller).get(&format!("/internal/stores/{store}/menu")).await?;
    Ok(MENUS.with(|cache| keep(cache, store, menu)))
}

/// What a store sells by, besides its menu. While pricing does not answer, it is what it was.
///
/// # Errors
/// 404 for a store that is not there, 503 while nobody can tell.
pub async fn terms(env: &Env, store: Id) -> Result<Rc<Known>> {
    if let Some(kept) = TERMS.with(|cache| cached(cache, store)) {
        return Ok(kept);
    }
    let caller = principal::service("orders");
    let told: Result<StoreTerms> =
        call::service(env, "PRICING", &caller).get(&format!("/internal/stores/{store}/terms")).await;
    match told {
        Ok(told) => {
            let known = ready(told)?;
            Ok(TERMS.with(|cache| keep(cache, store, known)))
        }
        Err(problem) if problem.status >= 500 => {
            let kept = TERMS
                .with(|cache| within(cache, store, STALE))
                .ok_or_else(|| Problem::unavailable("prices cannot be told right now: try again in a moment"))?;
            log::error(
                "pricing does not answer: orders go on at what it said last",
                &[("problem", &problem.to_string())],
            );
            Ok(kept)
        }
        Err(problem) => Err(problem),
    }
}

/// Makes terms ready to price by. An offer that this version does not understand is not given.
fn ready(told: StoreTerms) -> Result<Known> {
    let (mut promotions, mut campaigns, mut claimed) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
    for offer in told.offers {
        let read: std::result::Result<Promotion, _> = serde_json::from_str(offer.promotion.get());
        match read {
            Ok(promotion) if promotion.faults().is_empty() => {
                campaigns.insert(promotion.id, offer.campaign_id);
                if offer.claimed {
                    claimed.insert(promotion.id);
                }
                promotions.push(promotion);
            }
            _ => log::error(
                "an offer is not understood here, and not given",
                &[("campaign", &offer.campaign_id.to_string())],
            ),
        }
    }
    let segments = promotions.iter().flat_map(|one| one.conditions.segments.iter().cloned()).collect();
    let rules = RuleBook::new(promotions).map_err(|faults| Problem::internal(format!("{faults:?}")))?;
    let terms = Terms { rules, campaigns, closed: told.closed, fees: told.fees, taxes: told.taxes };
    Ok(Known { terms, claimed, segments, delivery_fee: told.delivery_fee })
}

/// The object of the store with this number.
#[must_use]
pub fn object<'a>(env: &'a Env, store_number: u32, caller: &Principal) -> Callee<'a> {
    call::object(env, "STORE_STATE", object_name(store_number), caller)
}

/// An order, if it is for this caller to see: its customer, its store's people, support, the chain.
///
/// # Errors
/// 404 for what is not there, and the same for what is somebody else's.
pub async fn order(env: &Env, id: Id, caller: &Principal) -> Result<Order> {
    let order: Order = object(env, id.store_number(), caller).get(&format!("/orders/{id}")).await?;
    if order.customer.id == caller.id || caller.has(Role::Support) || caller.is_chain() {
        return Ok(order);
    }
    let store = store(env, order.store_id).await?;
    if caller.may_work_in(store.id, store.franchisee_id) {
        return Ok(order);
    }
    Err(Problem::not_found(format!("there is no order {id}")))
}

/// A store that the caller works in.
///
/// # Errors
/// 404 for what is not there, and the same for somebody else's store.
pub async fn own_store(env: &Env, id: Id, caller: &Principal) -> Result<Rc<StoreInfo>> {
    let store = store(env, id).await?;
    if caller.may_work_in(store.id, store.franchisee_id) {
        return Ok(store);
    }
    Err(Problem::not_found("there is no such store"))
}
