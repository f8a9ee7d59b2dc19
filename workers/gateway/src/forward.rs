//! The way to the worker that answers.

use crate::cache::Found;
use crate::headers::Trace;
use crate::policy::{Access, Class, Route};
use crate::reply::Reply;
use crate::{body, cache, caller, limits, shed, upstream};
use kirana_edge::card_numbers::contains_card_number;
use kirana_edge::{Origin, Principal, Problem, Result, address, principal, revoked};
use worker::{Context, Env, Headers, Method, Request, RequestInit, RequestRedirect, Response};

/// Headers of the caller that the workers see; all others stay outside.
const PASSED: &[&str] = &[
    "accept",
    "accept-language",
    "connect-protocol-version",
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

/// What the receiver of notices sees beside: what payment gateways prove them with.
const PASSED_WITH_NOTICES: &[&str] = &[
    "d2i-signature",
    "paypal-auth-algo",
    "paypal-cert-url",
    "paypal-transmission-id",
    "paypal-transmission-sig",
    "paypal-transmission-time",
    "stripe-signature",
    "x-razorpay-event-id",
    "x-razorpay-signature",
];

/// The same for notices about letters: Postmark's name and password, Resend's signature.
const PASSED_WITH_BOUNCES: &[&str] = &["authorization", "svix-id", "svix-signature", "svix-timestamp"];

/// Checks a request against its route and passes it on.
///
/// # Errors
/// 400 without the `Idempotency-Key` that the route wants, 401, 403, 408, 413, 429, 503 when there is too much to do or the worker
/// does not answer, 504 when it takes too long.
pub async fn to_worker(
    request: Request,
    path: &str,
    route: &Route,
    env: &Env,
    context: &Context,
    trace: &Trace,
) -> Result<Reply> {
    let _place = shed::place(route.class, env)?;
    let address = limits::address(&request)?;
    limits::before(route, &address, env, trace).await?;
    let caller = caller::identify(&request, route, env, trace).await;
    limits::after(route, &caller, &address, env).await?;
    let caller = caller?;
    if route.path == "/api/v1/auth/logout" {
        // Whatever of them the browser has kept is somebody else's next (ASVS 14.3.1). What the apps keep in storage of who somebody is they
        // take away themselves, also without a line; the rest of it, a cart and a language, belongs to the device.
        trace.tell("clear-site-data", "\"cache\", \"cookies\"".into());
    }
    if route.idempotent {
        check_idempotency_key(&request)?;
    }
    let query = address::query(&request);
    // What somebody typed into a search goes by its address: a card's number is kept nowhere, in no cache either.
    if !cache::applies(route) || contains_card_number(&query) {
        let answer = pass(request, path, route, env, trace, caller).await?;
        if cache::outdates(route) && answer.status_code() < 300 {
            cache::outdate().await;
        }
        return Ok(answer.into());
    }
    let known = request.headers().get("if-none-match")?;
    let answer = match cache::find(route, &format!("{path}{query}")).await? {
        Found::Answer(answer) => answer,
        Found::Nothing(place) => {
            let answer = pass(request, path, route, env, trace, caller).await?;
            match cache::keep(place, answer, context).await? {
                Ok(answer) => answer,
                Err(other) => return Ok(other.into()),
            }
        }
    };
    Ok(Reply::Ours(cache::for_caller(answer, known.as_deref())))
}

/// Passes a request on to its worker, with what it may know of the caller.
async fn pass(
    mut request: Request,
    path: &str,
    route: &Route,
    env: &Env,
    trace: &Trace,
    caller: Option<Principal>,
) -> Result<Response> {
    let headers = Headers::new();
    let more = match (route.to, route.access, route.class) {
        ("SSO", Access::Public, _) => PASSED_TO_SIGN_ON,
        ("NOTIFICATIONS", _, Class::Webhook) => PASSED_WITH_BOUNCES,
        (_, _, Class::Webhook) => PASSED_WITH_NOTICES,
        _ => &[],
    };
    let passed = PASSED.iter().chain(more);
    for name in passed.filter(|name| !(cache::applies(route) && **name == "if-none-match")) {
        if let Some(value) = request.headers().get(name)? {
            headers.set(name, &value)?;
        }
    }
    headers.set("x-request-id", &trace.request_id)?;
    headers.set("traceparent", &trace.traceparent)?;
    if let Some(mut caller) = caller {
        if route.class == Class::Checkout && route.method == "POST" {
            caller.from = Some(Box::new(origin(&request)?));
        }
        headers.set(principal::HEADER, &caller.sign(env)?)?;
    }
    let method = request.method();
    let mut init = RequestInit::new();
    if !matches!(method, Method::Get | Method::Head) {
        let body = body::read(&mut request, route.max_body).await?;
        if !body.is_empty() {
            init.with_body(Some(worker::js_sys::Uint8Array::from(body.as_slice()).into()));
        }
    }
    // A redirect is the browser's to follow, not ours.
    init.with_method(method).with_headers(headers).with_redirect(RequestRedirect::Manual);
    let query = address::query(&request);
    let inner = Request::new_with_init(&format!("https://kirana{path}{query}"), &init)?;
    let answer = upstream::ask(route, inner, env).await?;
    if route.to == "IDENTITY" && route.method != "GET" {
        revoked::expect_news();
    }
    Ok(answer)
}

/// Where a call that pays came from, for fraud rules.
fn origin(request: &Request) -> Result<Origin> {
    let header = |name: &str| -> Result<String> { Ok(request.headers().get(name)?.unwrap_or_default()) };
    let country = header("cf-ipcountry")?;
    // XX is nobody knows where, T1 is Tor.
    let known = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_alphabetic()) && country != "XX";
    let device = format!("{}|{}", header("user-agent")?, header("accept-language")?);
    Ok(Origin {
        network: limits::address(request)?,
        country: if known { country.to_ascii_uppercase() } else { String::new() },
        device: device.chars().take(300).collect(),
    })
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
