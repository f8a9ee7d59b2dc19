//! Analytics: sales figures per store, day, hour and product, roll-ups, what was lost, and what was bought.
//!
//! Tables: sales, order_days, order_hours, waste, purchases, stores (by name), price_changes, inbox. Events in: OrderCreated, OrderConfirmed,
//! OrderReady, OrderAmended, OrderCompleted, OrderCancelled, OrderRefunded, ItemExpired, PurchaseOrderReceived, StoreCreated, StoreUpdated,
//! PriceChanged.

pub mod api;
pub mod events;
pub mod local;
mod metrics;
pub mod rules;

use axum::Router;
use kirana_edge::{Incoming, Outgoing, Routes, routes};
use kirana_events::{Event, Subscriber};
use std::cell::OnceCell;
use std::rc::Rc;
use worker::{Context, Env, MessageBatch, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::sales::sales))
        .routes(routes!(api::summary::summary))
        .route("/internal/metrics", axum::routing::get(metrics::metrics))
}

/// Requests from the gateway.
///
/// # Errors
/// None of its own.
#[event(fetch)]
pub async fn fetch(request: Incoming, env: Env, _ctx: Context) -> worker::Result<Outgoing> {
    thread_local! { static ROUTER: OnceCell<Router> = const { OnceCell::new() } }
    kirana_edge::serve(&ROUTER, |env| routes().with_state(env), request, env).await
}

/// Events.
///
/// # Errors
/// None: each message is acknowledged or asked for again.
#[event(queue)]
pub async fn queue(batch: MessageBatch<String>, env: Env, _ctx: Context) -> worker::Result<()> {
    kirana_edge::inbox::consume(batch, &env, Subscriber::Analytics, async |event| {
        let event = Event::read(event, events::READS)?;
        let clock = match event.store_id {
            Some(store) => local::of(&env, store).await?,
            None => Rc::new(local::Clock::utc()),
        };
        events::apply(&event, &clock)
    })
    .await;
    Ok(())
}
