//! Catalog: menus, their products with variants and modifier groups, search, and each store's resolved menu.
//!
//! Tables: menus, products, product_search (FTS5), product_tags, store_menus, menu_overrides, stores (what events told of
//! them), inbox, outbox. Events out: ProductCreated, ProductUpdated, ProductRetired, PriceChanged. Events in: StoreCreated,
//! StoreUpdated (a store's tax stands on its menu). Photos lie in R2, under the hash of what they are.

pub mod api;
pub mod db;
pub mod events;
pub mod menus;
pub mod rules;

use axum::Router;
use events::SOURCE;
use kirana_edge::{Incoming, Outgoing, Routes, routes};
use kirana_events::{Event, Subscriber};
use std::cell::OnceCell;
use worker::{Context, Env, MessageBatch, ScheduleContext, ScheduledEvent, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::menus::import_menu))
        .routes(routes!(api::menus::list))
        .routes(routes!(api::menus::set_bounds))
        .routes(routes!(api::menus::menu, api::menus::assign))
        .routes(routes!(api::overrides::get, api::overrides::set))
        .routes(routes!(api::overrides::choices))
        .routes(routes!(api::products::list, api::editing::create))
        .routes(routes!(api::products::search))
        .routes(routes!(api::products::categories))
        .routes(routes!(api::products::tags))
        .routes(routes!(api::products::get, api::editing::change, api::editing::retire))
        .routes(routes!(api::groups::list, api::groups::create))
        .routes(routes!(api::groups::change, api::groups::remove))
        .routes(routes!(api::groups::add_option))
        .routes(routes!(api::groups::change_option, api::groups::remove_option))
        .routes(routes!(api::photos::get, api::photos::set, api::photos::remove))
        .route("/internal/stores/{id}/menu", axum::routing::get(api::menus::internal))
        .route("/internal/stores/{id}/moving-prices", axum::routing::put(api::menus::set_moving))
        .route("/internal/outbox/ack", axum::routing::post(api::editing::outbox_ack))
}

/// Requests from the gateway and from other workers, and acknowledgements from subscribers.
///
/// # Errors
/// None of its own.
#[event(fetch)]
pub async fn fetch(request: Incoming, env: Env, ctx: Context) -> worker::Result<Outgoing> {
    thread_local! { static ROUTER: OnceCell<Router> = const { OnceCell::new() } }
    let changes = request.method() != "GET";
    let response = kirana_edge::serve(&ROUTER, |env| routes().with_state(env), request, env.clone()).await;
    if changes {
        ctx.wait_until(async move { SOURCE.flush(&env).await });
    }
    response
}

/// Events from the stores.
///
/// # Errors
/// None: each message is acknowledged or asked for again.
#[event(queue)]
pub async fn queue(batch: MessageBatch<String>, env: Env, _ctx: Context) -> worker::Result<()> {
    kirana_edge::inbox::consume(batch, &env, Subscriber::Catalog, async |event| {
        events::apply(&Event::read(event, events::READS)?)
    })
    .await;
    Ok(())
}

/// Sends again what a subscriber has not acknowledged.
#[event(scheduled)]
pub async fn scheduled(_event: ScheduledEvent, env: Env, _ctx: ScheduleContext) {
    SOURCE.flush(&env).await;
}
