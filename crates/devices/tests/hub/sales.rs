//! Sales at machines: to their end, whatever the machine, the customer, the store and the payment do.

use crate::desk::{Desk, device, registration};
use kirana_devices::kind::DeviceKind;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The rest of the platform, as far as a sale meets it: orders that hold stock, and their money.
#[derive(Default)]
struct World {
    orders: BTreeMap<String, Order>,
    keys: BTreeMap<String, String>,
    stock: i64,
    pays_at_look: u32,
    declines: bool,
}

#[derive(Clone, Debug)]
struct Order {
    status: String,
    paid: bool,
    refunded: bool,
    looks: u32,
    failed: bool,
}

impl World {
    fn answer(&mut self, method: &str, path: &str, body: &Value) -> Result<Value, (u16, String)> {
        let parts: Vec<&str> = path.trim_start_matches("/api/v1/").split('/').collect();
        let told = |id: &str, order: &Order| {
            let failure = if order.failed { json!("declined") } else { Value::Null };
            json!({"id": id, "status": order.status, "totals": {"total": {"amount": 4500, "currency": "THB"}},
                "payment": {"last_failure": failure}})
        };
        match (method, parts.as_slice()) {
            ("POST", ["orders"]) => {
                // By the column: in these tests each session has its own.
                let key = body["note"].as_str().unwrap().to_owned();
                if let Some(id) = self.keys.get(&key) {
                    return Ok(told(id, &self.orders[id]));
                }
                if self.stock == 0 {
                    return Err((409, "out_of_stock".into()));
                }
                self.stock -= 1;
                let id = device(u8::try_from(100 + self.orders.len()).unwrap()).to_string();
                let order = Order { status: "placed".into(), paid: false, refunded: false, looks: 0, failed: false };
                self.keys.insert(key, id.clone());
                self.orders.insert(id.clone(), order);
                Ok(told(&id, &self.orders[&id]))
            }
            ("POST", ["payments", "initiate"]) => {
                let order = self.orders.get_mut(body["order_id"].as_str().unwrap()).unwrap();
                if self.declines {
                    order.failed = true;
                    return Ok(json!({"status": "failed"}));
                }
                order.paid = self.pays_at_look == 0;
                Ok(json!({"status": "initiated"}))
            }
            ("GET", ["orders", id]) => {
                let pays_at = self.pays_at_look;
                let order = self.orders.get_mut(*id).unwrap();
                order.looks += 1;
                order.paid |= order.looks > pays_at;
                if order.paid && order.status == "placed" {
                    order.status = "confirmed".into();
                }
                // Money that comes for an order that was called off goes back: payments sees to that.
                order.refunded |= order.paid && order.status == "cancelled";
                Ok(told(id, order))
            }
            ("PUT", ["orders", id, "status"]) => {
                let order = self.orders.get_mut(*id).unwrap();
                order.status = body["status"].as_str().unwrap().into();
                Ok(told(id, order))
            }
            ("POST", ["orders", id, "cancel"]) => {
                let order = self.orders.get_mut(*id).unwrap();
                if !matches!(order.status.as_str(), "placed" | "confirmed") {
                    return Err((409, "invalid_transition".into()));
                }
                order.status = "cancelled".into();
                order.refunded = order.paid;
                self.stock += 1;
                Ok(told(id, order))
            }
            other => panic!("nobody answers {other:?}"),
        }
    }
}

/// A machine with a hundred columns, and the world.
fn machine() -> (Desk, usize, World) {
    let mut desk = Desk::open();
    let (place, _) = desk.welcome(&registration(1, DeviceKind::Vm));
    let slots: BTreeMap<String, Value> =
        (0..100).map(|n| (format!("A{n}"), json!({"sku": "cola", "capacity": 8}))).collect();
    let moment = desk.moment();
    desk.hub.configure(device(1), &json!({"slots": slots}), &moment).unwrap();
    for (number, chunk) in (0..100).collect::<Vec<_>>().chunks(50).enumerate() {
        let full: Vec<_> =
            chunk.iter().map(|n| json!({"type": "restocked", "data": {"slot": format!("A{n}"), "count": 8}})).collect();
        desk.text(place, &json!({"type": "events", "first": 50 * number + 1, "events": full}));
    }
    (desk, place, World { stock: 5, ..World::default() })
}

