//! What the gateway does before any worker hears of it.

use crate::{shared, wanted};
use serde_json::json;

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
