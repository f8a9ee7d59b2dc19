//! Leases through the API, goods that pass their date by themselves, and substitutes with the customer's word.

use crate::{pay, shared, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::eventually;
use serde_json::{Value, json};
use std::time::Duration;

#[allow(clippy::disallowed_methods)] // the clock: this program never runs as WASM
fn in_seconds(seconds: u64) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    crate::amend::rfc3339(now + seconds)
}

fn keep(sku: &str, quantity: i64, more: &Value) {
    let chain = shared();
    let item = json!({"items": [{"sku": sku, "name": sku, "unit": "piece"}], "recipes": []});
    chain.manager.put(&format!("/api/v1/inventory/{}/setup", chain.store), &item).unwrap().expect(204).unwrap();
    let mut goods =
        json!({"store_id": chain.store, "kind": "receive", "sku": sku, "quantity": quantity, "cost": quantity * 10});
    goods.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    chain.staff.post("/api/v1/inventory/stock-movement", &goods).unwrap().expect(201).unwrap();
}

#[test]
fn a_machine_sells_from_its_lease_and_gives_the_rest_back() {
    if !wanted() {
        return;
    }
    let chain = shared();
    keep("can", 20, &json!({}));
    let device = "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e50";
    let path = format!("/api/v1/inventory/{}/leases", chain.store);
    let request = json!({"device_id": device, "until": in_seconds(3_600), "lines": [{"sku": "can", "quantity": 12}]});
    let lease = chain.manager.post(&path, &request).unwrap().expect(201).unwrap();
    let path = format!("{path}/{}", lease["id"].as_str().unwrap());
    assert_eq!(chain.stock("can").unwrap(), (20, 8));
    let report = |total: i64, finished: bool| {
        let sales = json!({"sold": [{"sku": "can", "total": total}], "finished": finished});
        chain.staff.post(&format!("{path}/sales"), &json!({"device_id": device, "sales": sales})).unwrap()
    };
    // Late, twice and out of order: the counter only grows.
    for total in [3, 5, 3, 5] {
        report(total, false).expect(200).unwrap();
    }
    assert_eq!(chain.stock("can").unwrap(), (15, 8));
    let extended = chain.manager.post(&format!("{path}/extend"), &json!({"until": in_seconds(7_200)})).unwrap();
    assert_ne!(extended.expect(200).unwrap()["until"], lease["until"]);
    let shorter = chain.manager.post(&format!("{path}/extend"), &json!({"until": in_seconds(60)})).unwrap();
    assert_eq!(shorter.expect(422).unwrap()["errors"][0]["path"], "until");
    let back = |quantity: i64| {
        chain.staff.post(&format!("{path}/release"), &json!({"lines": [{"sku": "can", "quantity": quantity}]})).unwrap()
    };
    assert_eq!(back(8).expect(422).unwrap()["errors"][0]["path"], "lines[0].quantity");
    assert_eq!(back(4).expect(200).unwrap()["lines"][0]["leased"], 8);
    assert_eq!(chain.stock("can").unwrap(), (15, 12));
    // One more than it had: sold all the same, from what is free. Then the rest is everybody's.
    report(9, true).expect(200).unwrap();
    assert_eq!(chain.stock("can").unwrap(), (11, 11));
    assert_eq!(back(1).expect(409).unwrap()["code"], "conflict");
    chain.check().unwrap();
}

#[test]
fn goods_pass_their_date_with_no_request_needed() {
    if !wanted() {
        return;
    }
    let chain = shared();
    // Time enough for a busy machine to take it in.
    keep("sushi", 4, &json!({"expires_at": in_seconds(12)}));
    let soon = |what: &str, until: &dyn Fn() -> Result<(), String>| {
        eventually(what, Duration::from_secs(60), until).unwrap();
    };
    // Looked at in the figures only: nobody asks the store.
    soon("the waste in the figures", &|| {
        let path = format!("/api/v1/analytics/sales?store_id={}", chain.store);
        let sales = chain.manager.get(&path).map_err(|error| error.to_string())?.body;
        let lost = json!({"sku": "sushi", "quantity": 4, "value": 40});
        if sales["waste"].as_array().is_some_and(|waste| waste.contains(&lost)) {
            Ok(())
        } else {
            Err(sales["waste"].to_string())
        }
    });
    assert_eq!(chain.stock("sushi").unwrap(), (0, 0));
    let order = json!({"store_id": chain.store, "lines": [{"variant_sku": "sushi", "quantity": 1}]});
    let (_, customer) = chain.customer().unwrap();
    assert_eq!(customer.post("/api/v1/orders", &order).unwrap().status, 422, "it is on no menu either");
    chain.check().unwrap();
}

#[test]
fn a_substitute_is_made_only_when_the_customer_agrees() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let (_, customer) = chain.customer().unwrap();
    let placed = || {
        let order = customer.post("/api/v1/orders", &chain.order(&[golden_bubble(1), golden_bubble(2)])).unwrap();
        let id = order.expect(201).unwrap()["id"].as_str().unwrap().to_owned();
        pay(&customer, &id, "tok_success");
        wait_for_status(&customer, &id, "confirmed");
        id
    };
    let without_jelly = json!({"variant_sku": "golden-bubble-milk-tea/medium", "quantity": 2, "modifiers": [
        {"sku": "choose-sweetness-level/sugar-50pc"}, {"sku": "choose-extra-topping-s-chewy-tea/none"}]});
    let propose = |id: &str| {
        chain.staff.post(&format!("/api/v1/orders/{id}/lines/2/substitute"), &json!({"line": without_jelly})).unwrap()
    };
    let answer = |id: &str, accept: bool| {
        customer.put(&format!("/api/v1/orders/{id}/lines/2/substitute"), &json!({"accept": accept})).unwrap()
    };

    let id = placed();
    let before = customer.get(&format!("/api/v1/orders/{id}")).unwrap().expect(200).unwrap();
    assert_eq!(answer(&id, true).status, 409, "nothing was proposed yet");
    let proposed = propose(&id).expect(200).unwrap();
    assert_eq!(proposed["totals"], before["totals"], "nothing changes before the customer says so");
    let (_, stranger) = chain.customer().unwrap();
    let other = stranger.put(&format!("/api/v1/orders/{id}/lines/2/substitute"), &json!({"accept": true})).unwrap();
    assert_eq!(other.status, 404);
    let agreed = answer(&id, true).expect(200).unwrap();
    assert_eq!(agreed["lines"][1]["modifiers"].as_array().unwrap().len(), 2);
    let total = |order: &Value| order["totals"]["total"]["amount"].as_i64().unwrap();
    assert!(total(&agreed) < total(&before));

    let id = placed();
    propose(&id).expect(200).unwrap();
    let refused = answer(&id, false).expect(200).unwrap();
    assert_eq!((&refused["lines"][1]["quantity"], &refused["lines"][1]["cancelled"]), (&json!(0), &json!(2)));
    eventually("what was not wanted to be paid back", Duration::from_secs(60), || {
        let found = customer.get(&format!("/api/v1/orders/{id}")).map_err(|error| error.to_string())?.body;
        let back = total(&before) - total(&found);
        if found["payment"]["refunded"]["amount"] == back && back > 0 {
            Ok(())
        } else {
            Err(found["payment"].to_string())
        }
    })
    .unwrap();
}