fn event(desk: &mut Desk, place: usize, name: &str, data: Value) -> Vec<Value> {
    desk.pass_time(1);
    let first = desk.hub.status(device(1), None).unwrap().events + 1;
    desk.text(place, &json!({"type": "events", "first": first, "events": [{"type": name, "data": data}]}))
}

fn settle(desk: &mut Desk, place: usize, world: &mut World, seconds: u64) {
    for _ in 0..seconds {
        desk.work(|method, path, body| world.answer(method, path, body));
        desk.pass_time(1);
        desk.text(place, &json!({"type": "heartbeat"}));
        desk.run_due();
    }
}

fn commands<'a>(desk: &'a Desk, place: usize, name: &str) -> Vec<&'a Value> {
    desk.sockets[place].texts.iter().filter(|frame| frame["type"] == "command" && frame["name"] == name).collect()
}

fn count(desk: &Desk, slot: &str) -> (i64, bool) {
    let slots = desk.hub.slots(device(1)).unwrap();
    let found = slots.iter().find(|one| one.slot == slot).unwrap();
    (found.count, found.blocked)
}

fn until_vend(desk: &mut Desk, place: usize, world: &mut World) {
    event(desk, place, "sale_selected", json!({"session": "s1", "slot": "A1"}));
    settle(desk, place, world, 1);
    let price = commands(desk, place, "sale").last().unwrap()["args"].clone();
    assert_eq!((&price["state"], &price["total"]["amount"]), (&json!("price"), &json!(4500)));
    event(desk, place, "sale_paid", json!({"session": "s1", "gateway": "sandbox", "token": "tok_success"}));
    settle(desk, place, world, 5);
}

#[test]
fn it_is_paid_and_comes_out() {
    let (mut desk, place, mut world) = machine();
    world.pays_at_look = 3;
    until_vend(&mut desk, place, &mut world);
    let vend = commands(&desk, place, "vend");
    assert_eq!((vend.len(), &vend[0]["args"]["slot"]), (1, &json!("A1")));
    let id = vend[0]["id"].clone();
    desk.text(place, &json!({"type": "ack", "id": id, "state": "accepted"}));
    event(&mut desk, place, "sale_result", json!({"session": "s1", "outcome": "vended"}));
    // Said twice, in two ways: it is one piece.
    desk.text(place, &json!({"type": "ack", "id": id, "state": "done"}));
    settle(&mut desk, place, &mut world, 3);
    let order = world.orders.values().next().unwrap();
    assert_eq!((order.status.as_str(), order.paid, order.refunded, world.stock), ("collected", true, false, 4));
    assert_eq!(count(&desk, "A1"), (7, false));
}

#[test]
fn a_motor_that_fails_gives_the_money_back() {
    let (mut desk, place, mut world) = machine();
    until_vend(&mut desk, place, &mut world);
    event(&mut desk, place, "sale_result", json!({"session": "s1", "outcome": "motor_failed"}));
    settle(&mut desk, place, &mut world, 3);
    let order = world.orders.values().next().unwrap();
    assert_eq!((order.status.as_str(), order.refunded, world.stock), ("cancelled", true, 5));
    assert_eq!(count(&desk, "A1"), (8, true), "nobody is sold anything of a column that does not turn");
    let refused = event(&mut desk, place, "sale_selected", json!({"session": "s2", "slot": "A1"}));
    assert_eq!(refused[0]["args"]["code"], "blocked");
    assert!(desk.told().iter().any(|(_, data)| data["code"] == "not_vended"));
}

#[test]
fn a_machine_that_says_nothing_gives_the_money_back_and_is_asked_about() {
    let (mut desk, place, mut world) = machine();
    until_vend(&mut desk, place, &mut world);
    settle(&mut desk, place, &mut world, 120);
    let order = world.orders.values().next().unwrap();
    assert_eq!((order.status.as_str(), order.refunded), ("cancelled", true));
    event(&mut desk, place, "sale_result", json!({"session": "s1", "outcome": "vended"}));
    assert!(desk.told().iter().any(|(_, data)| data["code"] == "vended_after_refund"));
    assert_eq!(count(&desk, "A1").0, 7);
}

