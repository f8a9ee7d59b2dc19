//! What the gateway does before any worker hears of it.

use crate::{shared, wanted};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;

#[test]
fn bodies_have_limits_and_a_type() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let (_, customer) = chain.customer().unwrap();
    let large = json!({"store_id": chain.store, "note": "x".repeat(70_000), "lines": []});
    let refused = customer.post("/api/v1/orders", &large).unwrap().expect(413).unwrap();
    assert_eq!(refused["code"], "body_too_large");
    let text = customer.with_header("content-type", "text/plain");
    let refused = text.post("/api/v1/quotes", &json!({})).unwrap().expect(415).unwrap();
    assert_eq!(refused["code"], "unsupported_media_type");
}

#[test]
fn origins_are_let_in_by_list() {
    if !wanted() {
        return;
    }
    let nobody = &shared().nobody;
    let preflight = |origin: &str| {
        nobody
            .with_header("origin", origin)
            .with_header("access-control-request-method", "POST")
            .send("OPTIONS", "/api/v1/orders", None, None)
            .unwrap()
    };
    let known = preflight("http://localhost:5173");
    assert_eq!(known.headers.get("access-control-allow-origin").map(String::as_str), Some("http://localhost:5173"));
    assert!(known.headers["access-control-allow-headers"].contains("Idempotency-Key"));
    for origin in ["https://evil.example", "null", "http://localhost:5173.evil.example"] {
        assert!(!preflight(origin).headers.contains_key("access-control-allow-origin"), "{origin}");
    }
}

