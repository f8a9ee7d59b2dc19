//! Pricing: campaigns with their offers and coupons, taxes by place, fees by store; and how often offers are given.
//!
//! Prices themselves are made where orders are: `workers/orders` asks for a store's terms and runs `kirana_pricing` on them.
//! Offers of which there are only so many are claimed here before an order is placed, so that the last coupon is given once.
//! Tables: campaigns, offers, offer_customers, claims, claim_items, offer_uses, tax_tables, store_terms, dynamic_rules,
//! dynamic_hours, versions, inbox, outbox.
//! Events in: OfferApplied, OfferReleased. Events out: CampaignActivated, CampaignDeactivated.

pub mod api;
pub mod db;
pub mod dynamic;
pub mod events;
pub mod rules;
pub mod schedule;
pub mod segments;
pub mod stores;

use axum::Router;
use kirana_edge::outbox::Source;
use kirana_edge::{Incoming, Outgoing, Routes, log, routes};
use kirana_events::{Event, Subscriber};
use std::cell::OnceCell;
use worker::{Context, Env, MessageBatch, ScheduleContext, ScheduledEvent, event};

/// Pricing as a source of events.
pub const SOURCE: Source = Source { name: "pricing", subscribers: &[Subscriber::Notifications] };

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    use axum::routing::{get, post};
    Routes::new()
        .routes(routes!(api::campaigns::list, api::campaigns::create))
        .routes(routes!(api::campaigns::get, api::campaigns::change))
        .routes(routes!(api::offers::list, api::offers::add))
        .routes(routes!(api::offers::withdraw))
        .routes(routes!(api::offers::validate))
        .routes(routes!(api::campaigns::usage))
        .routes(routes!(api::preview::preview))
        .routes(routes!(api::taxes::list))
        .routes(routes!(api::taxes::set))
        .routes(routes!(api::terms::get, api::terms::set))
        .routes(routes!(api::dynamic::get, api::dynamic::set))
        .route("/internal/stores/{id}/terms", get(api::terms::of_store))
        .route("/internal/claims", post(api::claims::claim))
        .route("/internal/claims/check", post(api::claims::check))
        .route("/internal/claims/{id}/release", post(api::claims::release))
        .route("/internal/outbox/ack", post(api::outbox_ack))
}

/// Requests from the gateway and from other workers.
///
/// # Errors
/// None of its own.
#[event(fetch)]
pub async fn fetch(request: Incoming, env: Env, _ctx: Context) -> worker::Result<Outgoing> {
    thread_local! { static ROUTER: OnceCell<Router> = const { OnceCell::new() } }
    kirana_edge::serve(&ROUTER, |env| routes().with_state(env), request, env).await
}

/// Events from the stores.
///
/// # Errors
/// None: each message is acknowledged or asked for again.
#[event(queue)]
pub async fn queue(batch: MessageBatch<String>, env: Env, _ctx: Context) -> worker::Result<()> {
    kirana_edge::inbox::consume(batch, &env, Subscriber::Pricing, async |event| {
        events::apply(&Event::read(event, events::READS)?)
    })
    .await;
    Ok(())
}

/// Each minute: campaigns begin and end, and claims that nobody ordered with are free again.
#[event(scheduled)]
pub async fn scheduled(_event: ScheduledEvent, env: Env, _ctx: ScheduleContext) {
    if let Err(problem) = schedule::campaigns(&env).await {
        log::error("campaigns neither begin nor end", &[("problem", &problem.to_string())]);
    }
    if let Err(problem) = schedule::claims(&env).await {
        log::error("claims that ran out are not free again", &[("problem", &problem.to_string())]);
    }
    if let Err(problem) = dynamic::look(&env).await {
        log::error("prices do not move", &[("problem", &problem.to_string())]);
    }
    SOURCE.flush(&env).await;
}
