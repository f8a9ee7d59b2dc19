//! Orders: quotes, placing, the order's life, the kitchen, live tracking, and the history across stores.
//!
//! Live orders are in their store's Durable Object (an order's id names its store); this worker decides who may ask, prices
//! what is ordered, and passes the command on. Tables: orders (history, fed by events), carts, forgotten, inbox. Events in: every order
//! event, PaymentCompleted, PaymentFailed, RefundCompleted, CustomerErased. Events out: none of its own, the store publishes.

pub mod age;
pub mod api;
pub mod carts;
pub mod db;
pub mod events;
pub mod forget;
pub mod pricing;
pub mod quotes;
pub mod rules;
pub mod segments;
pub mod upstream;

use axum::Router;
use kirana_edge::{Incoming, Outgoing, Routes, routes};
use kirana_events::{Event, Subscriber};
use std::cell::OnceCell;
use worker::{Context, Env, MessageBatch, ScheduleContext, ScheduledEvent, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::cart::get, api::cart::put, api::cart::delete))
        .routes(routes!(api::cart::add))
        .routes(routes!(api::cart::merge))
        .routes(routes!(api::place::quote))
        .routes(routes!(api::checkout::checkout))
        .routes(routes!(api::place::place, api::read::list))
        .routes(routes!(api::read::get))
        .routes(routes!(api::read::history))
        .routes(routes!(api::read::receipt))
        .routes(routes!(api::life::change_status))
        .routes(routes!(api::life::cancel))
        .routes(routes!(api::amend::lines))
        .routes(routes!(api::amend::cancel_items))
        .routes(routes!(api::amend::weigh))
        .routes(routes!(api::amend::propose, api::amend::answer))
        .routes(routes!(api::live::ticket))
        .routes(routes!(api::live::track))
        .routes(routes!(api::kitchen::tickets))
        .routes(routes!(api::kitchen::bump))
        .routes(routes!(api::kitchen::recall))
        .routes(routes!(api::live::kitchen))
        .routes(routes!(api::kitchen::settings, api::kitchen::configure))
        .routes(routes!(api::kitchen::slots))
        .routes(routes!(api::kitchen::offline_sales))
        .route("/internal/stores/{id}/past-orders", axum::routing::get(api::past::past_orders))
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

/// Events from the stores and from payments.
///
/// # Errors
/// None: each message is acknowledged or asked for again.
#[event(queue)]
pub async fn queue(batch: MessageBatch<String>, env: Env, _ctx: Context) -> worker::Result<()> {
    kirana_edge::inbox::consume(batch, &env, Subscriber::Orders, async |event| {
        events::apply(&env, &Event::read(event, events::READS)?).await
    })
    .await;
    Ok(())
}

/// Once a night: throws away carts that nobody touched for long, and what is left of those who are forgotten.
#[event(scheduled)]
pub async fn scheduled(_event: ScheduledEvent, env: Env, _ctx: ScheduleContext) {
    if let Err(problem) = carts::sweep(&env).await {
        kirana_edge::log::error("old carts were not swept", &[("problem", &problem.to_string())]);
    }
    if let Err(problem) = forget::again(&env).await {
        kirana_edge::log::error("nobody looked after those who are forgotten", &[("problem", &problem.to_string())]);
    }
}
