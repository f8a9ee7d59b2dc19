//! The kitchen's queue of tickets, its stations, and sales that its counter made while the line was down.

use crate::pricing;
use crate::rules::offline;
use crate::upstream;
use axum::extract::State;
use bytes::Bytes;
use kirana_contracts::order::Order;
use kirana_contracts::quote::LineRequest;
use kirana_contracts::stock::{OfflineBatch, OfflineResult, OfflineSale};
use kirana_contracts::store_state::{Bump, KitchenSettings, SlotTable};
use kirana_edge::{Caller, Json, Path, Problem, Query, RequestId, Result, clock, parse_json, principal, refuse_cards};
use kirana_kernel::{Id, Timestamp};
use serde::Deserialize;
use std::time::Duration;
use utoipa::{IntoParams, ToSchema};
use worker::Env;

/// What the kitchen has to do with, the longest waiting first.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/stores/{id}/kitchen/tickets", tag = "kitchen", params(("id" = Id, Path, description = "The store")),
    responses((status = 200, body = Vec<Order>), (status = 404, body = Problem)))]
#[worker::send]
pub async fn tickets(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
) -> Result<Json<Vec<Order>>> {
    let store = upstream::own_store(&env, store, &caller).await?;
    Ok(Json(upstream::object(&env, store.number, &caller).get("/tickets").await?))
}

/// One step on: a confirmed order is being made; one that is being made is ready when its last station is done.
///
/// # Errors
/// 404 for what is not the caller's, 409 `invalid_transition` or `conflict`, 422 for a station that is not there.
#[utoipa::path(post, path = "/api/v1/stores/{id}/kitchen/tickets/{order_id}/bump", tag = "kitchen",
    params(("id" = Id, Path, description = "The store"), ("order_id" = Id, Path, description = "The order")),
    request_body(content = Option<Bump>, description = "The station, where the kitchen has several"),
    responses((status = 200, body = Order), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn bump(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((store, id)): Path<(Id, Id)>,
    body: Bytes,
) -> Result<Json<Order>> {
    upstream::own_store(&env, store, &caller).await?;
    upstream::order(&env, id, &caller).await?;
    let object = upstream::object(&env, id.store_number(), &caller).during(&request_id.0);
    Ok(Json(object.post(&format!("/orders/{id}/bump"), &station(&body)?).await?))
}

/// One step back: a station, or all of them, is not done after all.
///
/// # Errors
/// 404 for what is not the caller's, 409 `invalid_transition`, 422 for a station that is not there.
#[utoipa::path(post, path = "/api/v1/stores/{id}/kitchen/tickets/{order_id}/recall", tag = "kitchen",
    params(("id" = Id, Path, description = "The store"), ("order_id" = Id, Path, description = "The order")),
    request_body(content = Option<Bump>, description = "The station, where the kitchen has several"),
    responses((status = 200, body = Order), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn recall(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path((store, id)): Path<(Id, Id)>,
    body: Bytes,
) -> Result<Json<Order>> {
    upstream::own_store(&env, store, &caller).await?;
    upstream::order(&env, id, &caller).await?;
    let object = upstream::object(&env, id.store_number(), &caller).during(&request_id.0);
    Ok(Json(object.post(&format!("/orders/{id}/recall"), &station(&body)?).await?))
}

/// No body means the whole kitchen.
fn station(body: &[u8]) -> Result<Bump> {
    refuse_cards(body)?;
    if body.is_empty() { Ok(Bump::default()) } else { parse_json(body) }
}

/// How a store's kitchen works: slots, hands, stations.
///
/// # Errors
/// 404 for a store that is not the caller's.
#[utoipa::path(get, path = "/api/v1/stores/{id}/kitchen/settings", tag = "kitchen", params(("id" = Id, Path, description = "The store")),
    responses((status = 200, body = KitchenSettings), (status = 404, body = Problem)))]
#[worker::send]
pub async fn settings(
    State(env): State<Env>,
    Caller(caller): Caller,
    Path(store): Path<Id>,
) -> Result<Json<KitchenSettings>> {
    let store = upstream::own_store(&env, store, &caller).await?;
    Ok(Json(upstream::object(&env, store.number, &caller).get("/kitchen/settings").await?))
}

/// When.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SlotsQuery {
    /// Slots that begin from here on; from now on if absent.
    pub from: Option<Timestamp>,
    /// For so many hours, 1 to 48; 24 if absent.
    #[param(minimum = 1, maximum = 48)]
    pub hours: Option<u32>,
}

