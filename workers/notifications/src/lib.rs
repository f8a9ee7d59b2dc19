//! Notifications: what customers are told in the app, and the log of what would go to them by e-mail.
//!
//! Tables: notifications, inbox. Events in: what orders, payments, points and new customers tell; see `events.rs`.

pub mod api;
pub mod events;

use axum::Router;
use kirana_edge::{Routes, routes};
use kirana_events::{Event, Subscriber};
use std::cell::OnceCell;
use worker::{Context, Env, HttpRequest, MessageBatch, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new().routes(routes!(api::list)).routes(routes!(api::read))
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
    kirana_edge::inbox::consume(batch, &env, Subscriber::Notifications, async |event| {
        events::apply(&Event::read(event, events::READS)?)
    })
    .await;
    Ok(())
}
