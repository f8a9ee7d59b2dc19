//! Stores: franchisees, stores, opening hours in their time zones, nearby.
//!
//! Tables: franchisees, stores. Events: none yet. Other workers ask `GET /internal/stores/{id}`.

pub mod api;
pub mod db;
pub mod hours;
pub mod import;
pub mod zone;

use axum::Router;
use kirana_edge::{Routes, routes};
use std::cell::OnceCell;
use worker::{Context, Env, HttpRequest, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::franchisees::create, api::franchisees::list))
        .routes(routes!(api::stores::create, api::stores::list))
        .routes(routes!(api::stores::import_csv))
        .routes(routes!(api::stores::nearby))
        .routes(routes!(api::stores::get, api::stores::change))
        .route("/internal/stores/{id}", axum::routing::get(api::stores::info))
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
