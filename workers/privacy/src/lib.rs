//! Privacy: what the law gives to people. A copy of all that is kept of them (GDPR, articles 15 and 20).
//!
//! Tables: none. Events in and out: none: being forgotten (article 17) is `DELETE /users/{id}` of identity, and each domain hears
//! of it. It asks every domain that knows something personal and is asked by none, so that no two scripts need each other.

pub mod export;

use axum::Router;
use kirana_edge::{Incoming, Outgoing, Routes, routes};
use std::cell::OnceCell;
use worker::{Context, Env, event};

/// Every route.
pub fn routes() -> Routes<Env> {
    Routes::new().routes(routes!(export::export))
}

/// Requests from the gateway.
///
/// # Errors
/// None of its own.
#[event(fetch)]
pub async fn fetch(request: Incoming, env: Env, _ctx: Context) -> worker::Result<Outgoing> {
    thread_local! { static ROUTER: OnceCell<Router> = const { OnceCell::new() } }
    kirana_edge::serve(&ROUTER, |env| routes().with_state(env), request, env).await
}
