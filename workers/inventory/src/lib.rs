//! Inventory: commands to the stores, and the read model of stock across them.
//!
//! Exact stock is in each store's and warehouse's Durable Object; this worker decides who may ask, and passes on. Tables:
//! places and stock_levels (read model), warehouses, suppliers, offers, purchase_orders, transfers, inbox, outbox. Events in:
//! StockUpdated, StockAdjusted, LowStockAlert, OutOfStock, StoreCreated, StoreUpdated. Events out: PurchaseOrderCreated,
//! PurchaseOrderReceived.

pub mod api;
pub mod db;
pub mod events;
pub mod replenish;
pub mod rules;

use axum::Router;
use axum::extract::State;
use kirana_edge::{Caller, Incoming, Json, Outgoing, Routes, routes};
use kirana_events::{Ack, Event, Subscriber};
use std::cell::OnceCell;
use worker::{Context, Env, MessageBatch, ScheduleContext, ScheduledEvent, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::low_stock::low_stock))
        .routes(routes!(api::read_model::stock))
        .routes(routes!(api::read_model::valuation))
        .routes(routes!(api::read_model::ageing))
        .routes(routes!(api::read_model::freshness))
        .routes(routes!(api::read_model::refresh))
        .routes(routes!(api::movements::movement))
        .routes(routes!(api::movements::rfid))
        .routes(routes!(api::stock::levels))
        .routes(routes!(api::stock::setup))
        .routes(routes!(api::stock::batches))
        .routes(routes!(api::stock::usage))
        .routes(routes!(api::stock::invariants))
        .routes(routes!(api::barcodes::list))
        .routes(routes!(api::barcodes::find))
        .routes(routes!(api::stock::level, api::stock::keep))
        .routes(routes!(api::barcodes::set))
        .routes(routes!(api::movements::adjust))
        .routes(routes!(api::movements::journal))
        .routes(routes!(api::movements::proof))
        .routes(routes!(api::receipts::import))
        .routes(routes!(api::leases::grant))
        .routes(routes!(api::leases::get))
        .routes(routes!(api::leases::extend))
        .routes(routes!(api::leases::release))
        .routes(routes!(api::leases::report))
        .routes(routes!(api::leases::variances))
        .routes(routes!(api::leases::resolve))
        .routes(routes!(api::warehouses::create, api::warehouses::list))
        .routes(routes!(api::warehouses::get, api::warehouses::change))
        .routes(routes!(api::suppliers::create, api::suppliers::list))
        .routes(routes!(api::suppliers::get, api::suppliers::replace))
        .routes(routes!(api::purchase_orders::create, api::purchase_orders::list))
        .routes(routes!(api::purchase_orders::propose))
        .routes(routes!(api::purchase_orders::get))
        .routes(routes!(api::purchase_orders::advance))
        .routes(routes!(api::purchase_orders::receive))
        .routes(routes!(api::transfers::create, api::transfers::list))
        .routes(routes!(api::transfers::get))
        .routes(routes!(api::transfers::receive))
        .routes(routes!(api::transfers::close))
        .routes(routes!(api::stocktakes::open, api::stocktakes::list))
        .routes(routes!(api::stocktakes::get))
        .routes(routes!(api::stocktakes::count))
        .routes(routes!(api::stocktakes::approve))
        .routes(routes!(api::stocktakes::discard))
        .route("/internal/outbox/ack", axum::routing::post(outbox_ack))
}

/// A subscriber has applied our events.
///
/// # Errors
/// As [`kirana_edge::outbox::Source::on_ack`].
#[worker::send]
async fn outbox_ack(State(env): State<Env>, caller: Caller, ack: Json<Ack>) -> kirana_edge::Result<Json<bool>> {
    events::SOURCE.on_ack(&env, &caller, ack).await
}

/// Requests from the gateway.
///
/// # Errors
/// None of its own.
#[event(fetch)]
pub async fn fetch(request: Incoming, env: Env, ctx: Context) -> worker::Result<Outgoing> {
    thread_local! { static ROUTER: OnceCell<Router> = const { OnceCell::new() } }
    let orders = request.method() == "POST" && request.url().contains("/purchase-orders");
    let response = kirana_edge::serve(&ROUTER, |env| routes().with_state(env), request, env.clone()).await;
    if orders {
        ctx.wait_until(async move { events::SOURCE.flush(&env).await });
    }
    response
}

/// Looks what is missing, and sends again what a subscriber has not acknowledged.
#[event(scheduled)]
pub async fn scheduled(_event: ScheduledEvent, env: Env, _ctx: ScheduleContext) {
    replenish::due(&env).await;
    events::SOURCE.flush(&env).await;
}

/// Events.
///
/// # Errors
/// None: each message is acknowledged or asked for again.
#[event(queue)]
pub async fn queue(batch: MessageBatch<String>, env: Env, _ctx: Context) -> worker::Result<()> {
    kirana_edge::inbox::consume(batch, &env, Subscriber::Inventory, async |event| {
        events::apply(&Event::read(event, events::READS)?)
    })
    .await;
    Ok(())
}