#[test]
fn every_answer_can_be_traced_and_is_safe_to_show() {
    if !wanted() {
        return;
    }
    let nobody = &shared().nobody;
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for path in ["/healthz", "/api/v1/products", "/api/v1/nowhere", "/api/v1/orders"] {
        let answer = nobody.with_header("traceparent", parent).get(path).unwrap();
        assert!(answer.headers.contains_key("x-request-id"), "{path}");
        assert!(answer.headers["traceparent"].starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"), "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert!(answer.headers.contains_key("strict-transport-security"), "{path}");
    }
    let nowhere = nobody.get("/api/v1/nowhere").unwrap().expect(404).unwrap();
    assert_eq!(nowhere["code"], "not_found");
    let other = nobody.send("DELETE", "/api/v1/orders", None, None).unwrap();
    assert_eq!((other.status, other.body["code"].as_str()), (405, Some("method_not_allowed")));
    assert_eq!(other.headers["allow"], "GET, POST");
}

#[test]
fn every_kind_of_answer_has_the_headers_that_keep_browsers_safe() {
    if !wanted() {
        return;
    }
    let nobody = &shared().nobody;
    let large = format!("{{\"note\":\"{}\"}}", "x".repeat(70_000));
    let asked = [
        ("GET", "/healthz", None, 200),
        ("GET", "/readyz", None, 200),
        ("GET", "/docs", None, 200),
        ("GET", "/api/v1/openapi.json", None, 200),
        ("GET", "/.well-known/jwks.json", None, 200),
        ("GET", "/api/v1/shops?limit=1", None, 200),
        ("OPTIONS", "/api/v1/orders", None, 204),
        ("GET", "/api/v1/stores?limit=0", None, 400),
        ("GET", "/api/v1/orders", None, 401),
        ("GET", "/", None, 404),
        ("GET", "/internal/outbox/ack", None, 404),
        ("GET", "/api/v1/../internal/candidates", None, 404),
        ("DELETE", "/api/v1/stores", None, 405),
        ("PATCH", "/api/v1/stores", None, 405),
        ("POST", "/api/v1/auth/login", Some(large.as_str()), 413),
        ("POST", "/api/v1/auth/login", Some("{}"), 422),
    ];
    for (method, path, body, status) in asked {
        let answer = nobody.send(method, path, body, None).unwrap();
        let place = format!("{method} {path}: {:?}", answer.headers);
        assert_eq!(answer.status, status, "{place}");
        if status >= 400 {
            assert_eq!(answer.content_type, "application/problem+json", "{place}");
        }
        let header = |name: &str| answer.headers.get(name).map(String::as_str).unwrap_or_default();
        assert_eq!(header("x-content-type-options"), "nosniff", "{place}");
        assert_eq!(header("x-frame-options"), "DENY", "{place}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{place}");
        assert!(header("strict-transport-security").starts_with("max-age="), "{place}");
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{place}");
        assert!(!header("cache-control").is_empty() && header("vary").contains("Origin"), "{place}");
        assert_eq!(header("x-request-id").len(), 36, "{place}");
        assert_eq!(header("traceparent").len(), 55, "{place}");
        assert_eq!(header("access-control-allow-origin"), "", "{place}");
    }
}

#[test]
fn a_request_keeps_no_id_of_its_caller_and_no_bad_trace() {
    if !wanted() {
        return;
    }
    let nobody = &shared().nobody;
    let mine = nobody.with_header("x-request-id", "mine").get("/healthz").unwrap();
    assert_ne!(mine.headers["x-request-id"], "mine", "ids are ours, so that none stands for two requests");
    for bad in ["00-00000000000000000000000000000000-00f067aa0ba902b7-01", "garbage", "00-XYZ-00f067aa0ba902b7-01"] {
        let answer = nobody.with_header("traceparent", bad).get("/healthz").unwrap();
        let trace = answer.headers["traceparent"].split('-').nth(1).unwrap().to_owned();
        assert!(trace.len() == 32 && trace.bytes().any(|byte| byte != b'0'), "{bad}: {trace}");
    }
}

#[test]
fn origins_are_told_apart_on_answers_too() {
    if !wanted() {
        return;
    }
    let nobody = &shared().nobody;
    let from = |origin: &str| nobody.with_header("origin", origin).get("/api/v1/products").unwrap();
    let known = from("http://localhost:5173");
    assert_eq!(known.headers["access-control-allow-origin"], "http://localhost:5173");
    assert!(
        !known.headers.contains_key("access-control-allow-credentials"),
        "tokens are sent in a header, not by cookies"
    );
    let foreign = from("https://evil.example");
    assert_eq!(foreign.status, 200, "what is public is no secret; a browser does not show it");
    assert!(!foreign.headers.contains_key("access-control-allow-origin"));
    assert!(foreign.headers["vary"].contains("Origin"), "no cache gives the one's answer to the other");
}

#[test]
fn a_body_of_unknown_length_is_counted() {
    if !wanted() {
        return;
    }
    let url = shared().nobody.socket_address("/");
    let host = url.trim_start_matches("ws://").split('/').next().unwrap().to_owned();
    let mut stream = TcpStream::connect(&host).unwrap();
    write!(
        stream,
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    // Whoever answers before the end may close the connection: what cannot be written then is no fault.
    let chunk = format!("2000\r\n{}\r\n", "x".repeat(0x2000));
    for _ in 0..20 {
        if stream.write_all(chunk.as_bytes()).is_err() {
            break;
        }
    }
    let _ = stream.write_all(b"0\r\n\r\n");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("body_too_large"), "{answer}");
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    if !wanted() {
        return;
    }
    let url = shared().nobody.socket_address("/");
    let host = url.trim_start_matches("ws://").split('/').next().unwrap().to_owned();
    let mut stream = TcpStream::connect(&host).unwrap();
    // Far longer than the platform waits: without an answer this test fails, and does not hang.
    stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
    write!(
        stream,
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
    )
    .unwrap();
    let mut answer = [0; 4096];
    let read = stream.read(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[test]
fn a_body_has_one_length() {
    if !wanted() {
        return;
    }
    let url = shared().nobody.socket_address("/");
    let host = url.trim_start_matches("ws://").split('/').next().unwrap().to_owned();
    // Two of one kind the runtime refuses by itself.
    let lengths = "Content-Length: 2\r\nTransfer-Encoding: chunked";
    let mut stream = TcpStream::connect(&host).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
    write!(
        stream,
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n{lengths}\r\nConnection: close\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("two_lengths"), "{answer}");
}
