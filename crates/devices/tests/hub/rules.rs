//! Fridges, readers, scales, kitchen displays.

use crate::desk::{Desk, device, registration};
use kirana_devices::kind::DeviceKind;
use serde_json::{Value, json};

fn events(desk: &mut Desk, place: usize, events: &Value) -> Vec<Value> {
    let first = desk.hub.status(desk.sockets[place].session.device, None).unwrap().events + 1;
    desk.text(place, &json!({"type": "events", "first": first, "events": events}))
}

fn asked(desk: &mut Desk) -> Vec<(String, Value)> {
    let mut calls = Vec::new();
    desk.work(|_, path, body| {
        calls.push((path.to_owned(), body.clone()));
        Ok(Value::Null)
    });
    calls
}

#[test]
fn a_fridge_that_stays_warm_breaks_the_cold_chain_once() {
    let mut desk = Desk::open();
    let (place, _) = desk.welcome(&registration(1, DeviceKind::Fridge));
    let moment = desk.moment();
    let rules = json!({"temperature_max": 4.0, "breach_after_seconds": 3600, "skus": ["milk"]});
    desk.hub.configure(device(1), &rules, &moment).unwrap();
    for minute in 0..90 {
        desk.pass_time(60);
        let value = if minute < 10 { 3.0 } else { 9.0 };
        desk.text(place, &json!({"type": "telemetry", "values": {"temperature": value}}));
    }
    let codes: Vec<_> =
        desk.told().into_iter().filter(|(kind, _)| kind == "DeviceError").map(|(_, data)| data).collect();
    assert_eq!(
        codes.iter().map(|data| data["code"].as_str().unwrap()).collect::<Vec<_>>(),
        ["too_warm", "cold_chain_breach"]
    );
    assert_eq!((&codes[1]["data"]["skus"], &codes[1]["data"]["worst"]), (&json!(["milk"]), &json!(9.0)));
    assert_eq!(desk.hub.status(device(1), None).unwrap().alarms, ["too_warm", "cold_chain_breach"]);
    let from = kirana_kernel::Timestamp::from_millis(0);
    let series = desk.hub.series(device(1), "temperature", from).unwrap();
    assert_eq!(series.iter().map(|point| point.count).sum::<i64>(), 90);
    assert!(series.len() <= 19 && series[0].mean == 3.0 && series.last().unwrap().most == 9.0);
}

#[test]
fn a_tag_that_is_read_many_times_passes_once() {
    let mut desk = Desk::open();
    let (place, _) = desk.welcome(&registration(1, DeviceKind::Rfid));
    for _ in 0..4 {
        let read = json!([{"type": "tags_read", "data": {"reads": [{"tag": "A", "direction": "out"}, {"tag": "B", "direction": "out"}]}}]);
        events(&mut desk, place, &read);
        desk.pass_time(1);
    }
    assert_eq!(asked(&mut desk).len(), 1);
    desk.pass_time(10);
    events(&mut desk, place, &json!([{"type": "tags_read", "data": {"reads": [{"tag": "A", "direction": "in"}]}}]));
    let calls = asked(&mut desk);
    assert_eq!(calls, [("/tags".to_owned(), json!([{"tag": "A", "direction": "in"}]))]);
    let refused = events(&mut desk, place, &json!([{"type": "tags_read", "data": {"reads": []}}]));
    assert_eq!(refused[0]["code"], "event_refused");
    assert_eq!(refused[1]["type"], "acked", "what makes no sense does not stand in the way of the rest");
}

#[test]
fn a_tag_that_is_not_on_its_shelf_three_times_is_missing() {
    let mut desk = Desk::open();
    let (place, _) = desk.welcome(&registration(1, DeviceKind::Rfid));
    let shelf = |tags: Value| json!([{"type": "shelf_read", "data": {"tags": tags}}]);
    events(&mut desk, place, &shelf(json!(["A", "B", "C"])));
    desk.told();
    for _ in 0..5 {
        desk.pass_time(60);
        events(&mut desk, place, &shelf(json!(["A", "C"])));
    }
    let missing: Vec<_> = desk.told().into_iter().filter(|(_, data)| data["code"] == "tags_missing").collect();
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].1["data"]["tags"], json!(["B"]));
    // One that went out through this reader's gate is not missing, it is gone.
    events(&mut desk, place, &json!([{"type": "tags_read", "data": {"reads": [{"tag": "C", "direction": "out"}]}}]));
    for _ in 0..5 {
        desk.pass_time(60);
        events(&mut desk, place, &shelf(json!(["A"])));
    }
    assert!(!desk.told().iter().any(|(_, data)| data["code"] == "tags_missing"));
}

#[test]
fn scales_and_displays_reach_their_orders() {
    let mut desk = Desk::open();
    let (scale, _) = desk.welcome(&registration(1, DeviceKind::Scale));
    let (kds, _) = desk.welcome(&registration(2, DeviceKind::Kds));
    let order = device(7);
    events(&mut desk, scale, &json!([{"type": "weighed", "data": {"order_id": order, "line": 0, "grams": 512}}]));
    events(&mut desk, kds, &json!([{"type": "bumped", "data": {"order_id": order, "station": "bar"}}]));
    let calls = asked(&mut desk);
    assert_eq!(calls[0], (format!("/api/v1/orders/{order}/lines/0/weight"), json!({"grams": 512})));
    assert!(calls[1].0.ends_with(&format!("/kitchen/tickets/{order}/bump")) && calls[1].1 == json!({"station": "bar"}));
    let refused = events(&mut desk, kds, &json!([{"type": "weighed", "data": {}}]));
    assert!(refused[0]["detail"].as_str().unwrap().contains("a kds does not tell this"));
}