/// A store's slots for scheduled orders, for pickup and delivery alike, with what is left of each. Whether it is open then, its hours say.
///
/// # Errors
/// 400 `invalid_query`, 404 for a store that is not there.
#[utoipa::path(get, path = "/api/v1/stores/{id}/slots", tag = "kitchen", params(("id" = Id, Path, description = "The store"), SlotsQuery),
    responses((status = 200, body = SlotTable), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[worker::send]
pub async fn slots(
    State(env): State<Env>,
    Path(store): Path<Id>,
    Query(query): Query<SlotsQuery>,
) -> Result<Json<SlotTable>> {
    let hours = query.hours.unwrap_or(24);
    if !(1..=48).contains(&hours) {
        return Err(Problem::bad_request("invalid_query", format!("hours: {hours} is not between 1 and 48")));
    }
    let from = query.from.unwrap_or_else(clock::now);
    let until = from + Duration::from_secs(u64::from(hours) * 3_600);
    let store = upstream::store(&env, store).await?;
    let object = upstream::object(&env, store.number, &principal::service("orders"));
    Ok(Json(object.get(&format!("/kitchen/slots/{}/{}", from.millis(), until.millis())).await?))
}

/// Sets how a store's kitchen works.
///
/// # Errors
/// 404 for a store that is not the caller's, 409 `conflict` while slots of another length are taken, 422 `invalid_body`.
#[utoipa::path(put, path = "/api/v1/stores/{id}/kitchen/settings", tag = "kitchen", params(("id" = Id, Path, description = "The store")),
    request_body = KitchenSettings,
    responses((status = 200, body = KitchenSettings), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn configure(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(store): Path<Id>,
    Json(body): Json<KitchenSettings>,
) -> Result<Json<KitchenSettings>> {
    let store = upstream::own_store(&env, store, &caller).await?;
    let object = upstream::object(&env, store.number, &caller).during(&request_id.0);
    Ok(Json(object.post("/kitchen/settings", &body).await?))
}

/// A sale that a counter made while the line was down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CounterSale {
    /// The counter's own key of it: it is applied once.
    pub key: String,
    /// The counter's own count, from 1 without gaps.
    #[schema(minimum = 1)]
    pub seq: u64,
    /// When, by the counter's clock.
    pub sold_at: Timestamp,
    /// What was sold.
    pub lines: Vec<LineRequest>,
    /// What was taken for it, in minor units, where that is not today's price or it is no longer on the menu.
    #[serde(default)]
    pub total: Option<i64>,
    /// How it was paid, such as `cash`.
    pub tender: String,
}

/// Sales that a counter made while the line was down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CounterSales {
    /// The counter.
    pub device_id: Id,
    /// The sales, oldest first, 500 at most.
    #[schema(min_items = 1, max_items = 500)]
    pub sales: Vec<CounterSale>,
}

/// Takes sales that were made while the line was down: each once, whatever the stock says; what was not there is a variance.
///
/// # Errors
/// 404 for a store that is not the caller's, 422 `invalid_body` with the way to the sale: nothing of the batch is taken then.
#[utoipa::path(post, path = "/api/v1/stores/{id}/offline-sales", tag = "kitchen", params(("id" = Id, Path, description = "The store")),
    request_body = CounterSales,
    responses((status = 200, body = Vec<OfflineResult>), (status = 404, body = Problem), (status = 422, body = Problem)))]
#[worker::send]
pub async fn offline_sales(
    State(env): State<Env>,
    Caller(caller): Caller,
    request_id: RequestId,
    Path(store): Path<Id>,
    Json(body): Json<CounterSales>,
) -> Result<Json<Vec<OfflineResult>>> {
    let store = upstream::own_store(&env, store, &caller).await?;
    if body.sales.is_empty() || body.sales.len() > 500 {
        return Err(Problem::invalid_field("sales", "expected 1 to 500"));
    }
    let mut sales = Vec::with_capacity(body.sales.len());
    for (index, sale) in body.sales.into_iter().enumerate() {
        let at = |field: &str| format!("sales[{index}].{field}");
        let (lines, totals) = match (pricing::listed(&env, &store, &sale.lines).await, sale.total) {
            (Ok(quote), None) => (quote.lines, quote.totals),
            (Ok(quote), Some(total)) => offline::charged(quote.lines, &store.tax, store.currency, total)
                .ok_or_else(|| Problem::invalid_field(at("total"), "expected what was taken, 0 or more"))?,
            // It is no longer on the menu, or never was: it was sold all the same.
            (Err(problem), Some(total)) if problem.status == 422 => {
                let lines = offline::unlisted(&sale.lines, store.currency).ok_or_else(|| {
                    Problem::invalid_field(at("lines"), "expected 1 to 100 lines of 1 to 1000 pieces")
                })?;
                offline::charged(lines, &store.tax, store.currency, total)
                    .ok_or_else(|| Problem::invalid_field(at("total"), "expected what was taken, 0 or more"))?
            }
            (Err(mut problem), _) => {
                for error in &mut problem.errors {
                    error.path = at(&error.path);
                    error.message += "; say what was taken as `total`, and it is accepted as it is";
                }
                return Err(problem);
            }
        };
        sales.push(OfflineSale {
            key: sale.key,
            seq: sale.seq,
            sold_at: sale.sold_at,
            lines,
            totals,
            tender: sale.tender,
        });
    }
    let batch = OfflineBatch { store_id: store.id, store_number: store.number, device_id: body.device_id, sales };
    let object = upstream::object(&env, store.number, &caller).during(&request_id.0);
    Ok(Json(object.post("/offline-sales", &batch).await?))
}
