//! A payment that never answers: the stock comes back by the deadline, with no request needed to make it so.

use crate::ordering::drained;
use crate::{pay, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Platform, eventually};
use std::time::Duration;

#[test]
fn stock_returns_when_the_payment_never_answers() {
    if !wanted() {
        return;
    }
    let mut platform = Platform::start_with("deadline", &[("PAYMENT_DEADLINE_SECONDS", "4")]).unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let place = || {
        let order = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(5)])).unwrap().expect(201).unwrap();
        order["id"].as_str().unwrap().to_owned()
    };
    let silent = place();
    pay(&customer, &silent, "tok_silent");
    let abandoned = place();
    assert_eq!(chain.stock("cup").unwrap(), (10, 0));
    // The deadline falls while nothing runs: it is kept after the restart.
    platform.kill_and_restart().unwrap();
    // The read model is written by the store's events alone: nobody asks the store.
    eventually("the history to say that both expired", Duration::from_secs(60), || {
        let history = customer.get("/api/v1/orders").map_err(|error| error.to_string())?.body;
        let items = history["items"].as_array().cloned().unwrap_or_default();
        if items.len() == 2 && items.iter().all(|order| order["status"] == "expired") {
            Ok(())
        } else {
            Err(history.to_string())
        }
    })
    .unwrap();
    assert_eq!(chain.stock("cup").unwrap(), (10, 10));
    for order in [&silent, &abandoned] {
        let found = customer.get(&format!("/api/v1/orders/{order}")).unwrap().expect(200).unwrap();
        assert_eq!(found["timeline"][1]["reason"], "not paid in time");
    }
    // What is sold again is paid in time.
    let paid = place();
    pay(&customer, &paid, "tok_success");
    wait_for_status(&customer, &paid, "confirmed");
    drained(&chain);
}
