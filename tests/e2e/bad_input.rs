//! What makes no sense is refused with what would, and nothing of it is done.

use crate::{shared, wanted};
use kirana_tests::chain::golden_bubble;
use serde_json::{Value, json};

/// The same with one field another.
fn with(base: &Value, field: &str, value: Value) -> Value {
    let mut body = base.clone();
    body[field] = value;
    body
}

#[test]
fn nonsense_about_stock_is_refused_and_changes_nothing() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let store = chain.store.as_str();
    let item = json!({"items": [{"sku": "straw", "name": "Straw", "unit": "piece"}, {"sku": "honey", "name": "Honey", "unit": "g"}], "recipes": []});
    chain.manager.put(&format!("/api/v1/inventory/{store}/setup"), &item).unwrap().expect(204).unwrap();
    let receipt = json!({"store_id": store, "kind": "receive", "sku": "straw", "quantity": 10, "cost": 5});
    chain.staff.post("/api/v1/inventory/stock-movement", &receipt).unwrap().expect(201).unwrap();
    let spoil = json!({"store_id": store, "kind": "spoil", "sku": "straw", "quantity": 1, "reason": "broken"});
    let adjust = json!({"store_id": store, "kind": "adjust", "sku": "straw", "delta": 1, "reason": "found"});
    let lease =
        json!({"device_id": store, "until": "2000-01-01T00:00:00Z", "lines": [{"sku": "straw", "quantity": 1}]});
    let movements = "/api/v1/inventory/stock-movement".to_owned();
    let leases = format!("/api/v1/inventory/{store}/leases");
    let huge = json!(1_000_000_000_000_000_000_i64);
    let bad: Vec<(&str, Value, u16, &str)> = vec![
        (&movements, with(&receipt, "quantity", json!(0)), 422, "quantity"),
        (&movements, with(&receipt, "quantity", json!(-3)), 422, "quantity"),
        (&movements, with(&receipt, "quantity", huge.clone()), 422, "quantity"),
        (&movements, with(&receipt, "quantity", json!(1.5)), 422, "quantity"),
        (&movements, with(&receipt, "quantity", json!("10")), 422, "quantity"),
        (&movements, with(&receipt, "measure", json!("kg")), 422, "quantity"),
        (&movements, with(&with(&receipt, "sku", json!("honey")), "measure", json!("l")), 422, "quantity"),
        (&movements, with(&receipt, "cost", json!(-1)), 422, "cost"),
        (&movements, with(&receipt, "expires_at", json!("2020-02-30T00:00:00Z")), 422, "expires_at"),
        (&movements, with(&receipt, "expires_at", json!("2020-02-20T00:00:00Z")), 422, "expires_at"),
        (&movements, with(&receipt, "tags", json!(["a", "b", "c"])), 422, "tags"),
        (&movements, with(&receipt, "sku", json!("no-such-thing")), 404, ""),
        (&movements, with(&receipt, "kind", json!("conjure")), 422, "kind"),
        (&movements, with(&receipt, "colour", json!("red")), 422, "colour"),
        (&movements, with(&receipt, "store_id", json!(7)), 422, "store_id"),
        (&movements, with(&spoil, "quantity", json!(11)), 409, ""),
        (&movements, with(&spoil, "reason", json!(" ")), 422, "reason"),
        (&movements, with(&spoil, "batch", json!(99_999)), 422, "batch"),
        (&movements, with(&adjust, "delta", json!(0)), 422, "delta"),
        (&movements, with(&adjust, "delta", json!(-11)), 409, ""),
        (&movements, with(&adjust, "delta", huge), 422, "delta"),
        (&leases, lease.clone(), 422, "until"),
        (&leases, with(&lease, "lines", json!([])), 422, ""),
    ];
    for (path, body, status, field) in bad {
        let refused = chain.manager.post(path, &body).unwrap();
        assert_eq!(refused.status, status, "{body}: {}", refused.body);
        assert_eq!(refused.content_type, "application/problem+json", "{body}");
        assert!(refused.body["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{body}: {}", refused.body);
        if !field.is_empty() {
            let fault = &refused.body["errors"][0];
            assert!(fault["path"].as_str().is_some_and(|path| path.ends_with(field)), "{body}: {}", refused.body);
            assert!(fault["message"].as_str().is_some_and(|message| message.len() > 10), "{body}: {}", refused.body);
        }
    }
    let level = chain.staff.get(&format!("/api/v1/inventory/{store}/straw")).unwrap().expect(200).unwrap();
    assert_eq!((&level["on_hand"], &level["value"], &level["reserved"]), (&json!(10), &json!(5), &json!(0)));
    let honey = chain.staff.get(&format!("/api/v1/inventory/{store}/honey")).unwrap().expect(200).unwrap();
    assert_eq!(honey["on_hand"], 0);
}

#[test]
fn nonsense_about_orders_is_refused_and_holds_nothing() {
    if !wanted() {
        return;
    }
    let chain = shared();
    let (_, customer) = chain.customer().unwrap();
    let line = golden_bubble(1);
    let order = |line: Value| chain.order(&[line]);
    let later = with(&order(line.clone()), "pickup_at", json!("2020-01-01T00:00:00Z"));
    let far = with(&order(line.clone()), "pickup_at", json!("2099-01-01T00:00:00Z"));
    let bad = [
        (order(with(&line, "quantity", json!(0))), "lines[0].quantity"),
        (order(with(&line, "quantity", json!(-1))), "lines[0].quantity"),
        (order(with(&line, "quantity", json!(1.5))), "lines[0].quantity"),
        (order(with(&line, "quantity", json!(1_000_000))), "lines[0].quantity"),
        (order(with(&line, "variant_sku", json!("no-such-tea/large"))), "lines[0].variant_sku"),
        (order(with(&line, "grams", json!(500))), "lines[0].grams"),
        (with(&order(line.clone()), "lines", json!([])), "lines"),
        (later, "pickup_at"),
        (far, "pickup_at"),
    ];
    for (body, field) in bad {
        let refused = customer.post("/api/v1/orders", &body).unwrap().expect(422).unwrap();
        let path = refused["errors"][0]["path"].as_str().unwrap_or_default();
        assert_eq!(path, field, "{refused}");
    }
    let mine = customer.get("/api/v1/orders").unwrap().expect(200).unwrap();
    assert_eq!(mine["items"], json!([]));
    // A sale from a clock that is ahead.
    let sale =
        json!({"key": "x", "seq": 1, "sold_at": "2099-01-01T00:00:00Z", "tender": "cash", "lines": [golden_bubble(1)]});
    let sales = json!({"device_id": "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e99", "sales": [sale]});
    let path = format!("/api/v1/stores/{}/offline-sales", chain.store);
    let refused = chain.staff.post(&path, &sales).unwrap().expect(422).unwrap();
    assert!(refused["errors"][0]["path"].as_str().unwrap().ends_with("sold_at"), "{refused}");
}
