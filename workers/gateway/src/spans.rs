//! Spans for a collector, by OTLP over HTTP as JSON (opentelemetry-proto 1.3): one for each request of a deployment that has an
//! `OTLP_ENDPOINT`. They are handed over every second or so, after an answer has gone out; what cannot be handed over is dropped.

use crate::headers::Trace;
use crate::vars;
use kirana_edge::{clock, log, wire};
use kirana_kernel::Timestamp;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::time::Duration;
use worker::{Context, Env, Fetch, Headers, Method, Request, RequestInit, RequestRedirect};

/// How often they are handed over.
const EVERY: Duration = Duration::from_secs(1);

/// Spans that wait at most: a collector that is gone must cost no memory.
const MOST: usize = 500;

/// The kind of a span of who answers.
const SERVER: u8 = 2;

/// The status of a span that failed.
const ERROR: u8 = 2;

thread_local! { static WAITING: RefCell<(Vec<Value>, Option<Timestamp>)> = const { RefCell::new((Vec::new(), None)) } }

/// A request that was answered.
pub struct Answered<'a> {
    /// When it began.
    pub begun: Timestamp,
    /// Its method.
    pub method: &'a str,
    /// The route's path, or none.
    pub route: &'a str,
    /// The worker that answered.
    pub worker: &'a str,
    /// The status.
    pub status: u16,
}

/// Notes a span, and hands over what waits when it is time.
pub fn note(answered: &Answered<'_>, trace: &Trace, env: &Env, context: &Context) {
    let endpoint = vars::text(env, "OTLP_ENDPOINT");
    if endpoint.is_empty() {
        return;
    }
    let now = clock::now();
    let due = WAITING.with_borrow_mut(|(spans, last)| {
        if spans.len() < MOST {
            spans.push(span(answered, trace, now));
        }
        if last.is_some_and(|last| now.since(last) < EVERY) {
            return None;
        }
        *last = Some(now);
        Some(std::mem::take(spans))
    });
    if let Some(spans) = due {
        context.wait_until(async move {
            if let Err(error) = export(&endpoint, spans).await {
                log::error("spans could not be handed over", &[("error", &error.to_string())]);
            }
        });
    }
}

fn text(key: &str, value: &str) -> Value {
    json!({"key": key, "value": {"stringValue": value}})
}

fn span(answered: &Answered<'_>, trace: &Trace, now: Timestamp) -> Value {
    let mut parts = trace.traceparent.split('-').skip(1);
    let (trace_id, span_id) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let nanos = |time: Timestamp| format!("{}000000", time.millis());
    json!({
        "traceId": trace_id, "spanId": span_id, "parentSpanId": trace.parent.clone().unwrap_or_default(),
        "name": format!("{} {}", answered.method, answered.route), "kind": SERVER,
        "startTimeUnixNano": nanos(answered.begun), "endTimeUnixNano": nanos(now),
        "attributes": [
            text("http.request.method", answered.method), text("http.route", answered.route),
            json!({"key": "http.response.status_code", "value": {"intValue": answered.status.to_string()}}),
            text("kirana.worker", answered.worker), text("kirana.request_id", &trace.request_id),
        ],
        "status": if answered.status >= 500 { json!({"code": ERROR}) } else { json!({}) },
    })
}

async fn export(endpoint: &str, spans: Vec<Value>) -> worker::Result<()> {
    let resource = json!({"attributes": [text("service.name", "kirana-gateway")]});
    let scope = json!({"scope": {"name": "kirana"}, "spans": spans});
    let body = json!({"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}).to_string();
    let headers = Headers::new();
    headers.set("content-type", "application/json")?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_headers(headers).with_body(Some(body.into()));
    // To the collector that the deployer named, and not to where it points.
    init.with_redirect(RequestRedirect::Manual);
    let request = Request::new_with_init(&format!("{}/v1/traces", endpoint.trim_end_matches('/')), &init)?;
    // An answer that nobody reads would hold the line.
    let answer = Fetch::Request(request).send().await?;
    wire::bytes(&answer).await.map(drop)
}
