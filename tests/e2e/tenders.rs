//! Tenders that no gateway is asked for: points, and cash at the door; and the paper that says how an order was paid.

use crate::ordering::drained;
use crate::{pay, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::sync::Barrier;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A golden bubble milk tea with grass jelly, in satang.
const TEA: i64 = 11_000;

/// A point for ten baht, worth ten baht: a cup buys a cup.
const POINTS: i64 = 11;

fn order(chain: &Chain, customer: &Client, cups: i64) -> String {
    let placed = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(cups)])).unwrap().expect(201).unwrap();
    placed["id"].as_str().unwrap().to_owned()
}

fn initiate(customer: &Client, order: &str, gateway: &str, amount: Option<i64>) -> Value {
    let request = json!({"order_id": order, "gateway": gateway, "amount": amount});
    customer.post("/api/v1/payments/initiate", &request).unwrap().expect(201).unwrap()
}

fn complete(chain: &Chain, order: &str) {
    for status in ["preparing", "ready", "collected", "completed"] {
        let path = format!("/api/v1/orders/{order}/status");
        chain.manager.put(&path, &json!({"status": status})).unwrap().expect(200).unwrap();
    }
}

fn refund(chain: &Chain, payment: &Value, amount: i64) {
    let path = format!("/api/v1/payments/{}/refund", payment["id"].as_str().unwrap());
    let body = json!({"amount": amount, "reason": "it was cold"});
    chain.manager.post(&path, &body).unwrap().expect(202).unwrap();
}

/// Balances of accounts that begin so, in satang: debits less credits.
fn booked(chain: &Chain, account: &str) -> i64 {
    let ledger = chain.admin.get("/api/v1/payments/ledger").unwrap().expect(200).unwrap();
    let rows = ledger.as_array().unwrap();
    assert_eq!(rows.iter().map(|row| row["balance"].as_i64().unwrap()).sum::<i64>(), 0, "{ledger}");
    let found = rows.iter().filter(|row| row["account"].as_str().unwrap().starts_with(account));
    found.map(|row| row["balance"].as_i64().unwrap()).sum()
}

/// Waits until somebody has so many points.
fn has_points(customer: &Client, id: &str, points: i64) {
    eventually(&format!("{points} points"), MINUTE, || {
        let found = customer.get(&format!("/api/v1/loyalty/customer/{id}?currency=THB"));
        // The account is opened by event.
        let found = found.and_then(|found| found.expect(200)).map_err(|error| error.to_string())?;
        assert_eq!(found["worth"]["amount"].as_i64().unwrap(), found["points"].as_i64().unwrap() * 1_000);
        if found["points"] == points { Ok(()) } else { Err(found.to_string()) }
    })
    .unwrap();
}

#[test]
fn points_and_cash_at_the_door_pay_and_go_back_to_where_they_came_from() {
    if !wanted() {
        return;
    }
    let vars = [("GATEWAYS", "{\"cash_on_delivery\":true}"), ("POINT_PERCENT", "100"), ("PAYMENT_RETRY_SECONDS", "1")];
    let mut platform = Platform::start_with("tenders", &vars).unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    points(&chain);
    cash(&mut platform, &chain);
}