#[test]
fn who_does_not_pay_lets_go_of_the_stock() {
    let (mut desk, place, mut world) = machine();
    event(&mut desk, place, "sale_selected", json!({"session": "s1", "slot": "A1"}));
    settle(&mut desk, place, &mut world, 1);
    assert_eq!(world.stock, 4);
    settle(&mut desk, place, &mut world, 130);
    assert_eq!(world.stock, 5);
    assert!(commands(&desk, place, "vend").is_empty());
}

#[test]
fn a_card_that_is_declined_may_be_another() {
    let (mut desk, place, mut world) = machine();
    world.declines = true;
    event(&mut desk, place, "sale_selected", json!({"session": "s1", "slot": "A1"}));
    settle(&mut desk, place, &mut world, 1);
    event(&mut desk, place, "sale_paid", json!({"session": "s1", "gateway": "sandbox", "token": "tok_declined"}));
    settle(&mut desk, place, &mut world, 2);
    assert_eq!(commands(&desk, place, "sale").last().unwrap()["args"]["state"], "declined");
    world.declines = false;
    event(&mut desk, place, "sale_paid", json!({"session": "s1", "gateway": "sandbox", "token": "tok_success"}));
    settle(&mut desk, place, &mut world, 3);
    assert_eq!(commands(&desk, place, "vend").len(), 1);
}

#[test]
fn what_is_sold_out_is_refused_before_anybody_pays() {
    let (mut desk, place, mut world) = machine();
    world.stock = 0;
    event(&mut desk, place, "sale_selected", json!({"session": "s1", "slot": "A1"}));
    settle(&mut desk, place, &mut world, 1);
    let words = commands(&desk, place, "sale").last().unwrap()["args"].clone();
    assert_eq!((&words["state"], &words["detail"]), (&json!("refused"), &json!("out_of_stock")));
    event(&mut desk, place, "sale_paid", json!({"session": "s1", "gateway": "sandbox", "token": "tok_success"}));
    settle(&mut desk, place, &mut world, 3);
    assert!(world.orders.is_empty() && commands(&desk, place, "vend").is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever is said in whatever order while answers are lost: nothing is handed out unpaid, and what was paid is handed out or given back.
    #[test]
    fn goods_or_money(steps in prop::collection::vec(0_u8..9, 1..25), lost in prop::collection::vec(0_u8..4, 60), looks in 0_u32..4) {
        let (mut desk, place, mut world) = machine();
        world.pays_at_look = looks;
        let (mut turn, mut out) = (0, false);
        for step in steps {
            let data = json!({"session": "s1", "slot": "A1", "gateway": "sandbox", "token": "tok", "outcome": "vended"});
            let failed = json!({"session": "s1", "outcome": "jammed"});
            match step {
                0 | 1 => drop(event(&mut desk, place, "sale_selected", data)),
                2 | 3 => drop(event(&mut desk, place, "sale_paid", data)),
                4 => drop(event(&mut desk, place, "sale_cancelled", data)),
                // A machine hands out when it is told to, and not otherwise.
                5 if !commands(&desk, place, "vend").is_empty() && !out => {
                    out = true;
                    drop(event(&mut desk, place, "sale_result", data));
                }
                6 if !out => drop(event(&mut desk, place, "sale_result", failed)),
                7 => desk.pass_time(30),
                _ => {}
            }
            desk.work(|method, path, body| {
                turn += 1;
                let answer = world.answer(method, path, body);
                // The answer is lost: it has happened, and nobody knows.
                if lost.get(turn % 60) == Some(&0) { Err((503, "lost".into())) } else { answer }
            });
            desk.run_due();
        }
        for _ in 0..60 {
            settle(&mut desk, place, &mut world, 1);
            desk.pass_time(60);
        }
        for order in world.orders.values() {
            let done = order.status == "collected";
            let late = desk.told().iter().any(|(_, data)| data["code"] == "vended_after_refund");
            prop_assert!(!order.paid || done || order.refunded, "{:?}", order);
            prop_assert!(!out || done || late || order.refunded, "out, and {:?}", order);
            prop_assert!(!done || out, "closed without being handed out: {:?}", order);
        }
    }
}
