//! Every body that a worker takes goes through the guard against card numbers (S12), or is named here with why not.

use super::shipped;

/// How handlers take bodies that are looked at: as JSON (`Json`, and payments' own `Clean`), as a form (`Form` of single sign-on).
/// These take them as they come.
const AS_THEY_COME: &[(&str, &str)] = &[
    ("workers/catalog/src/api/photos.rs", "a picture, and nothing but one by its first bytes"),
    ("workers/notifications/src/api/bounces.rs", "signed by its provider; an address and a code are kept of it"),
    ("workers/payments/src/api/webhooks.rs", "signed by its gateway; what looks like a card in it is not parked"),
];

/// These look themselves.
const LOOK: &[&str] = &[
    "workers/devices/src/api/connect.rs",
    "workers/orders/src/api/checkout.rs",
    "workers/orders/src/api/kitchen.rs",
    "workers/orders/src/api/place.rs",
];

#[test]
fn every_body_is_looked_at_for_a_cards_number() {
    let mut raw = Vec::new();
    for (path, text) in shipped() {
        if !path.starts_with("workers/") || !path.contains("/src/api") {
            continue;
        }
        if text.contains("body: Bytes") {
            raw.push(path.clone());
        }
        if LOOK.contains(&path.as_str()) {
            assert!(text.contains("refuse_cards(") || text.contains("idempotency(&caller"), "{path} does not look");
        }
        // What reads a body by itself is one of the extractors, which look.
        let reads = text.replace("into_bytes(", "").contains("to_bytes(")
            && !text.contains("refuse_cards_in_form(")
            && !text.contains("find_in_body(");
        assert!(!reads, "{path} reads a body past the guard");
    }
    raw.sort();
    let mut known: Vec<_> = AS_THEY_COME.iter().map(|(path, _)| *path).chain(LOOK.iter().copied()).collect();
    known.sort_unstable();
    assert_eq!(raw, known, "a handler that takes a body as it comes is named above, or looks");
}
