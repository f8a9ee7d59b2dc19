//! Stores: franchisees, stores with their settings, opening hours in their time zones, who works there, where they
//! deliver, nearby; feature flags.
//!
//! Tables: franchisees, stores, shifts, delivery_zones, flag_settings, outbox. Events out: StoreCreated, StoreUpdated, StoreStatusChanged,
//! DeliveryZoneUpdated. Events in: none. Other workers ask `GET /internal/stores/{id}`.

pub mod api;
pub mod db;
pub mod events;
pub mod rules;

use axum::Router;
use events::SOURCE;
use kirana_edge::{Incoming, Outgoing, Routes, routes};
use std::cell::OnceCell;
use worker::{Context, Env, ScheduleContext, ScheduledEvent, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::franchisees::create, api::franchisees::list))
        .routes(routes!(api::franchisees::get))
        .routes(routes!(api::stores::create, api::stores::list))
        .routes(routes!(api::import::import_csv))
        .routes(routes!(api::nearby::nearby))
        .routes(routes!(api::stores::get, api::stores::change))
        .routes(routes!(api::settings::set))
        .routes(routes!(api::settings::pause))
        .routes(routes!(api::settings::resume))
        .routes(routes!(api::staff::list, api::staff::assign))
        .routes(routes!(api::staff::dismiss))
        .routes(routes!(api::shifts::list, api::shifts::plan))
        .routes(routes!(api::shifts::cancel))
        .routes(routes!(api::zones::list, api::zones::draw))
        .routes(routes!(api::zones::change, api::zones::remove))
        .routes(routes!(api::flags::mine))
        .routes(routes!(api::flags::list))
        .routes(routes!(api::flags::set))
        .route("/internal/stores/{id}", axum::routing::get(api::stores::info))
        .route("/internal/franchisees/{id}/owns", axum::routing::post(api::staff::owns))
        .route("/internal/outbox/ack", axum::routing::post(api::stores::outbox_ack))
}

/// Requests from the gateway and from other workers, and acknowledgements from subscribers.
///
/// # Errors
/// None of its own.
#[event(fetch)]
pub async fn fetch(request: Incoming, env: Env, ctx: Context) -> worker::Result<Outgoing> {
    thread_local! { static ROUTER: OnceCell<Router> = const { OnceCell::new() } }
    let changes = matches!(&*request.method(), "POST" | "PUT" | "DELETE");
    let response = kirana_edge::serve(&ROUTER, |env| routes().with_state(env), request, env.clone()).await;
    if changes {
        ctx.wait_until(async move { SOURCE.flush(&env).await });
    }
    response
}

/// Sends again what a subscriber has not acknowledged.
#[event(scheduled)]
pub async fn scheduled(_event: ScheduledEvent, env: Env, _ctx: ScheduleContext) {
    SOURCE.flush(&env).await;
}