fn points(chain: &Chain) {
    let (id, mali) = chain.customer().unwrap();
    // Two cups by play money earn what two cups cost.
    let earned = order(chain, &mali, 2);
    pay(&mali, &earned, "tok_success");
    wait_for_status(&mali, &earned, "confirmed");
    complete(chain, &earned);
    has_points(&mali, &id, 2 * POINTS);

    // One by points: confirmed as any other; nothing is earned with what points paid.
    let first = order(chain, &mali, 1);
    let paid = initiate(&mali, &first, "points", None);
    assert_eq!((&paid["status"], &paid["captured"]["amount"]), (&json!("completed"), &json!(TEA)));
    wait_for_status(&mali, &first, "confirmed");
    complete(chain, &first);
    drained(chain);
    has_points(&mali, &id, POINTS);
    assert_eq!((booked(chain, "loyalty-cost"), booked(chain, "points:")), (TEA, 0));

    // The last of them, by many at once: one gets them, and who asks twice with one key gets the same.
    let orders: Vec<String> = (0..8).map(|_| order(chain, &mali, 1)).collect();
    let gate = Barrier::new(2 * orders.len());
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let begun: Vec<_> = orders
            .iter()
            .flat_map(|order| [order, order])
            .map(|order| {
                let (gate, mali) = (&gate, &mali);
                scope.spawn(move || {
                    gate.wait();
                    let request = json!({"order_id": order, "gateway": "points"});
                    mali.post_with_key("/api/v1/payments/initiate", &format!("points-{order}"), &request).unwrap().body
                })
            })
            .collect();
        begun.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut ids: Vec<String> = answers.iter().map(|one| one["id"].to_string()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), orders.len(), "{answers:?}");
    let all = || {
        orders.iter().map(|order| mali.get(&format!("/api/v1/payments/order/{order}")).unwrap().expect(200).unwrap())
    };
    let settled = || {
        let states: Vec<(String, String)> =
            all().map(|of| (of[0]["status"].to_string(), of[0]["failure"].to_string())).collect();
        let open = states.iter().any(|(status, _)| !["\"completed\"", "\"failed\""].contains(&status.as_str()));
        if open { Err(format!("{states:?}")) } else { Ok(states) }
    };
    let states = eventually("all to be settled", MINUTE, settled).unwrap();
    assert_eq!(states.iter().filter(|(status, _)| status == "\"completed\"").count(), 1, "{states:?}");
    let short = states.iter().filter(|(_, failure)| failure == "\"insufficient_points\"").count();
    assert_eq!(short, orders.len() - 1, "{states:?}");
    has_points(&mali, &id, 0);

    // Called off: they come back. A part of what was completed: its share, rounded down; with the rest, all.
    let winner = all().find(|of| of[0]["status"] == "completed").unwrap()[0]["order_id"].as_str().unwrap().to_owned();
    wait_for_status(&mali, &winner, "confirmed");
    mali.post(&format!("/api/v1/orders/{winner}/cancel"), &json!({})).unwrap().expect(200).unwrap();
    has_points(&mali, &id, POINTS);
    refund(chain, &paid, TEA / 2);
    has_points(&mali, &id, POINTS + POINTS / 2);
    refund(chain, &paid, TEA - TEA / 2);
    has_points(&mali, &id, 2 * POINTS);
    drained(chain);
    assert_eq!((booked(chain, "loyalty-cost"), booked(chain, "points:"), booked(chain, "deposits")), (0, 0, 0));
    paper(&mali, &earned);
}

#[test]
fn without_their_guard_points_pay_for_more_than_there_are() {
    if !wanted() {
        return;
    }
    let vars = [("POINT_PERCENT", "100"), ("PAYMENT_RETRY_SECONDS", "1")];
    let mut platform = Platform::start_with("points-guard", &vars).unwrap();
    platform.restart_in(Some("sabotage=points")).unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let (id, mali) = chain.customer().unwrap();
    let earned = order(&chain, &mali, 1);
    pay(&mali, &earned, "tok_success");
    wait_for_status(&mali, &earned, "confirmed");
    complete(&chain, &earned);
    has_points(&mali, &id, POINTS);
    let orders: Vec<String> = (0..4).map(|_| order(&chain, &mali, 1)).collect();
    let gate = Barrier::new(orders.len());
    let spend = |order: &str| {
        gate.wait();
        initiate(&mali, order, "points", None)
    };
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let begun: Vec<_> = orders.iter().map(|order| scope.spawn(|| spend(order))).collect();
        begun.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let paid = answers.iter().filter(|payment| payment["status"] == "completed").count();
    assert!(paid > 1, "the test above would notice: {answers:?}");
}

/// The invoice on paper, for whoever may read it, and nobody else.
fn paper(customer: &Client, order: &str) {
    let path = format!("/api/v1/orders/{order}/invoice/pdf");
    let file = customer.get(&path).unwrap();
    assert_eq!((file.status, file.content_type.as_str()), (200, "application/pdf"));
    assert!(file.text.starts_with("%PDF-1.") && file.text.contains("KIRANA+NotoSans"), "{:.80}", file.text);
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"invoice-1.pdf\"");
}

/// What a rider holds, in satang.
fn holds(chain: &Chain, rider: &str) -> i64 {
    let path = format!("/api/v1/payments/riders/{rider}/cash?store_id={}", chain.store);
    chain.manager.get(&path).unwrap().expect(200).unwrap()["holds"]["amount"].as_i64().unwrap()
}

