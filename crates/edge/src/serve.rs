//! The way of a request into a worker's router.

use crate::extract::refuse_cards_in_headers;
use crate::{Problem, Routes, wire};
use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use std::cell::OnceCell;
use std::thread::LocalKey;
use tower_service::Service;
use worker::Env;
use worker::web_sys;

/// A request as the runtime gives it, and an answer as it takes it.
pub type Incoming = web_sys::Request;
/// See [`Incoming`].
pub type Outgoing = web_sys::Response;

/// The id that the gateway gave the request, in the header `x-request-id`; events carry it as `correlation_id`.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for RequestId {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut http::request::Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let id = parts.headers.get("x-request-id").and_then(|value| value.to_str().ok());
        Ok(Self(id.map_or_else(|| crate::clock::new_id().to_string(), str::to_owned)))
    }
}

/// Answers a request from the isolate's router, which `build` makes on the first one.
///
/// Beside the worker's own routes it answers `GET /healthz`. What no route matches is a 404 problem, a method that no route
/// has a 405 problem.
///
/// # Errors
/// When the line breaks before the request's body is here; all else is a problem document.
pub async fn serve(
    cell: &'static LocalKey<OnceCell<Router>>,
    build: impl FnOnce(Env) -> Routes,
    request: Incoming,
    env: Env,
) -> worker::Result<Outgoing> {
    let mut router = cell.with(|cell| {
        cell.get_or_init(|| {
            crate::routes::router(build(env))
                .route("/healthz", get(|| async { "ok" }))
                .fallback(|| async { Problem::not_found("there is no such path").into_response() })
                .method_not_allowed_fallback(|| async {
                    Problem::new(
                        http::StatusCode::METHOD_NOT_ALLOWED,
                        "method_not_allowed",
                        "this path has no such method; see the Allow header",
                    )
                    .into_response()
                })
        })
        .clone()
    });
    let request = wire::incoming(&request).await?;
    if let Err(problem) = refuse_cards_in_headers(request.headers()) {
        return wire::outgoing(problem.into_response()).await;
    }
    match router.call(request).await {
        Ok(response) => wire::outgoing(response).await,
        Err(never) => match never {},
    }
}
