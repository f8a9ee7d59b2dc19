//! A customer orders, pays, and is served.

use crate::{apart, pay, shared, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::time::Duration;
use tungstenite::Message;

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn a_served_cup() {
    if !wanted() {
        return;
    }
    // A platform of its own: it counts cups, points and sales exactly.
    let platform = Platform::start("served-cup").unwrap();
    let chain = Chain::open(&platform, 10).unwrap();
    let (id, customer) = chain.customer().unwrap();

    let quote = customer.post("/api/v1/quotes", &chain.order(&[golden_bubble(1)])).unwrap().expect(200).unwrap();
    let order = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(1)])).unwrap().expect(201).unwrap();
    assert_eq!(order["totals"], quote["totals"]);
    assert_eq!(order["status"], "placed");
    assert_eq!(order["pickup_number"], "A-001");
    assert_eq!(chain.stock("cup").unwrap(), (10, 9), "held, not used");
    let order = order["id"].as_str().unwrap();

    let (mut socket, _) =
        tungstenite::connect(customer.socket(&format!("/api/v1/orders/{order}/track")).unwrap()).unwrap();
    let first = next(&mut socket);
    assert_eq!((first["type"].as_str(), first["orders"][0]["status"].as_str()), (Some("snapshot"), Some("placed")));

    pay(&customer, order, "tok_success");
    wait_for_status(&customer, order, "confirmed");
    let tickets =
        chain.manager.get(&format!("/api/v1/stores/{}/kitchen/tickets", chain.store)).unwrap().expect(200).unwrap();
    assert_eq!(tickets[0]["id"], order);
    let bump = format!("/api/v1/stores/{}/kitchen/tickets/{order}/bump", chain.store);
    assert_eq!(chain.manager.post(&bump, &json!({})).unwrap().expect(200).unwrap()["status"], "preparing");
    assert_eq!(chain.manager.post(&bump, &json!({})).unwrap().expect(200).unwrap()["status"], "ready");
    for status in ["collected", "completed"] {
        let moved = chain.manager.put(&format!("/api/v1/orders/{order}/status"), &json!({"status": status})).unwrap();
        assert_eq!(moved.expect(200).unwrap()["status"], status);
    }

    let mut seen = Vec::new();
    while seen.last().is_none_or(|last| last != "completed") {
        let message = next(&mut socket);
        seen.push(message["order"]["status"].as_str().unwrap().to_owned());
    }
    seen.retain(|status| status != "placed");
    assert_eq!(seen, ["confirmed", "preparing", "ready", "collected", "completed"]);

    let used: Vec<_> = ["cup", "black-tea", "milk", "pearls", "grass-jelly", "syrup"]
        .iter()
        .map(|sku| chain.stock(sku).unwrap().0)
        .collect();
    assert_eq!(used, [9, 9_999_988, 9_999_850, 9_999_950, 9_999_960, 9_999_985]);

    let total = quote["totals"]["total"]["amount"].as_i64().unwrap();
    let ledger = chain.admin.get("/api/v1/payments/ledger").unwrap().expect(200).unwrap();
    let balances: Vec<_> =
        ledger.as_array().unwrap().iter().map(|account| account["balance"].as_i64().unwrap()).collect();
    assert_eq!((balances.iter().sum::<i64>(), balances.iter().max()), (0, Some(&total)));

    eventually("points, told of", MINUTE, || {
        let points = customer.get(&format!("/api/v1/loyalty/customer/{id}")).map_err(|error| error.to_string())?.body;
        if points["points"] == total / 1_000 { Ok(()) } else { Err(points.to_string()) }
    })
    .unwrap();
    eventually("every notification, once", MINUTE, || {
        let told = customer.get("/api/v1/notifications").map_err(|error| error.to_string())?.body;
        let mut titles: Vec<_> =
            told["items"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect();
        titles.sort();
        let expected = [
            format!("{} points", total / 1_000),
            "Order A-001".into(),
            "Order A-001 is paid".into(),
            "Order A-001 is ready".into(),
            "Welcome, Mali".into(),
        ];
        if titles == expected { Ok(()) } else { Err(format!("{titles:?}")) }
    })
    .unwrap();
    eventually("the sale in the figures, once", MINUTE, || {
        let sales = chain
            .manager
            .get(&format!("/api/v1/analytics/sales?store_id={}", chain.store))
            .map_err(|error| error.to_string())?
            .body;
        let day = &sales["days"][0];
        let right = day["placed"] == 1 && day["paid"] == 1 && day["completed"] == 1 && day["revenue"] == total;
        if right && sales["products"][0]["quantity"] == 1 { Ok(()) } else { Err(sales.to_string()) }
    })
    .unwrap();
    eventually("the order in the history", MINUTE, || {
        let history = customer.get("/api/v1/orders").map_err(|error| error.to_string())?.body;
        if history["items"][0]["status"] == "completed" { Ok(()) } else { Err(history.to_string()) }
    })
    .unwrap();
    drained(&chain);
    let dead = chain.admin.get("/api/v1/dead-letters").unwrap().expect(200).unwrap();
    assert_eq!(dead["items"], json!([]));
}

