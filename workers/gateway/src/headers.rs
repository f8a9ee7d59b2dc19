//! What every answer carries: its request id and trace, and what keeps browsers safe.

use crate::reply::Reply;
use crate::vars;
use kirana_edge::{CODE_HEADER, clock};
use kirana_kernel::Id;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use worker::{Env, Request, web_sys};

/// The id of a request, and its place in a trace (W3C Trace Context).
pub struct Trace {
    /// Ours; answers, logs and events carry it.
    pub request_id: String,
    /// The trace of the caller, or a new one, with a new span.
    pub traceparent: String,
    /// The span of the caller that it belongs to.
    pub parent: Option<String>,
    /// What the answer says besides, whatever becomes of the request.
    more: RefCell<Vec<(&'static str, String)>>,
    /// Who asks, once that is known.
    who: Cell<Option<Id>>,
}

impl Trace {
    /// From the caller's `traceparent`, if it has a good one.
    pub fn of(request: &Request) -> Self {
        let given = request.headers().get("traceparent").ok().flatten();
        let known = given.as_deref().and_then(trace_and_span);
        let trace_id = known.map_or_else(|| hex(&clock::random::<16>()), |(trace, _)| trace.to_owned());
        let parent = known.map(|(_, span)| span.to_owned());
        let traceparent = format!("00-{trace_id}-{}-01", hex(&clock::random::<8>()));
        let (more, who) = (RefCell::default(), Cell::default());
        Self { request_id: clock::new_id().to_string(), traceparent, parent, more, who }
    }

    /// Notes who asks: a user, a key; the log says so.
    pub fn asked_by(&self, who: Id) {
        self.who.set(Some(who));
    }

    /// Who asks, as the log says it.
    pub fn who(&self) -> String {
        self.who.get().map_or_else(|| "nobody".into(), |who| who.to_string())
    }

    /// The answer is to have this header.
    pub fn tell(&self, name: &'static str, value: String) {
        self.more.borrow_mut().push((name, value));
    }
}

/// The trace and the span of a version 00 `traceparent`.
fn trace_and_span(header: &str) -> Option<(&str, &str)> {
    let mut parts = header.split('-');
    let (version, trace, span, _flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length: usize| {
        text.len() == length
            && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            && text.bytes().any(|byte| byte != b'0')
    };
    (version == "00" && is_hex(trace, 32) && is_hex(span, 16)).then_some((trace, span))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What keeps browsers safe, on every answer.
const SAFE: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ("x-frame-options", "DENY"),
];

/// What a page of ours may load.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What all else may load.
const DATA: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What pages of an origin that is let in may send and see.
const LET_IN: [(&str, &str); 4] = [
    ("access-control-allow-methods", "GET, POST, PUT, DELETE"),
    (
        "access-control-allow-headers",
        "Authorization, Content-Type, Idempotency-Key, If-None-Match, traceparent, X-API-Key, X-API-Version, X-Cart-Token",
    ),
    (
        "access-control-expose-headers",
        "Deprecation, ETag, Link, RateLimit, RateLimit-Policy, Retry-After, Sunset, Idempotent-Replayed, X-API-Version, X-Cart-Token, X-Request-Id, traceparent",
    ),
    ("access-control-max-age", "600"),
];

/// Sets the headers of an answer.
///
/// # Errors
/// When the runtime refuses a header.
pub fn finish(reply: Reply, trace: &Trace, origin: Option<&str>, env: &Env) -> worker::Result<web_sys::Response> {
    match reply {
        // An upgrade: its headers are the protocol's.
        Reply::Theirs(response) if response.status_code() == 101 => Ok(response.into()),
        Reply::Theirs(response) => {
            let headers = response.headers().clone();
            let (kind, policy) = (headers.get("content-type")?, headers.get("content-security-policy")?);
            let has_cache = headers.get("cache-control")?.is_some();
            for (name, value) in more(trace, origin, env, kind.as_deref(), policy.is_some(), has_cache) {
                headers.set(name, &value)?;
            }
            headers.append("vary", "Origin")?;
            headers.delete(CODE_HEADER)?;
            Ok(response.with_headers(headers).into())
        }
        Reply::Ours(mut whole) => {
            let has = |name| whole.header(name).is_some();
            let (has_policy, has_cache) = (has("content-security-policy"), has("cache-control"));
            for (name, value) in more(trace, origin, env, whole.header("content-type"), has_policy, has_cache) {
                whole.set(name, &value);
            }
            let vary = whole.header("vary").map_or_else(|| "Origin".into(), |known| format!("{known}, Origin"));
            whole.set("vary", &vary);
            whole.into_response()
        }
    }
}

/// What an answer carries beside its own headers, `Vary` aside.
fn more<'a>(
    trace: &'a Trace,
    origin: Option<&'a str>,
    env: &Env,
    kind: Option<&str>,
    has_policy: bool,
    has_cache: bool,
) -> Vec<(&'static str, Cow<'a, str>)> {
    let mut more: Vec<(&'static str, Cow<'a, str>)> = Vec::with_capacity(16);
    more.push(("x-request-id", trace.request_id.as_str().into()));
    more.push(("traceparent", trace.traceparent.as_str().into()));
    more.extend(trace.more.borrow().iter().map(|(name, value)| (*name, Cow::Owned(value.clone()))));
    more.extend(SAFE.map(|(name, value)| (name, value.into())));
    let is_page = kind.is_some_and(|kind| kind.starts_with("text/html"));
    // A page of a worker's may say more exactly what it needs.
    if !is_page || !has_policy {
        more.push(("content-security-policy", if is_page { PAGE } else { DATA }.into()));
    }
    if !has_cache {
        more.push(("cache-control", "no-store".into()));
    }
    if let Some(origin) = origin {
        let allowed = vars::text(env, "ALLOWED_ORIGINS");
        if allowed.split_whitespace().any(|allowed| allowed == origin) {
            more.push(("access-control-allow-origin", origin.into()));
            more.extend(LET_IN.map(|(name, value)| (name, value.into())));
        }
    }
    more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_trace_is_continued() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let header = format!("00-{trace}-00f067aa0ba902b7-01");
        assert_eq!(trace_and_span(&header), Some((trace, "00f067aa0ba902b7")));
        for bad in ["", "00-x-y-01", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "01-a-b-c"] {
            assert_eq!(trace_and_span(bad), None, "{bad}");
        }
    }
}
