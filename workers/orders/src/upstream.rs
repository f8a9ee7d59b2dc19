//! What this worker asks of others: stores, menus, and the store's object.

use kirana_contracts::menu::Menu;
use kirana_contracts::order::Order;
use kirana_contracts::store_info::StoreInfo;
use kirana_contracts::store_state::object_name;
use kirana_edge::call::{self, Callee};
use kirana_edge::{Principal, Problem, Result, clock, principal};
use kirana_kernel::{Id, Role, Timestamp};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;
use worker::Env;

/// How old a menu or a store's data may be when an order is priced.
const FRESH: Duration = Duration::from_secs(5);

/// Documents kept per isolate at most.
const KEPT: usize = 200;

type Cache<T> = RefCell<HashMap<Id, (Timestamp, Rc<T>)>>;

thread_local! {
    /// Their owners are catalog and stores; five seconds their staleness.
    static MENUS: Cache<Menu> = RefCell::default();
    static STORES: Cache<StoreInfo> = RefCell::default();
}

fn cached<T>(cache: &Cache<T>, id: Id) -> Option<Rc<T>> {
    let now = clock::now();
    let cache = cache.borrow();
    cache.get(&id).filter(|(asked, _)| now.since(*asked) < FRESH).map(|(_, kept)| kept.clone())
}

fn keep<T>(cache: &Cache<T>, id: Id, document: T) -> Rc<T> {
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
