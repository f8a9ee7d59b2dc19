//! A sale at a machine with nobody there, on the platform's own stock, orders and payments.

use super::{Device, Line};
use crate::{shared, wanted};
use kirana_tests::eventually;
use serde_json::{Value, json};
use std::time::Duration;

/// A machine with one column of bubble tea, and how many events it has told.
pub fn machine() -> (Device, Line, u64) {
    let device = Device::claimed("vm");
    let modifiers = json!([{"sku": "choose-sweetness-level/sugar-50pc"}, {"sku": "choose-extra-topping-s-chewy-tea/none"},
        {"sku": "extra-toppings/grass-jelly"}]);
    let slots = json!({"A1": {"sku": "golden-bubble-milk-tea/medium", "capacity": 10, "modifiers": modifiers}});
    let config = json!({"config": {"slots": slots}});
    shared().manager.put(&device.path("configuration"), &config).unwrap().expect(200).unwrap();
    let mut line = device.connected();
    line.tell(1, &json!([{"type": "restocked", "data": {"slot": "A1", "count": 5}}]));
    (device, line, 1)
}

pub fn order_of(price: &Value) -> String {
    price["order_id"].as_str().unwrap().to_owned()
}

pub fn order(id: &str, status: &str) -> Value {
    eventually(&format!("the order to be {status}"), Duration::from_secs(60), || {
        let order = shared().manager.get(&format!("/api/v1/orders/{id}")).map_err(|error| error.to_string())?.body;
        if order["status"] == status { Ok(order) } else { Err(order["status"].to_string()) }
    })
    .unwrap()
}

pub fn slot(device: &Device) -> Value {
    device.status()["slots"][0].clone()
}

#[test]
fn it_is_chosen_paid_and_handed_out() {
    if !wanted() {
        return;
    }
    let (device, mut line, told) = machine();
    line.tell(told + 1, &json!([{"type": "sale_selected", "data": {"session": "one", "slot": "A1"}}]));
    let price = line.display("price");
    assert_eq!(price["total"]["currency"], "THB");
    let id = order_of(&price);
    let placed = order(&id, "placed");
    assert_eq!(placed["fulfilment"], "vending");
    let paid = json!({"session": "one", "gateway": "sandbox", "token": "tok_success"});
    line.tell(told + 2, &json!([{"type": "sale_paid", "data": paid}]));
    let vend = line.obey("vend");
    assert_eq!((&vend["args"]["slot"], &vend["args"]["session"]), (&json!("A1"), &json!("one")));
    line.tell(told + 3, &json!([{"type": "sale_result", "data": {"session": "one", "outcome": "vended"}}]));
    line.say(&json!({"type": "ack", "id": vend["id"], "state": "done"}));
    let done = order(&id, "collected");
    assert_eq!(done["payment"]["paid"], done["totals"]["total"]);
    assert_eq!(slot(&device)["count"], 4);
    shared().check().unwrap();
}

#[test]
fn a_motor_that_fails_gives_money_and_stock_back() {
    if !wanted() {
        return;
    }
    let (device, mut line, told) = machine();
    line.tell(told + 1, &json!([{"type": "sale_selected", "data": {"session": "two", "slot": "A1"}}]));
    let id = order_of(&line.display("price"));
    let paid = json!({"session": "two", "gateway": "sandbox", "token": "tok_success"});
    line.tell(told + 2, &json!([{"type": "sale_paid", "data": paid}]));
    let vend = line.obey("vend");
    line.say(&json!({"type": "ack", "id": vend["id"], "state": "failed", "error": "the motor of A1 does not turn"}));
    order(&id, "refunded");
    let refunded = shared().manager.get(&format!("/api/v1/orders/{id}")).unwrap().expect(200).unwrap();
    assert_eq!(refunded["payment"]["refunded"], refunded["totals"]["total"]);
    let slot = slot(&device);
    assert_eq!((&slot["count"], &slot["blocked"]), (&json!(5), &json!(true)));
    let logs = shared().manager.get(&device.path("logs")).unwrap().expect(200).unwrap();
    assert!(logs.to_string().contains("not_vended"), "{logs}");
    shared().check().unwrap();
}

#[test]
fn a_card_that_is_declined_is_said_and_another_is_taken() {
    if !wanted() {
        return;
    }
    let (_device, mut line, told) = machine();
    line.tell(told + 1, &json!([{"type": "sale_selected", "data": {"session": "three", "slot": "A1"}}]));
    let id = order_of(&line.display("price"));
    let declined = json!({"session": "three", "gateway": "sandbox", "token": "tok_declined"});
    line.tell(told + 2, &json!([{"type": "sale_paid", "data": declined}]));
    line.display("declined");
    let paid = json!({"session": "three", "gateway": "sandbox", "token": "tok_success"});
    line.tell(told + 3, &json!([{"type": "sale_paid", "data": paid}]));
    let vend = line.obey("vend");
    line.say(&json!({"type": "ack", "id": vend["id"], "state": "done"}));
    order(&id, "collected");
}

#[test]
fn who_goes_away_lets_go_of_what_was_held() {
    if !wanted() {
        return;
    }
    let (_device, mut line, told) = machine();
    line.tell(told + 1, &json!([{"type": "sale_selected", "data": {"session": "four", "slot": "A1"}}]));
    let id = order_of(&line.display("price"));
    line.tell(told + 2, &json!([{"type": "sale_cancelled", "data": {"session": "four"}}]));
    order(&id, "cancelled");
    line.tell(
        told + 3,
        &json!([{"type": "cash_sold", "data": {"slot": "A1", "key": "cash-0001", "seq": 1, "amount": 9000}}]),
    );
    eventually("the cash sale to be an order", Duration::from_secs(30), || {
        let orders = shared()
            .manager
            .get(&format!("/api/v1/orders?store_id={}&limit=100", shared().store))
            .map_err(|error| error.to_string())?
            .body;
        let cash = orders["items"].as_array().into_iter().flatten().any(|one| one["payment"]["tender"] == "cash");
        if cash { Ok(()) } else { Err(orders.to_string().chars().take(500).collect()) }
    })
    .unwrap();
    shared().check().unwrap();
}
