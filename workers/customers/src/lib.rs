//! Customers: what they tell of themselves beyond who they are: addresses, preferences, favourites, that they are old enough.
//!
//! Tables: addresses, preferences, favourites, age_checks. Events in and out: none; identity asks it to forget somebody. It is a
//! part of the identity domain in a script and a database of its own: what is personal lies apart from credentials.

pub mod api;
pub mod db;
pub mod rules;

use axum::Router;
use kirana_edge::{Routes, routes};
use std::cell::OnceCell;
use worker::{Context, Env, HttpRequest, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::addresses::list, api::addresses::add))
        .routes(routes!(api::addresses::change, api::addresses::remove))
        .routes(routes!(api::tastes::preferences, api::tastes::set_preferences))
        .routes(routes!(api::tastes::favourites))
        .routes(routes!(api::tastes::add_favourite, api::tastes::remove_favourite))
        .routes(routes!(api::age::list, api::age::verify))
        .route("/internal/customers/{id}/age", axum::routing::get(api::age::old_enough))
        .route("/internal/customers/{id}/erase", axum::routing::post(api::erase))
}

/// Requests from the gateway and from other workers.
///
/// # Errors
/// None of its own.
#[event(fetch)]
pub async fn fetch(request: HttpRequest, env: Env, _ctx: Context) -> worker::Result<http::Response<axum::body::Body>> {
    thread_local! { static ROUTER: OnceCell<Router> = const { OnceCell::new() } }
    kirana_edge::serve(&ROUTER, |env| routes().with_state(env), request, env).await
}
