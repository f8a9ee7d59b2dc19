//! After the kills: an order by each tender, paid and handed over, so that the count has something of each on a machine on which all orders
//! before ended unpaid.

use crate::load::{CARD, Promised, insist};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, eventually};
use serde_json::{Value, json};
use std::time::Duration;

/// How often it is tried: money that comes after the deadline of its order goes back.
const TRIES: u32 = 5;

/// Pays and hands over: by a gift card, by a card, and by the points of that.
pub fn by_each(chain: &Chain, customer: &Client, promised: &mut Promised) {
    let sale = json!({"store_id": chain.store, "amount": CARD, "paid_with": "cash"});
    let key = Client::new_key();
    let sold = insist(|| chain.admin.post_with_key("/api/v1/gift-cards", &key, &sale)).expect(201).unwrap();
    let code = json!({"code": sold["code"]});
    insist(|| customer.post("/api/v1/gift-cards/redeem", &code)).expect(200).unwrap();
    let id = sold["id"].as_str().unwrap().to_owned();
    promised.cards.insert(id, (chain.store.clone(), "redeemed"));

    let mut paid_by = |gateway: &str, token: &'static str| {
        (0..TRIES).any(|_| is_handed_over(chain, customer, promised, gateway, token))
    };
    paid_by("gift_balance", "balance");
    for _ in 0..TRIES {
        // What is given back after its points were spent has to be earned again first.
        if paid_by("sandbox", "tok_success") && has_points(customer) && paid_by("points", "points") {
            break;
        }
    }
}

fn is_handed_over(
    chain: &Chain,
    customer: &Client,
    promised: &mut Promised,
    gateway: &str,
    token: &'static str,
) -> bool {
    let (key, wish) = (Client::new_key(), chain.order(&[golden_bubble(1)]));
    let order = insist(|| customer.post_with_key("/api/v1/orders", &key, &wish)).expect(201).unwrap();
    let id = order["id"].as_str().unwrap().to_owned();
    promised.orders.insert(id.clone(), chain.store.clone());
    let sent = (gateway == "sandbox").then_some(token);
    let (key, payment) = (Client::new_key(), json!({"order_id": id, "gateway": gateway, "token": sent}));
    if insist(|| customer.post_with_key("/api/v1/payments/initiate", &key, &payment)).status == 201 {
        promised.payments.insert(id.clone(), token);
    }
    let path = format!("/api/v1/orders/{id}");
    let read = || -> Result<Value, String> {
        customer.get(&path).and_then(|answer| answer.expect(200)).map_err(|error| error.to_string())
    };
    let ended = eventually("the order to be confirmed, or over", Duration::from_secs(300), || match read()? {
        order if order["status"] == "placed" => Err(order.to_string()),
        order => Ok(order),
    })
    .unwrap();
    if ended["status"] != "confirmed" {
        return false;
    }
    for status in ["preparing", "ready", "collected", "completed"] {
        let to = json!({"status": status});
        insist(|| chain.admin.put(&format!("{path}/status"), &to)).expect(200).unwrap();
    }
    true
}

/// Waits for the points of a cup.
fn has_points(customer: &Client) -> bool {
    let me = insist(|| customer.get("/api/v1/auth/me")).expect(200).unwrap();
    let path = format!("/api/v1/loyalty/customer/{}", me["id"].as_str().unwrap());
    let earned = eventually("the points of a cup", Duration::from_secs(60), || {
        let found = customer.get(&path).map_err(|error| error.to_string())?.body;
        if found["points"].as_i64() >= Some(11) { Ok(()) } else { Err(found.to_string()) }
    });
    earned.is_ok()
}
