//! A payment that never answers: the stock comes back by the deadline, with no request needed to make it so.

use crate::ordering::drained;
use crate::{pay, wait_for_status, wanted};
use hmac::{Hmac, Mac};
use kirana_tests::chain::golden_bubble;
use kirana_tests::platform::SECRET;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::{Duration, SystemTime};

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

/// What a gateway says of a payment, signed as the sandbox signs it, or with another secret.
pub fn webhook(nobody: &Client, body: &Value, secret: &str) -> u16 {
    #[allow(clippy::disallowed_methods)] // never runs as WASM
    let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{time}.{body}").as_bytes());
    let signature = format!("t={time},v1={}", hex::encode(mac.finalize().into_bytes()));
    nobody.with_header("webhook-signature", &signature).post("/api/v1/webhooks/sandbox", body).unwrap().status
}

#[test]
fn a_payment_that_succeeds_too_late_goes_back() {
    if !wanted() {
        return;
    }
    let platform = Platform::start_with("late", &[("PAYMENT_DEADLINE_SECONDS", "2")]).unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let order = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(3)])).unwrap().expect(201).unwrap();
    let id = order["id"].as_str().unwrap();
    let payment = pay(&customer, id, "tok_silent");
    // Only the history is asked, which the store's events write: no request makes the deadline come.
    eventually("the order to expire", Duration::from_secs(60), || {
        let history = customer.get("/api/v1/orders").map_err(|error| error.to_string())?.body;
        if history["items"][0]["status"] == "expired" { Ok(()) } else { Err(history.to_string()) }
    })
    .unwrap();
    assert_eq!(chain.stock("cup").unwrap(), (10, 10));

    let late = json!({"id": "notice_late", "type": "charge.succeeded", "reference": payment["id"],
        "amount": order["totals"]["total"], "reason": null});
    assert_eq!(webhook(&chain.nobody, &late, "another secret"), 401);
    for _ in 0..2 {
        assert_eq!(webhook(&chain.nobody, &late, SECRET), 204, "and again, as gateways do");
    }
    let path = format!("/api/v1/payments/{}", payment["id"].as_str().unwrap());
    let paid = eventually("the money to go back", Duration::from_secs(60), || {
        let paid = customer.get(&path).map_err(|error| error.to_string())?.body;
        if paid["refunded"] == paid["amount"] { Ok(paid) } else { Err(paid.to_string()) }
    })
    .unwrap();
    assert_eq!(paid["amount"], order["totals"]["total"]);
    // What the chain owes and is owed is nothing, and the store knows what came and went.
    let ledger = chain.admin.get("/api/v1/payments/ledger").unwrap().expect(200).unwrap();
    for account in ledger.as_array().unwrap() {
        assert_eq!(account["balance"], 0, "{ledger}");
    }
    drained(&chain);
    let found = customer.get(&format!("/api/v1/orders/{id}")).unwrap().expect(200).unwrap();
    assert!(["expired", "refunded"].contains(&found["status"].as_str().unwrap()), "{found}");
    assert_eq!(chain.stock("cup").unwrap(), (10, 10), "what was let go is not taken again");
}
