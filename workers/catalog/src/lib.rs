//! Catalog: menus, their products with variants and modifier groups, search, and each store's resolved menu.
//!
//! Tables: menus, products, store_menus, product_search (FTS5). Events: none yet. A store's currency and tax come from stores.

pub mod api;
pub mod db;
pub mod import;

use axum::Router;
use kirana_edge::{Routes, routes};
use std::cell::OnceCell;
use worker::{Context, Env, HttpRequest, event};

/// Every route, in reading order.
pub fn routes() -> Routes<Env> {
    Routes::new()
        .routes(routes!(api::menus::import_menu))
        .routes(routes!(api::menus::menu, api::menus::assign))
        .routes(routes!(api::products::list))
        .routes(routes!(api::products::search))
        .routes(routes!(api::products::categories))
        .routes(routes!(api::products::get))
        .route("/internal/stores/{id}/menu", axum::routing::get(api::menus::internal))
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
