//! The way to the worker that answers.

use crate::caller;
use crate::headers::Trace;
use crate::revoked;
use crate::routes::{Access, Route};
use futures_util::StreamExt;
use http::StatusCode;
use kirana_edge::{Problem, Result, principal};
use worker::{Env, Headers, Method, Request, RequestInit, RequestRedirect, Response};

/// Headers of the caller that the workers see; all others stay outside.
const PASSED: &[&str] = &[
    "accept",
    "accept-language",
    "content-type",
    "idempotency-key",
    "if-none-match",
    "sec-websocket-key",
    "sec-websocket-protocol",
    "sec-websocket-version",
    "upgrade",
    "user-agent",
    "webhook-signature",
    "x-cart-token",
    "x-reason",
];

/// What single sign-on sees beside: its clients show their secrets and their tokens there, which are not the platform's own, and
/// browsers their cookies.
const PASSED_TO_SIGN_ON: &[&str] = &["authorization", "cookie"];

/// Checks a request against its route and passes it on.
///
/// # Errors
/// 400 without the `Idempotency-Key` that the route wants, 401, 403, 413, or 500 when the worker cannot be reached.
pub async fn to_worker(mut request: Request, path: &str, route: &Route, env: &Env, trace: &Trace) -> Result<Response> {
    let caller = caller::identify(&request, route, env).await?;
    if route.idempotent {
        check_idempotency_key(&request)?;
    }
    let headers = Headers::new();
    let sign_on = if route.to == "SSO" && route.access == Access::Public { PASSED_TO_SIGN_ON } else { &[] };
    for name in PASSED.iter().chain(sign_on) {
        if let Some(value) = request.headers().get(name)? {
            headers.set(name, &value)?;
        }
    }
    headers.set("x-request-id", &trace.request_id)?;
    headers.set("traceparent", &trace.traceparent)?;
    if let Some(caller) = caller {
        headers.set(principal::HEADER, &caller.sign(env)?)?;
    }
    let method = request.method();
    let mut init = RequestInit::new();
    if !matches!(method, Method::Get | Method::Head) {
        let body = body(&mut request, route.max_body).await?;
        if !body.is_empty() {
            init.with_body(Some(worker::js_sys::Uint8Array::from(body.as_slice()).into()));
        }
    }
    // A redirect is the browser's to follow, not ours.
    init.with_method(method).with_headers(headers).with_redirect(RequestRedirect::Manual);
    let query = request.url()?.query().map(|query| format!("?{query}")).unwrap_or_default();
    let inner = Request::new_with_init(&format!("https://kirana{path}{query}"), &init)?;
    let answer = env.service(route.to)?.fetch_request(inner).await.map_err(|error| {
        kirana_edge::log::error("a worker does not answer", &[("worker", route.to), ("error", &error.to_string())]);
        Problem::unavailable("the part of the platform that answers this is not available now; try again shortly")
    })?;
    if route.to == "IDENTITY" && route.method != "GET" {
        revoked::expect_news();
    }
    Ok(Response::try_from(answer)?)
}

/// A key that a client made up for this one intention: 16 to 255 letters, digits, `-` and `_`.
fn check_idempotency_key(request: &Request) -> Result<()> {
    let key = request.headers().get("idempotency-key")?.unwrap_or_default();
    let good = (16..=255).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if good {
        return Ok(());
    }
    Err(Problem::bad_request(
        "idempotency_key_required",
        "send an Idempotency-Key of 16 to 255 letters, digits, - and _, new for each intention and the same for each repetition",
    ))
}

/// The body, counted as it comes: a declared length may lie, and a chunked body declares none.
async fn body(request: &mut Request, max: usize) -> Result<Vec<u8>> {
    let too_large = || {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", format!("the body may have {max} bytes at most"))
    };
    let declared = request.headers().get("content-length")?.and_then(|length| length.parse::<usize>().ok());
    if declared.is_some_and(|length| length > max) {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(declared.unwrap_or(0));
    let Ok(mut stream) = request.stream() else { return Ok(bytes) };
    while let Some(chunk) = stream.next().await {
        bytes.extend(chunk?);
        if bytes.len() > max {
            return Err(too_large());
        }
    }
    Ok(bytes)
}