fn next(socket: &mut tungstenite::WebSocket<tungstenite::stream::MaybeTlsStream<std::net::TcpStream>>) -> Value {
    loop {
        if let Message::Text(text) = socket.read().unwrap() {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

/// Every event has been acknowledged by everybody, and the store is sound. It may take as long as there is less of it to do
/// every two minutes: a store pauses for a minute at most before it tells again what was lost.
pub fn drained(chain: &Chain) {
    let mut least = u64::MAX;
    loop {
        let fewer = eventually("another event to be acknowledged", Duration::from_secs(120), || match chain.check() {
            Ok(waiting) if waiting == 0 || waiting < least => Ok(waiting),
            Ok(waiting) => Err(format!("{waiting} wait")),
            Err(error) => Err(error.to_string()),
        });
        least = fewer.unwrap();
        if least == 0 {
            return;
        }
    }
}

#[test]
fn two_hundred_buyers_of_a_hundred_cups() {
    if !wanted() {
        return;
    }
    let chain = apart(100);
    let (_, customer) = chain.customer().unwrap();
    let body = chain.order(&[golden_bubble(1)]);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let buyers: Vec<_> =
            (0..200).map(|_| scope.spawn(|| customer.post("/api/v1/orders", &body).unwrap())).collect();
        buyers.into_iter().map(|buyer| buyer.join().unwrap()).collect()
    });
    let sold = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.status == 409 && answer.body["code"] == "out_of_stock").count();
    assert_eq!((sold, refused), (100, 100));
    assert_eq!(chain.stock("cup").unwrap(), (100, 0));
    chain.check().unwrap();
}

#[test]
fn one_key_one_order() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let (_, customer) = chain.customer().unwrap();
    let key = Client::new_key();
    let order =
        |quantity| customer.post_with_key("/api/v1/orders", &key, &chain.order(&[golden_bubble(quantity)])).unwrap();
    let first = order(1).expect(201).unwrap();
    assert_eq!(order(1).expect(201).unwrap(), first);
    assert_eq!(order(2).expect(422).unwrap()["code"], "idempotency_key_reused");
    let without =
        customer.send("POST", "/api/v1/orders", Some(&chain.order(&[golden_bubble(1)]).to_string()), None).unwrap();
    assert_eq!(without.expect(400).unwrap()["code"], "idempotency_key_required");
}

#[test]
fn a_failed_payment_may_be_tried_again_and_a_cancelled_order_gets_its_money_back() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let (_, customer) = chain.customer().unwrap();
    let order = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(1)])).unwrap().expect(201).unwrap();
    let order = order["id"].as_str().unwrap();
    pay(&customer, order, "tok_declined");
    let noted = eventually("the failure to be noted", MINUTE, || {
        let found = customer.get(&format!("/api/v1/orders/{order}")).map_err(|error| error.to_string())?.body;
        if found["payment"]["last_failure"].is_string() { Ok(found) } else { Err(found.to_string()) }
    })
    .unwrap();
    assert_eq!(noted["status"], "placed");
    pay(&customer, order, "tok_success");
    wait_for_status(&customer, order, "confirmed");
    let cancelled =
        customer.post(&format!("/api/v1/orders/{order}/cancel"), &json!({"reason": "changed my mind"})).unwrap();
    assert_eq!(cancelled.expect(200).unwrap()["status"], "cancelled");
    let refunded = wait_for_status(&customer, order, "refunded");
    assert_eq!(refunded["payment"]["refunded"], refunded["payment"]["paid"]);
    let ledger = chain.admin.get("/api/v1/payments/ledger").unwrap().expect(200).unwrap();
    let sum: i64 = ledger.as_array().unwrap().iter().map(|account| account["balance"].as_i64().unwrap()).sum();
    assert_eq!(sum, 0);
}

#[test]
fn what_does_not_fit_together_is_refused_whole() {
    if !wanted() {
        return;
    }
    let chain = apart(3);
    let (_, customer) = chain.customer().unwrap();
    let answer = customer
        .post("/api/v1/orders", &chain.order(&[golden_bubble(2), golden_bubble(2)]))
        .unwrap()
        .expect(409)
        .unwrap();
    assert_eq!(answer["short"], json!([{"sku": "cup", "wanted": 4, "available": 3}]));
    assert_eq!(chain.stock("cup").unwrap(), (3, 3));
    assert_eq!(chain.stock("milk").unwrap(), (10_000_000, 10_000_000));
}
