//! What the law gives to people: a copy of all that is kept of them, and to be forgotten wherever that is.

use crate::{pay, shared, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

fn delivery(chain: &Chain) -> Value {
    let mut body = chain.order(&[golden_bubble(1)]);
    body["fulfilment"] = json!("delivery");
    body["deliver_to"] = json!({"address": "1 Canary Wharf, Bangkok"});
    body["note"] = json!("ring twice");
    body
}

fn order(chain: &Chain, customer: &Client) -> String {
    let placed = customer.post("/api/v1/orders", &delivery(chain)).unwrap().expect(201).unwrap();
    let order = placed["id"].as_str().unwrap().to_owned();
    pay(customer, &order, "tok_success");
    wait_for_status(customer, &order, "confirmed");
    order
}

fn finish(chain: &Chain, order: &str) {
    for status in ["preparing", "ready", "dispatched", "delivered", "completed"] {
        chain
            .manager
            .put(&format!("/api/v1/orders/{order}/status"), &json!({"status": status}))
            .unwrap()
            .expect(200)
            .unwrap();
    }
}

/// The history is as far as the store.
fn in_history(chain: &Chain, order: &str, status: &str) -> Value {
    eventually(&format!("order {order} to be {status} in the history"), MINUTE, || {
        let path = format!("/api/v1/orders?store_id={}&limit=100", chain.store);
        let orders = chain.manager.get(&path).map_err(|error| error.to_string())?.body;
        let found = orders["items"].as_array().and_then(|all| all.iter().find(|one| one["id"] == order).cloned());
        found.filter(|found| found["status"] == status).ok_or_else(|| orders.to_string())
    })
    .unwrap()
}

#[test]
fn a_copy_holds_all_that_is_kept_of_somebody_and_is_theirs_alone() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let (id, me) = chain.customer().unwrap();
    let path = format!("/api/v1/customers/{id}/export");
    let home = json!({"address": {"label": "Home", "recipient": "Mali", "street": "1 Rama I Road", "city": "Bangkok", "country": "TH"}});
    me.post(&format!("/api/v1/customers/{id}/addresses"), &home).unwrap().expect(201).unwrap();
    let mine = me.post("/api/v1/orders", &chain.order(&[golden_bubble(1)])).unwrap().expect(201).unwrap();
    pay(&me, mine["id"].as_str().unwrap(), "tok_success");
    wait_for_status(&me, mine["id"].as_str().unwrap(), "confirmed");
    let copy = eventually("the copy to hold the order", MINUTE, || {
        let copy = me.get(&path).map_err(|error| error.to_string())?.expect(200).map_err(|error| error.to_string())?;
        if copy["data"]["orders"][0]["id"] == mine["id"] { Ok(copy) } else { Err(copy.to_string()) }
    })
    .unwrap();
    assert_eq!((&copy["user_id"], &copy["cut_short"]), (&json!(id), &json!([])));
    let data = &copy["data"];
    assert_eq!(data["profile"]["id"], id);
    assert_eq!(data["addresses"][0]["address"]["street"], "1 Rama I Road");
    assert_eq!(data["payments"][0]["order_id"], mine["id"]);
    assert_eq!(data["sessions"].as_array().unwrap().len(), 1);
    for subject in [
        "factors",
        "preferences",
        "favourites",
        "age_checks",
        "reviews",
        "payment_methods",
        "invoices",
        "segments",
        "loyalty",
        "notifications",
        "linked_accounts",
        "consents",
    ] {
        assert!(data.get(subject).is_some(), "{subject}: {data}");
    }
    let (_, stranger) = chain.customer().unwrap();
    assert_eq!(stranger.get(&path).unwrap().status, 404);
    assert_eq!(chain.admin.get(&path).unwrap().status, 404, "a copy is for whom it is of");
}

#[test]
fn who_is_forgotten_is_forgotten_in_every_order_once_it_is_over() {
    if !wanted() {
        return;
    }
    let mut platform = Platform::start("forgotten").unwrap();
    let chain = Chain::open(&platform, 100).unwrap();
    let (id, me) = chain.customer().unwrap();
    me.put("/api/v1/cart", &json!({"store_id": chain.store, "lines": [golden_bubble(1)]}))
        .unwrap()
        .expect(200)
        .unwrap();
    let (over, open) = (order(&chain, &me), order(&chain, &me));
    finish(&chain, &over);
    in_history(&chain, &over, "completed");
    assert_eq!(in_history(&chain, &open, "confirmed")["customer"]["name"], "Mali");
    me.send("DELETE", &format!("/api/v1/users/{id}"), None, None).unwrap().expect(204).unwrap();

    let forgotten = |order: &Value| {
        let text = order.to_string();
        ["Mali", "Canary", "ring twice"].iter().all(|personal| !text.contains(personal))
    };
    let in_store = |order: &str| chain.manager.get(&format!("/api/v1/orders/{order}")).unwrap().expect(200).unwrap();
    eventually("the order that is over to be forgotten", MINUTE, || {
        let (there, here) = (in_store(&over), in_history(&chain, &over, "completed"));
        if forgotten(&there) && forgotten(&here) { Ok(()) } else { Err(format!("{there}\n{here}")) }
    })
    .unwrap();
    let kept = in_store(&over);
    assert_eq!((&kept["customer"]["id"], &kept["payment"]["paid"]), (&json!(id), &kept["totals"]["total"]));
    assert_eq!(in_store(&open)["deliver_to"]["address"], "1 Canary Wharf, Bangkok", "somebody has to bring it yet");

    finish(&chain, &open);
    in_history(&chain, &open, "completed");
    platform.tick().unwrap();
    eventually("the night to forget the rest", MINUTE, || {
        let (there, here) = (in_store(&open), in_history(&chain, &open, "completed"));
        if forgotten(&there) && forgotten(&here) { Ok(()) } else { Err(format!("{there}\n{here}")) }
    })
    .unwrap();
    chain.check().unwrap();
}
