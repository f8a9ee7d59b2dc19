//! Inventory: commands to the stores, and the read model of stock across them.
//!
//! Exact stock is in each store's Durable Object; this worker decides who may ask, and passes on. Tables: stock_levels (read
//! model), suppliers, offers, purchase_orders, transfers, inbox. Events in: StockUpdated, StockAdjusted, LowStockAlert, OutOfStock, ItemExpired.

pub mod api;
pub mod db;
pub mod events;
pub mod rules;

use axum::Router;
use kirana_edge::{Routes, routes};
use kirana_events::Subscriber;
use std::cell::OnceCell;
use worker::{Context, Env, HttpRequest, MessageBatch, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::low_stock::low_stock))
        .routes(routes!(api::movements::movement))
        .routes(routes!(api::movements::rfid))
        .routes(routes!(api::stock::levels))
        .routes(routes!(api::stock::setup))
        .routes(routes!(api::stock::batches))
        .routes(routes!(api::stock::usage))
        .routes(routes!(api::stock::invariants))
        .routes(routes!(api::stock::level, api::stock::keep))
        .routes(routes!(api::movements::adjust))
        .routes(routes!(api::movements::journal))
        .routes(routes!(api::movements::proof))
        .routes(routes!(api::leases::grant))
        .routes(routes!(api::leases::get))
        .routes(routes!(api::leases::report))
        .routes(routes!(api::leases::variances))
        .routes(routes!(api::leases::resolve))
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
}

/// Requests from the gateway.
///
/// # Errors
/// None of its own.
#[event(fetch)]
pub async fn fetch(request: HttpRequest, env: Env, _ctx: Context) -> worker::Result<http::Response<axum::body::Body>> {
    thread_local! { static ROUTER: OnceCell<Router> = const { OnceCell::new() } }
    kirana_edge::serve(&ROUTER, |env| routes().with_state(env), request, env).await
}

/// Events.
///
/// # Errors
/// None: each message is acknowledged or asked for again.
#[event(queue)]
pub async fn queue(batch: MessageBatch<String>, env: Env, _ctx: Context) -> worker::Result<()> {
    kirana_edge::inbox::consume(batch, &env, Subscriber::Inventory, async |event| events::apply(event)).await;
    Ok(())
}
