//! What the gateway does besides letting in: the edge's cache, versions of the API, spans.

use crate::{shared, wanted};
use kirana_tests::{Chain, Platform, eventually};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

#[test]
fn public_reads_are_kept_at_the_edge_until_somebody_changes_something() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let franchisee = &chain.franchisee;
    let first = chain.nobody.get("/api/v1/stores?limit=1").unwrap();
    let (etag, policy) = (first.headers["etag"].clone(), first.headers["cache-control"].clone());
    assert!(policy.starts_with("public, max-age="), "{policy}");
    let known = chain.nobody.with_header("if-none-match", &etag).get("/api/v1/stores?limit=1").unwrap();
    assert_eq!((known.status, known.text.as_str(), &known.headers["etag"]), (304, "", &etag));
    let other = chain.nobody.with_header("if-none-match", "\"other\"").get("/api/v1/stores?limit=1").unwrap();
    assert_eq!((other.status, &other.body), (200, &first.body));

    // Whoever changes a store sees it changed, each time.
    let store = chain.open_another("Kept at the edge", 1).unwrap();
    let path = format!("/api/v1/stores/{store}");
    for number in 0..5 {
        let mut changed = chain.nobody.get(&path).unwrap().expect(200).unwrap();
        assert_eq!(changed["franchisee_id"], *franchisee);
        changed["name"] = json!(format!("Kept at the edge {number}"));
        let body = json!({"name": changed["name"]});
        let answer = chain.admin.put(&path, &body).unwrap();
        assert!(answer.status == 200 || answer.status == 422, "{}", answer.body);
        if answer.status == 422 {
            // The whole store is wanted: its own words, but for what is not the caller's to say.
            for field in [
                "id",
                "number",
                "version",
                "franchisee_id",
                "created_at",
                "updated_at",
                "is_open",
                "open",
                "pause",
                "status",
                "slug",
            ] {
                changed.as_object_mut().unwrap().remove(field);
            }
            chain.admin.put(&path, &changed).unwrap().expect(200).unwrap();
        }
        let seen = chain.nobody.get(&path).unwrap().expect(200).unwrap();
        assert_eq!(seen["name"], changed["name"]);
    }
    // What is somebody's own is kept nowhere.
    let (_, customer) = chain.customer().unwrap();
    assert_eq!(customer.get("/api/v1/orders").unwrap().headers["cache-control"], "no-store");
}

#[test]
fn versions_are_named_and_retired_names_say_so() {
    if !wanted() {
        return;
    }
    let nobody = &shared().nobody;
    let answer = nobody.with_header("x-api-version", "1").get("/api/v1/stores?limit=1").unwrap();
    assert_eq!((answer.status, answer.headers["x-api-version"].as_str()), (200, "1"));
    assert!(!answer.headers.contains_key("deprecation"));
    let refused = nobody.with_header("x-api-version", "2").get("/api/v1/stores?limit=1").unwrap();
    assert_eq!((refused.status, &refused.body["code"]), (400, &json!("unsupported_api_version")));
    let retired = nobody.get("/api/v1/shops?limit=1").unwrap();
    assert_eq!((retired.status, &retired.body), (200, &answer.body));
    assert!(retired.headers["deprecation"].starts_with('@') && retired.headers["sunset"].ends_with(" GMT"));
    assert_eq!(retired.headers["link"], "</api/v1/stores>; rel=\"successor-version\"");
    // The other name of paying is asked for a key and a login as the one is, and answers the same.
    let pay = |name: &str| shared().staff.post(&format!("/api/v1/payments/{name}"), &json!({})).unwrap();
    let (old, new) = (pay("process"), pay("initiate"));
    assert_eq!((old.status, &old.body["code"]), (new.status, &new.body["code"]), "{}", old.text);
    assert_eq!((old.status, &old.body["code"]), (422, &json!("invalid_body")), "{}", old.text);
    assert_eq!(old.headers["link"], "</api/v1/payments/initiate>; rel=\"successor-version\"");
    assert!(!new.headers.contains_key("deprecation"));
}

/// A collector: whatever is posted to it, with its path.
fn collector() -> (u16, Receiver<(String, Value)>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (say, heard) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(&stream);
            let (mut lines, mut length) = (Vec::new(), 0);
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) < 3 {
                    break;
                }
                let lower = line.to_ascii_lowercase();
                length = lower.strip_prefix("content-length:").map_or(length, |value| value.trim().parse().unwrap());
                lines.push(line);
            }
            let mut body = vec![0; length];
            if reader.read_exact(&mut body).is_err() {
                continue;
            }
            let path = lines[0].split(' ').nth(1).unwrap_or_default().to_owned();
            let _ = (&stream).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
            if say.send((path, serde_json::from_slice(&body).unwrap())).is_err() {
                return;
            }
        }
    });
    (port, heard)
}

#[test]
fn every_request_is_a_span_in_its_callers_trace_and_tells_no_secret() {
    if !wanted() {
        return;
    }
    let (port, heard) = collector();
    let platform = Platform::start_with("spans", &[("OTLP_ENDPOINT", &format!("http://127.0.0.1:{port}"))]).unwrap();
    let chain = Chain::open(&platform, 1).unwrap();
    let (trace, span) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let caller = chain.admin.with_header("traceparent", &format!("00-{trace}-{span}-01"));
    let asked = caller.get("/api/v1/orders?limit=1&secret=in-a-query").unwrap();
    assert_eq!(asked.headers["traceparent"].split('-').nth(1), Some(trace));
    let ours = asked.headers["traceparent"].split('-').nth(2).unwrap().to_owned();
    let mut all = String::new();
    let found = eventually("the span", Duration::from_secs(20), || {
        // Whatever comes next hands over what waits.
        let _ = caller.get("/healthz");
        while let Ok((path, body)) = heard.try_recv() {
            assert_eq!(path, "/v1/traces");
            all.push_str(&body.to_string());
            let spans = body["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap().clone();
            if let Some(found) = spans.into_iter().find(|one| one["spanId"] == ours.as_str()) {
                return Ok(found);
            }
        }
        Err("not among those that came".to_owned())
    })
    .unwrap();
    assert_eq!((&found["traceId"], &found["parentSpanId"]), (&json!(trace), &json!(span)));
    assert_eq!((&found["name"], &found["kind"]), (&json!("GET /api/v1/orders"), &json!(2)));
    let status = found["attributes"].as_array().unwrap().iter().find(|one| one["key"] == "http.response.status_code");
    assert_eq!(status.unwrap()["value"]["intValue"], "200");
    let nanos = |field: &str| found[field].as_str().unwrap().parse::<u64>().unwrap();
    assert!(nanos("endTimeUnixNano") >= nanos("startTimeUnixNano"));
    assert!(!all.contains("in-a-query") && !all.contains("Bearer") && !all.contains("@example.com"), "{all}");
}
