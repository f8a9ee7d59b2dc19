//! What Prometheus is told.

use crate::wanted;
use kirana_tests::chain::golden_bubble;
use kirana_tests::platform::SECRET;
use kirana_tests::{Chain, Platform, eventually};
use serde_json::json;
use std::time::Duration;

/// The value of a series in Prometheus's text, by the name and some of its labels.
fn value(text: &str, name: &str, labels: &[&str]) -> f64 {
    let of = |line: &&str| {
        line.strip_prefix(name).is_some_and(|rest| rest.starts_with('{') || rest.starts_with(' '))
            && labels.iter().all(|label| line.contains(label))
    };
    text.lines().filter(of).filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}

#[test]
fn requests_orders_and_payments_are_counted_once_each() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("metrics").unwrap();
    let chain = Chain::open(&platform, 20).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let prometheus = platform.client().with_token(SECRET);
    let scrape = || prometheus.get("/metrics").unwrap();

    // Who has no token learns nothing; who has another neither.
    for stranger in [platform.client(), platform.client().with_token("x"), chain.admin.clone()] {
        stranger.get("/metrics").unwrap().expect(401).unwrap();
    }
    let answer = scrape();
    assert!(
        answer.status == 200 && answer.content_type.starts_with("text/plain; version=0.0.4"),
        "{}",
        answer.content_type
    );

    let products = ["route=\"/api/v1/products\"", "status=\"200\"", "worker=\"catalog\"", "class=\"browse\""];
    let before = value(&answer.text, "kirana_http_requests_total", &products);
    for _ in 0..25 {
        chain.nobody.get("/api/v1/products").unwrap().expect(200).unwrap();
        // Paths that somebody makes up are one series.
        chain.nobody.get(&format!("/api/v1/made-up/{}", kirana_tests::Client::new_key())).unwrap().expect(404).unwrap();
    }
    let after = eventually("all of them to be counted", Duration::from_secs(10), || {
        let text = scrape().text;
        let counted = value(&text, "kirana_http_requests_total", &products) - before;
        if counted < 25.0 { Err(counted.to_string()) } else { Ok(text) }
    })
    .unwrap();
    assert!((value(&after, "kirana_http_requests_total", &products) - before - 25.0).abs() < 0.5, "none twice");
    assert!(value(&after, "kirana_http_requests_total", &["route=\"none\"", "status=\"404\""]) >= 25.0);
    assert!(!after.contains("made-up"));
    let catalog = ["class=\"browse\"", "worker=\"catalog\""];
    let [all, below] = ["le=\"+Inf\"", "le=\"30\""]
        .map(|le| value(&after, "kirana_http_request_duration_seconds_bucket", &[catalog[0], catalog[1], le]));
    let count = value(&after, "kirana_http_request_duration_seconds_count", &catalog);
    assert!((all - count).abs() < 0.5 && (below - count).abs() < 0.5 && count >= 25.0, "{all} {below} {count}");

    // An order, from when its event has been heard.
    let wish = json!({"store_id": chain.store, "lines": [golden_bubble(1)]});
    customer.post("/api/v1/orders", &wish).unwrap().expect(201).unwrap();
    let store = format!("store=\"{}\"", chain.store);
    eventually("the order to be counted", Duration::from_secs(30), || {
        match value(&scrape().text, "kirana_orders_total", &[&store, "state=\"placed\""]) {
            1.0 => Ok(()),
            other => Err(other.to_string()),
        }
    })
    .unwrap();
    let text = scrape().text;
    assert!(text.contains("\nkirana_dead_letters 0\n"), "{text}");
    std::fs::write("../target/e2e/metrics/metrics.txt", &text).unwrap();
}
