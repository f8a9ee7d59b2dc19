//! An event that cannot be applied is kept, shown, and applied once when it can be.

use crate::ordering::drained;
use crate::{pay, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(120);

fn serve(chain: &Chain, customer: &Client) -> i64 {
    let order = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(1)])).unwrap().expect(201).unwrap();
    let id = order["id"].as_str().unwrap();
    pay(customer, id, "tok_success");
    wait_for_status(customer, id, "confirmed");
    for status in ["preparing", "ready", "collected", "completed"] {
        let moved = chain.manager.put(&format!("/api/v1/orders/{id}/status"), &json!({"status": status})).unwrap();
        moved.expect(200).unwrap();
    }
    order["totals"]["total"]["amount"].as_i64().unwrap()
}

#[test]
fn a_letter_is_shown_and_replayed_once() {
    if !wanted() {
        return;
    }
    // Somebody deployed nonsense: loyalty cannot tell what a point costs.
    let mut platform = Platform::start_with("dead-letters", &[("UNITS_PER_POINT", "ten")]).unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let (id, customer) = chain.customer().unwrap();
    let total = serve(&chain, &customer);
    let letters =
        || -> Value { chain.admin.get("/api/v1/dead-letters").unwrap().expect(200).unwrap()["items"].clone() };
    let letter = eventually("the event to be parked", MINUTE, || {
        let found = letters();
        if found[0]["subscriber"] == "loyalty" { Ok(found[0].clone()) } else { Err(found.to_string()) }
    })
    .unwrap();
    assert!(letter["body"].as_str().unwrap().contains("OrderCompleted"));
    drained(&chain);
    assert_eq!(customer.get("/api/v1/dead-letters").unwrap().status, 403);

    // The rule is mended. What stood behind the letter goes on; the letter waits for a person.
    platform.restart_with(&[("UNITS_PER_POINT", "10")]).unwrap();
    let points = || customer.get(&format!("/api/v1/loyalty/customer/{id}")).unwrap().body["points"].clone();
    serve(&chain, &customer);
    eventually("the points of the second order", MINUTE, || {
        if points() == total / 1_000 { Ok(()) } else { Err(points().to_string()) }
    })
    .unwrap();
    let replay = format!("/api/v1/dead-letters/{}/replay", letter["id"].as_str().unwrap());
    for _ in 0..3 {
        chain.admin.post(&replay, &json!({})).unwrap().expect(202).unwrap();
    }
    eventually("the points of both orders", MINUTE, || {
        if points() == total / 1_000 * 2 { Ok(()) } else { Err(points().to_string()) }
    })
    .unwrap();
    serve(&chain, &customer);
    eventually("the points of three orders, the letter's once", MINUTE, || {
        if points() == total / 1_000 * 3 { Ok(()) } else { Err(points().to_string()) }
    })
    .unwrap();
    drained(&chain);
}
