//! Customers: what they tell of themselves beyond who they are: addresses, preferences, favourites, that they are old enough; and what
//! they say of what they have bought; and the segments that the chain puts them into.
//!
//! Tables: addresses, preferences, favourites, age_checks, reviews, segments, segment_members, inbox. Events in: CustomerErased. Events out: none. It is a part of the
//! identity domain in a script and a database of its own: what is personal lies apart from credentials.

pub mod api;
pub mod db;
pub mod events;
pub mod rules;

use axum::Router;
use kirana_edge::{Incoming, Outgoing, Routes, log, routes, sealed, sealed_column};
use kirana_events::{Event, Subscriber};
use std::cell::OnceCell;
use worker::{Context, Env, MessageBatch, ScheduleContext, ScheduledEvent, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::addresses::list, api::addresses::add))
        .routes(routes!(api::addresses::change, api::addresses::remove))
        .routes(routes!(api::tastes::preferences, api::tastes::set_preferences))
        .routes(routes!(api::tastes::favourites))
        .routes(routes!(api::tastes::add_favourite, api::tastes::remove_favourite))
        .routes(routes!(api::age::list, api::age::verify))
        .routes(routes!(api::reviews::write))
        .routes(routes!(api::reviews::of_product))
        .routes(routes!(api::reviews::of_customer))
        .routes(routes!(api::reviews::of_store))
        .routes(routes!(api::reviews::answer))
        .routes(routes!(api::segments::list))
        .routes(routes!(api::segments::put, api::segments::end))
        .routes(routes!(api::segments::customers))
        .routes(routes!(api::segments::add, api::segments::remove))
        .routes(routes!(api::segments::of_customer))
        .route("/internal/segments", axum::routing::get(api::segments::names))
        .route("/internal/customers/{id}/segments", axum::routing::get(api::segments::names_of))
        .route("/internal/customers/{id}/age", axum::routing::get(api::age::old_enough))
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

/// Events.
///
/// # Errors
/// None: each message is acknowledged or asked for again.
#[event(queue)]
pub async fn queue(batch: MessageBatch<String>, env: Env, _ctx: Context) -> worker::Result<()> {
    kirana_edge::inbox::consume(batch, &env, Subscriber::Customers, async |event| {
        events::apply(&Event::read(event, events::READS)?)
    })
    .await;
    Ok(())
}

/// While the key changes: seals anew what is under the old one.
#[event(scheduled)]
pub async fn scheduled(_event: ScheduledEvent, env: Env, _ctx: ScheduleContext) {
    let columns = [sealed_column!("addresses", "sealed", "id"), sealed_column!("age_checks", "document", "id")];
    if let Err(problem) = sealed::renew(&env, &columns).await {
        log::error("what is sealed with the old key stays so", &[("problem", &problem.to_string())]);
    }
}