fn cash(platform: &mut Platform, chain: &Chain) {
    let (_, somchai) = chain.customer().unwrap();
    let password = "correct horse battery";
    let rider = json!({"email": "rider@example.com", "password": password, "name": "Ae", "roles": ["rider"], "stores": [chain.store]});
    let rider_id = chain.admin.post("/api/v1/users", &rider).unwrap().expect(201).unwrap();
    let rider_id = rider_id["id"].as_str().unwrap().to_owned();
    let login = json!({"email": "rider@example.com", "password": password});
    let session = chain.nobody.post("/api/v1/auth/login", &login).unwrap().expect(200).unwrap();
    let rider = chain.nobody.with_token(session["access_token"].as_str().unwrap());

    // Three cups are promised, one is taken off: two are collected, and nothing has to go back.
    let promised = order(chain, &somchai, 3);
    let payment = initiate(&somchai, &promised, "cash_on_delivery", None);
    wait_for_status(&somchai, &promised, "confirmed");
    let off = json!({"quantity": 1, "reason": "the last jelly fell"});
    let less =
        chain.staff.post(&format!("/api/v1/orders/{promised}/lines/1/cancel"), &off).unwrap().expect(200).unwrap();
    assert_eq!(less["payment"]["promised"]["amount"]["amount"], 2 * TEA);
    drained(chain);
    let path = format!("/api/v1/payments/{}", payment["id"].as_str().unwrap());
    assert_eq!(somchai.get(&path).unwrap().expect(200).unwrap()["amount"]["amount"], 2 * TEA);
    let collected = rider.post(&format!("{path}/collected"), &json!({})).unwrap().expect(200).unwrap();
    assert_eq!((&collected["status"], &collected["captured"]["amount"]), (&json!("completed"), &json!(2 * TEA)));
    assert_eq!((holds(chain, &rider_id), booked(chain, "store-cash")), (2 * TEA, 0));

    // The rider hands it over, and ten baht are missing. Counted by somebody else, once.
    let settle = format!("/api/v1/payments/riders/{rider_id}/settlements");
    let counted = json!({"store_id": chain.store, "counted": 2 * TEA - 1_000});
    assert_eq!(rider.post(&settle, &counted).unwrap().status, 403);
    for _ in 0..2 {
        let over = chain.staff.post_with_key(&settle, "evening-of-the-rider", &counted).unwrap().expect(201).unwrap();
        assert_eq!((&over["owed"]["amount"], &over["missing"]["amount"]), (&json!(2 * TEA), &json!(1_000)));
    }
    let other = json!({"store_id": chain.store, "counted": 2 * TEA});
    let reused = chain.staff.post_with_key(&settle, "evening-of-the-rider", &other).unwrap();
    assert_eq!((reused.status, &reused.body["code"]), (422, &json!("idempotency_key_reused")));
    assert_eq!(chain.staff.post(&settle, &counted).unwrap().body["code"], "nothing_held");
    let books = ["rider-cash", "store-cash", "cash-differences", "gateway:cash"].map(|account| booked(chain, account));
    assert_eq!(books, [0, 2 * TEA - 1_000, 1_000, 0]);
    let orders = somchai.get(&format!("/api/v1/orders/{promised}")).unwrap().expect(200).unwrap();
    assert_eq!(orders["payment"]["paid"]["amount"], 2 * TEA);

    refunded_whole(platform, chain, &somchai);
}

/// All of its money goes back while nobody has begun to make it: it is called off, and its stock is free.
fn refunded_whole(platform: &mut Platform, chain: &Chain, customer: &Client) {
    let cups = chain.stock("cup").unwrap().1;
    let order = order(chain, customer, 1);
    let payment = pay(customer, &order, "tok_success");
    wait_for_status(customer, &order, "confirmed");
    assert_eq!(chain.stock("cup").unwrap().1, cups - 1);
    refund(chain, &payment, TEA);
    platform.tick().unwrap();
    let ended = wait_for_status(customer, &order, "cancelled");
    assert_eq!(ended["payment"]["refunded"]["amount"], TEA);
    assert_eq!(chain.stock("cup").unwrap().1, cups);
}
