//! A customer's own invoices: in their account, and a letter that says where one is.

use crate::{pay, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A golden bubble milk tea with grass jelly, in satang.
const TEA: i64 = 11_000;

/// An order of somebody that is paid and over: its id.
fn completed(chain: &Chain, who: &Client) -> String {
    let order = who.post("/api/v1/orders", &chain.order(&[golden_bubble(1)])).unwrap().expect(201).unwrap();
    let id = order["id"].as_str().unwrap().to_owned();
    pay(who, &id, "tok_success");
    wait_for_status(who, &id, "confirmed");
    for status in ["preparing", "ready", "collected", "completed"] {
        let path = format!("/api/v1/orders/{id}/status");
        chain.manager.put(&path, &json!({"status": status})).unwrap().expect(200).unwrap();
    }
    id
}

/// Somebody's invoices, once there are so many orders with one.
fn invoices(who: &Client, orders: usize) -> Vec<Value> {
    eventually(&format!("invoices of {orders} orders"), MINUTE, || {
        let page = who.get("/api/v1/invoices").map_err(|error| error.to_string())?.body;
        let items = page["items"].as_array().cloned().unwrap_or_default();
        if items.len() == orders { Ok(items) } else { Err(page.to_string()) }
    })
    .unwrap()
}

#[test]
fn a_customer_has_their_invoices_and_is_written_where_one_is() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("invoices").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let (_, me) = chain.regular().unwrap();
    let (_, other) = chain.customer().unwrap();
    let orders = [completed(&chain, &me), completed(&chain, &me)];
    let theirs = completed(&chain, &other);

    let mine = invoices(&me, 2);
    let ids: Vec<_> = mine.iter().map(|one| one["order_id"].as_str().unwrap()).collect();
    assert_eq!(ids, [&orders[1], &orders[0]], "the newest first, and nobody else's");
    let document = &mine[0]["documents"][0];
    assert_eq!((&document["kind"], &document["total"]["amount"]), (&json!("invoice"), &json!(TEA)));
    let page = me.get("/api/v1/invoices?limit=1").unwrap().expect(200).unwrap();
    let path = format!("/api/v1/invoices?limit=1&cursor={}", page["next_cursor"].as_str().unwrap());
    let rest = me.get(&path).unwrap().expect(200).unwrap();
    assert_eq!((&rest["items"][0]["order_id"], &rest["next_cursor"]), (&json!(orders[0]), &Value::Null));

    // A letter with a link and nothing of what was bought; asked for again within the hour, it is one.
    let send = format!("/api/v1/orders/{}/invoice/send", orders[0]);
    for _ in 0..3 {
        assert_eq!(me.post(&send, &json!({})).unwrap().status, 202);
    }
    let letter = chain.letter("regular@example.com", "Your invoice").unwrap();
    assert!(letter.contains(&format!("/orders/{}/receipt", orders[0])), "{letter}");
    assert!(letter.contains("110.00 THB") && !letter.contains("Bubble"), "{letter}");
    let letters = chain.admin.get("/api/v1/notifications/letters?limit=100").unwrap().expect(200).unwrap();
    let sent = letters["items"].as_array().unwrap().iter().filter(|letter| letter["kind"] == "invoice").count();
    // Two where an hour ended meanwhile.
    assert!((1..3).contains(&sent), "{letters}");

    // Nobody is written to about what others bought, nor at an address that nobody has proved.
    assert_eq!(other.post(&send, &json!({})).unwrap().status, 404);
    assert_eq!(chain.manager.post(&send, &json!({})).unwrap().status, 404, "it is for whoever bought");
    invoices(&other, 1);
    let refused = other.post(&format!("/api/v1/orders/{theirs}/invoice/send"), &json!({})).unwrap();
    assert_eq!((refused.status, &refused.body["code"]), (403, &json!("address_not_verified")));
}
