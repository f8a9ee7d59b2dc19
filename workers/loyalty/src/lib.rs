//! Loyalty: points for completed orders, what they pay, and the tiers that those of a year lead to.
//!
//! Tables: accounts, entries, spends, inbox, outbox. Events in: OrderCompleted, OrderRefunded, CustomerRegistered. Events out:
//! PointsEarned, PointsRedeemed.

pub mod api;
pub mod events;
pub mod rules;
pub mod spending;
pub mod tiers;

use axum::Router;
use kirana_edge::outbox::Source;
use kirana_edge::{Incoming, Outgoing, Routes, routes};
use kirana_events::{Event, Subscriber};
use std::cell::OnceCell;
use worker::{Context, Env, MessageBatch, ScheduleContext, ScheduledEvent, event};

/// Loyalty as a source of events.
pub const SOURCE: Source = Source { name: "loyalty", subscribers: &[Subscriber::Notifications] };

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::account))
        .routes(routes!(api::all_tiers))
        .route("/internal/customers/{id}/segments", axum::routing::get(api::segments))
        .route("/internal/points/spend", axum::routing::post(spending::spend))
        .route("/internal/points/restore", axum::routing::post(spending::restore))
        .route("/internal/outbox/ack", axum::routing::post(api::outbox_ack))
}

/// Requests from the gateway.
///
/// # Errors
/// None of its own.
#[event(fetch)]
pub async fn fetch(request: Incoming, env: Env, ctx: Context) -> worker::Result<Outgoing> {
    thread_local! { static ROUTER: OnceCell<Router> = const { OnceCell::new() } }
    let changes = request.method() == "POST";
    let response = kirana_edge::serve(&ROUTER, |env| routes().with_state(env), request, env.clone()).await;
    if changes {
        ctx.wait_until(async move { SOURCE.flush(&env).await });
    }
    response
}

/// Events.
///
/// # Errors
/// None: each message is acknowledged or asked for again.
#[event(queue)]
pub async fn queue(batch: MessageBatch<String>, env: Env, _ctx: Context) -> worker::Result<()> {
    kirana_edge::inbox::consume(batch, &env, Subscriber::Loyalty, async |event| {
        events::apply(&Event::read(event, events::READS)?, &env).await
    })
    .await;
    SOURCE.flush(&env).await;
    Ok(())
}

/// Sends again what a subscriber has not acknowledged.
#[event(scheduled)]
pub async fn scheduled(_event: ScheduledEvent, env: Env, _ctx: ScheduleContext) {
    SOURCE.flush(&env).await;
}
