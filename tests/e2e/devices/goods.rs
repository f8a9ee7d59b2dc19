//! What devices tell of goods reaches the books: tags at gates, and fridges that were warm.

use super::Device;
use crate::{shared, wanted};
use kirana_tests::eventually;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

fn keep(sku: &str) {
    let item = json!({"name": sku, "unit": "piece"});
    let path = format!("/api/v1/inventory/{}/{sku}", shared().store);
    let answer = shared().manager.put(&path, &item).unwrap();
    assert!(answer.status < 300, "{}", answer.body);
}

fn receive(more: &Value) -> Value {
    let mut goods = json!({"store_id": shared().store, "kind": "receive", "cost": 100});
    goods.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    shared().manager.post("/api/v1/inventory/stock-movement", &goods).unwrap().expect(201).unwrap()
}

#[test]
fn tags_at_a_gate_move_stock_once() {
    if !wanted() {
        return;
    }
    keep("crate-of-mangoes");
    receive(&json!({"sku": "crate-of-mangoes", "quantity": 3, "tags": ["M1", "M2", "M3"]}));
    let gate = Device::claimed("rfid");
    let mut line = gate.connected();
    let read = |tags: &[&str], direction: &str| {
        let reads: Vec<_> = tags.iter().map(|tag| json!({"tag": tag, "direction": direction})).collect();
        json!([{"type": "tags_read", "data": {"reads": reads}}])
    };
    // The reader sees them again and again as they go by.
    for number in 1..=4 {
        line.tell(number, &read(&["M1", "M2"], "out"));
    }
    eventually("two crates to be out", Duration::from_secs(30), || {
        let stock = shared().stock("crate-of-mangoes").map_err(|error| error.to_string())?;
        if stock == (1, 1) { Ok(()) } else { Err(format!("{stock:?}")) }
    })
    .unwrap();
    shared().check().unwrap();
}

#[test]
fn a_fridge_that_was_warm_makes_its_batches_suspect() {
    if !wanted() {
        return;
    }
    let chain = shared();
    keep("yoghurt");
    receive(&json!({"sku": "yoghurt", "quantity": 12}));
    let fridge = Device::claimed("fridge");
    let config = json!({"config": {"temperature_max": 5.0, "breach_after_seconds": 3600, "skus": ["yoghurt"]}});
    chain.manager.put(&fridge.path("configuration"), &config).unwrap().expect(200).unwrap();
    let mut line = fridge.connected();
    // It measured while its line was down: two hours ago, one hour ago, now.
    #[allow(clippy::disallowed_methods)] // the clock: never runs as WASM
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    for ago in [7_300, 3_000, 60] {
        let at = crate::amend::rfc3339(now - ago);
        line.say(&json!({"type": "telemetry", "at": at, "values": {"temperature": 9.5}}));
    }
    let breach = eventually("the breach to be written down", Duration::from_secs(30), || {
        let list = chain.manager.get("/api/v1/devices/breaches").map_err(|error| error.to_string())?.body;
        let mine =
            list["items"].as_array().and_then(|items| items.iter().find(|one| one["device_id"] == fridge.id)).cloned();
        mine.ok_or_else(|| list.to_string())
    })
    .unwrap();
    assert_eq!(
        (&breach["worst"], &breach["batches"][0]["sku"], &breach["batches"][0]["quantity"]),
        (&json!(9.5), &json!("yoghurt"), &json!(12))
    );
    assert_eq!(fridge.status()["alarms"], json!(["too_warm", "cold_chain_breach"]));
    // Nothing of it is sold, by orders or tills, until somebody has looked; what comes in afterwards is.
    assert_eq!(chain.stock("yoghurt").unwrap(), (12, 0));
    let batches = chain.manager.get(&format!("/api/v1/inventory/{}/batches?sku=yoghurt", chain.store)).unwrap();
    assert_eq!(batches.expect(200).unwrap()[0]["suspect"], true);
    receive(&json!({"sku": "yoghurt", "quantity": 3}));
    assert_eq!(chain.stock("yoghurt").unwrap(), (15, 3));
    chain.check().unwrap();
    eventually("the manager to be told", Duration::from_secs(30), || {
        let told = chain.manager.get("/api/v1/notifications?limit=100").map_err(|error| error.to_string())?.body;
        if told.to_string().contains("The fridge: the cold chain is broken") { Ok(()) } else { Err(told.to_string()) }
    })
    .unwrap();
    let path = format!("/api/v1/devices/breaches/{}", breach["id"].as_str().unwrap());
    let resolved = chain.manager.post(&path, &json!({"outcome": "spoilt"})).unwrap().expect(200).unwrap();
    assert_eq!(resolved["outcome"], "spoilt");
    assert_eq!(chain.stock("yoghurt").unwrap(), (3, 3));
    assert_eq!(chain.manager.post(&path, &json!({"outcome": "released"})).unwrap().body["code"], "resolved");
    let view = chain.manager.get(&format!("/api/v1/devices/{}", fridge.id)).unwrap().expect(200).unwrap();
    assert_eq!(view["last_error"]["code"], "cold_chain_breach");
    chain.check().unwrap();
}
