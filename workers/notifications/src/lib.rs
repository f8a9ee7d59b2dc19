//! Notifications: what customers and staff are told in the app, and letters and text messages.
//!
//! Tables: notifications, deliveries, letters, unreachable, inbox. Events in: what orders, payments, points, campaigns, accounts and devices tell; see `events.rs`
//! for what customers are told in the app, `rules/device.rs` for what a store's managers are told of its devices, `rules/letter.rs` for
//! what is written to an address, `dispatch.rs` for how that leaves. Books asks for
//! the letter about an invoice itself.

pub mod api;
pub mod db;
pub mod dispatch;
pub mod events;
pub mod post;
pub mod rules;
pub mod staff;

use axum::Router;
use kirana_edge::{Incoming, Outgoing, Routes, log, routes};
use kirana_events::{Event, Subscriber};
use std::cell::OnceCell;
use worker::{Context, Env, MessageBatch, ScheduleContext, ScheduledEvent, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::list))
        .routes(routes!(api::letters::list))
        .routes(routes!(api::letters::retry))
        .routes(routes!(api::letters::outbox))
        .routes(routes!(api::bounces::receive))
        .routes(routes!(api::bounces::list))
        .routes(routes!(api::bounces::clear))
        .routes(routes!(api::read))
        .route("/internal/letters/invoice", axum::routing::post(api::letters::invoice))
}

/// Requests from the gateway.
///
/// # Errors
/// None of its own.
#[event(fetch)]
pub async fn fetch(request: Incoming, env: Env, ctx: Context) -> worker::Result<Outgoing> {
    thread_local! { static ROUTER: OnceCell<Router> = const { OnceCell::new() } }
    let retries = request.method() == "POST";
    let response = kirana_edge::serve(&ROUTER, |env| routes().with_state(env), request, env.clone()).await;
    if retries {
        ctx.wait_until(async move { dispatch::due(&env).await });
    }
    response
}

/// Events. Letters leave once they are noted for good, and nobody waits for that: by `queue_consumer_no_wait_for_wait_until` in
/// wrangler.toml the queue goes on while a provider takes its time.
///
/// # Errors
/// None: each message is acknowledged or asked for again.
#[event(queue)]
pub async fn queue(batch: MessageBatch<String>, env: Env, ctx: Context) -> worker::Result<()> {
    let apply = async |event: &str| {
        let event = Event::read(event, events::READS)?;
        let mut statements = events::apply(&event)?;
        statements.extend(dispatch::apply(&event));
        statements.extend(staff::apply(&env, &event).await?);
        Ok(statements)
    };
    kirana_edge::inbox::consume(batch, &env, Subscriber::Notifications, apply).await;
    ctx.wait_until(async move { dispatch::due(&env).await });
    Ok(())
}

/// Tries again what could not be sent, and throws away what is old.
#[event(scheduled)]
pub async fn scheduled(_event: ScheduledEvent, env: Env, _ctx: ScheduleContext) {
    dispatch::due(&env).await;
    if let Err(problem) = dispatch::sweep(&env).await {
        log::error("what is old could not be thrown away", &[("problem", &problem.to_string())]);
    }
}
