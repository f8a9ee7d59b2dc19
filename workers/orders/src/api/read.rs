//! Orders as they are now, and as they were.

use crate::{db, upstream};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};
use kirana_contracts::order::Order;
use kirana_contracts::receipt::OrderReceipt;
use kirana_contracts::story::OrderHistory;
use kirana_edge::{Caller, Json, Page, PageQuery, Path, Problem, Query, Result};
use kirana_kernel::{Fulfilment, Id, OrderStatus, Role, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;
use worker::Env;

/// An order, as its store has it.
///
/// # Errors
/// 404 for what is not there or not the caller's.
#[utoipa::path(get, path = "/api/v1/orders/{id}", tag = "orders", params(("id" = Id, Path, description = "The order")),
    responses((status = 200, body = Order), (status = 404, body = Problem)))]
#[worker::send]
pub async fn get(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<Order>> {
    Ok(Json(upstream::order(&env, id, &caller).await?))
}

/// An order's way, step by step: what is done, what is waited for until when, what was undone; and every change.
///
/// # Errors
/// As for the order.
#[utoipa::path(get, path = "/api/v1/orders/{id}/history", tag = "orders", params(("id" = Id, Path, description = "The order")),
    responses((status = 200, body = OrderHistory), (status = 404, body = Problem)))]
#[worker::send]
pub async fn history(State(env): State<Env>, Caller(caller): Caller, Path(id): Path<Id>) -> Result<Json<OrderHistory>> {
    Ok(Json(upstream::order(&env, id, &caller).await?.history()))
}

/// An order's receipt, as it stands: it follows weights, pieces that were taken off, and money that went back. As JSON, or for a
/// receipt printer with `Accept: text/plain`.
///
/// # Errors
/// As for the order.
#[utoipa::path(get, path = "/api/v1/orders/{id}/receipt", tag = "orders", params(("id" = Id, Path, description = "The order")),
    responses((status = 200, body = OrderReceipt), (status = 404, body = Problem)))]
#[worker::send]
pub async fn receipt(
    State(env): State<Env>,
    Caller(caller): Caller,
    headers: HeaderMap,
    Path(id): Path<Id>,
) -> Result<Response> {
    let order = upstream::order(&env, id, &caller).await?;
    let store = upstream::store(&env, order.store_id).await?;
    let receipt = OrderReceipt::of(&order, &store)?;
    let accepts = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.starts_with("text/plain") {
        return Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], receipt.text()).into_response());
    }
    Ok(Json(receipt).into_response())
}

/// Which orders.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrderQuery {
    /// Those of this store; its people, support and the chain may ask. Without it, one's own.
    pub store_id: Option<Id>,
    /// Those of this customer, at all stores; support and the chain may ask.
    pub customer_id: Option<Id>,
    /// Only those with this status, or one of these: `placed,confirmed`.
    #[param(example = "confirmed,preparing")]
    pub status: Option<String>,
    /// Placed at this moment or after it.
    pub from: Option<Timestamp>,
    /// Placed before this moment.
    pub until: Option<Timestamp>,
    /// Only those that are handed over so.
    pub fulfilment: Option<Fulfilment>,
    /// Whose pickup number is this, or whose customer's name has it in it; among the last 5000 of the time that is asked for.
    #[param(max_length = 100)]
    pub q: Option<String>,
    /// Items on the page, 1 to 100; 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Statuses, as JSON for the database.
fn statuses(text: &str) -> Result<String> {
    let wrong = || Problem::bad_request("invalid_query", "status: expected statuses such as placed,confirmed");
    let all = text.split(',').map(|one| one.trim().parse::<OrderStatus>().map_err(|_| wrong()));
    Ok(serde_json::to_string(&all.collect::<Result<Vec<_>>>()?)?)
}

/// Orders across stores, the newest first: one's own, or those of a store. A moment behind the stores themselves.
///
/// # Errors
/// 400 `invalid_query`, 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/orders", tag = "orders", params(OrderQuery),
    responses((status = 200, body = Page<Order>), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn list(
    State(env): State<Env>,
    Caller(caller): Caller,
    Query(query): Query<OrderQuery>,
) -> Result<Json<Page<Order>>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, before) = (page.limit()?, page.after()?);
    if query.store_id.is_some() && query.customer_id.is_some() {
        return Err(Problem::bad_request("invalid_query", "customer_id: expected a store or a customer, not both"));
    }
    let whose = match query.store_id {
        Some(store) => {
            if !caller.has(Role::Support) {
                upstream::own_store(&env, store, &caller).await?;
            }
            db::Whose::Store(store)
        }
        None => db::Whose::Customer(match query.customer_id {
            Some(customer) if customer != caller.id => {
                caller.require(&[Role::Support, Role::Admin])?;
                customer
            }
            _ => caller.id,
        }),
    };
    let status = query.status.as_deref().map(statuses).transpose()?;
    let found = query.q.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let wanted = db::Wanted { status, from: query.from, until: query.until, fulfilment: query.fulfilment, found };
    let orders = db::list(&env, whose, &wanted, before, limit).await?;
    Ok(Json(Page::of(orders, limit, |order| order.id.to_string())))
}
