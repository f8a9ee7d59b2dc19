//! What is known of payments, and the ledger.

use crate::SOURCE;
use crate::db::list::{self, Filter};
use crate::db::{self, Balance, Payment};
use crate::rules::status::Status;
use axum::extract::State;
use kirana_contracts::store_info::StoreInfo;
use kirana_edge::db::Db;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Principal, Problem, Query, Result, call, principal};
use kirana_events::Ack;
use kirana_kernel::{Id, Role};
use serde::Deserialize;
use utoipa::IntoParams;
use worker::Env;

/// May they see it: who paid, support, and whoever works in its store?
async fn may_see(env: &Env, caller: &Principal, payment: &Payment) -> Result<bool> {
    if payment.customer_id == caller.id || caller.has(Role::Support) || caller.is_chain() {
        return Ok(true);
    }
    let store: StoreInfo = call::service(env, "STORES", &principal::service("payments"))
        .get(&format!("/internal/stores/{}", payment.store_id))
        .await?;
    Ok(caller.may_work_in(store.id, store.franchisee_id))
}

/// The payment that the caller may see.
///
/// # Errors
/// 404 for what is not there or not theirs.
pub async fn seen(env: &Env, caller: &Principal, id: Id) -> Result<Payment> {
    let unknown = || Problem::not_found("there is no such payment");
    let payment = db::by_id(&Db::of(env)?, id).await?.ok_or_else(unknown)?;
    if may_see(env, caller, &payment).await? { Ok(payment) } else { Err(unknown()) }
}

/// Which payments.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PaymentsQuery {
    /// Of this order.
    pub order_id: Option<Id>,
    /// Of this store; who works for the whole chain may leave it away.
    pub store_id: Option<Id>,
    /// That stand so.
    pub status: Option<Status>,
    /// By this gateway.
    pub gateway: Option<String>,
    /// Only those that a person should look at.
    #[serde(default)]
    pub flagged: Option<bool>,
    /// Items on the page, 1 to 100; 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// May they see what of a whole store, or of all?
///
/// # Errors
/// 400 `invalid_query` without a store for who does not work for the chain, 404 for a store that is not theirs.
pub async fn in_store(env: &Env, caller: &Principal, store: Option<Id>) -> Result<()> {
    if caller.has(Role::Support) || caller.is_chain() {
        return Ok(());
    }
    let Some(store) = store else {
        return Err(Problem::bad_request("invalid_query", "store_id: say of which store"));
    };
    let info: StoreInfo =
        call::service(env, "STORES", &principal::service("payments")).get(&format!("/internal/stores/{store}")).await?;
    let theirs = caller.may_work_in(info.id, info.franchisee_id);
    if theirs { Ok(()) } else { Err(Problem::not_found("there is no such store")) }
}

/// Payments of a store, or of all, the newest first.
///
/// # Errors
/// 400 `invalid_query` or `invalid_cursor`, 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/payments", tag = "payments", params(PaymentsQuery),
    responses((status = 200, body = Page<Payment>), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<PaymentsQuery>,
) -> Result<Json<Page<Payment>>> {
    caller.require(&[Role::Manager, Role::Owner, Role::Support, Role::Admin])?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let limit = page.limit()?;
    in_store(&env, &caller, query.store_id).await?;
    let filter = Filter {
        order: query.order_id,
        store: query.store_id,
        status: query.status,
        gateway: query.gateway,
        flagged: query.flagged.unwrap_or(false),
        before: page.after()?,
    };
    let payments = list::payments(&Db::of(&env)?, &filter, limit + 1).await?;
    Ok(Json(Page::of(payments, limit, |payment| payment.id.to_string())))
}

/// A payment of a store that the caller works in. That it is their own is not enough: nobody gives themselves money back elsewhere.
///
/// # Errors
/// 404 for what is not there or not of their stores.
pub async fn of_store(env: &Env, caller: &Principal, id: Id) -> Result<Payment> {
    let unknown = || Problem::not_found("there is no such payment");
    let payment = db::by_id(&Db::of(env)?, id).await?.ok_or_else(unknown)?;
    let brings = caller.has(Role::Rider) && caller.stores.contains(&payment.store_id);
    let theirs = brings || in_store(env, caller, Some(payment.store_id)).await.is_ok();
    if theirs { Ok(payment) } else { Err(unknown()) }
}

/// A payment.
///
/// # Errors
/// 404 for what is not there or not the caller's.
#[utoipa::path(get, path = "/api/v1/payments/{id}", tag = "payments", params(("id" = Id, Path, description = "The payment")),
    responses((status = 200, body = Payment), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<Payment>> {
    Ok(Json(seen(&env, &caller, id).await?))
}

/// The payments of an order, that the caller may see.
///
/// # Errors
/// 500 when the database refuses.
#[utoipa::path(get, path = "/api/v1/payments/order/{order_id}", tag = "payments", params(("order_id" = Id, Path, description = "The order")),
    responses((status = 200, body = Vec<Payment>)))]
#[worker::send]
pub async fn of_order(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(order): Path<Id>,
) -> Result<Json<Vec<Payment>>> {
    let mut shown = Vec::new();
    for payment in db::of_order(&Db::of(&env)?, order).await? {
        if may_see(&env, &caller, &payment).await? {
            shown.push(payment);
        }
    }
    Ok(Json(shown))
}

/// Every account of the ledger with its balance; per currency they sum to zero.
///
/// # Errors
/// 403 for all but admins.
#[utoipa::path(get, path = "/api/v1/payments/ledger", tag = "payments", responses((status = 200, body = Vec<Balance>), (status = 403, body = Problem)))]
#[worker::send]
pub async fn ledger(State(env): State<Env>, Caller(caller): Caller) -> Result<Json<Vec<Balance>>> {
    caller.require(&[Role::Admin])?;
    Ok(Json(db::balances(&Db::of(&env)?).await?))
}

/// `GET /internal/customers/{id}/payments`: what is kept of somebody's payments, for the copy that they ask for.
///
/// # Errors
/// 403 for all but workers.
#[worker::send]
pub async fn of_customer(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(id): Path<Id>,
) -> Result<Json<Vec<Payment>>> {
    caller.require_service()?;
    Ok(Json(db::of_customer(&Db::of(&env)?, id).await?))
}

/// A subscriber has applied our events.
///
/// # Errors
/// As `Source::on_ack`.
#[worker::send]
pub async fn outbox_ack(State(env): State<Env>, caller: Caller, ack: Json<Ack>) -> Result<Json<bool>> {
    SOURCE.on_ack(&env, &caller, ack).await
}
