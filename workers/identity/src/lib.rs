//! Identity: users, credentials, sessions, roles, staff assignments.
//!
//! Tables: users, staff_assignments, sessions, refresh_tokens, outbox. Events out: CustomerRegistered. Events in: none yet.
//! It alone holds the key that signs access tokens; the gateway verifies them against `/.well-known/jwks.json`.

pub mod api;
pub mod db;
pub mod rules;
pub mod staff;

use axum::Router;
use kirana_edge::outbox::Source;
use kirana_edge::{Routes, routes};
use kirana_events::Subscriber;
use std::cell::OnceCell;
use worker::{Context, Env, HttpRequest, ScheduleContext, ScheduledEvent, event};

/// Identity as a source of events.
pub const SOURCE: Source = Source { name: "identity", subscribers: &[Subscriber::Notifications, Subscriber::Loyalty] };

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::auth::register))
        .routes(routes!(api::auth::login))
        .routes(routes!(api::auth::refresh_token))
        .routes(routes!(api::auth::logout))
        .routes(routes!(api::auth::me))
        .routes(routes!(api::auth::bootstrap))
        .routes(routes!(api::users::create, api::users::list))
        .routes(routes!(api::users::get))
        .routes(routes!(api::keys::jwks))
        .route("/internal/candidates", axum::routing::post(api::staff::candidate))
        .route("/internal/reassignments", axum::routing::post(api::staff::reassign))
        .route("/internal/stores/{id}/staff", axum::routing::get(api::staff::of_store))
        .route("/internal/outbox/ack", axum::routing::post(api::keys::outbox_ack))
}

/// Requests from the gateway, and acknowledgements from subscribers.
///
/// # Errors
/// None of its own.
#[event(fetch)]
pub async fn fetch(request: HttpRequest, env: Env, ctx: Context) -> worker::Result<http::Response<axum::body::Body>> {
    thread_local! { static ROUTER: OnceCell<Router> = const { OnceCell::new() } }
    let changes = request.method() == http::Method::POST;
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
