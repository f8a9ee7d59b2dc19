//! Notifications: what customers are told in the app, and the log of what would go to them by e-mail.
//!
//! Tables: notifications, letters, inbox. Events in: what orders, payments, points and accounts tell; see `events.rs` for
//! what is told in the app, `letters.rs` for what is written to an address.

pub mod api;
pub mod events;
pub mod letters;

use axum::Router;
use kirana_edge::{Routes, routes};
use kirana_events::{Event, Subscriber};
use std::cell::OnceCell;
use worker::{Context, Env, HttpRequest, MessageBatch, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new().routes(routes!(api::list)).routes(routes!(api::outbox)).routes(routes!(api::read))
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
    let apply = async |event: &str| {
        let event = Event::read(event, events::READS)?;
        let mut statements = events::apply(&event)?;
        statements.extend(letters::apply(&event, &env).await?);
        Ok(statements)
    };
    kirana_edge::inbox::consume(batch, &env, Subscriber::Notifications, apply).await;
    Ok(())
}
