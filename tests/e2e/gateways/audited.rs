//! What people decide about money and prices is in the chain's one audit log: who, how it stood, how it stands.

use super::fake::Fake;
use super::{Shop, amount, stripe, total};
use crate::wanted;
use serde_json::{Value, json};

/// The entries of an action about an object, the newest first.
fn entries(shop: &Shop, action: &str, object: &str) -> Vec<Value> {
    let log = shop.chain.admin.get(&format!("/api/v1/audit?action={action}&limit=100")).unwrap().expect(200).unwrap();
    log["items"].as_array().unwrap().iter().filter(|entry| entry["object"] == object).cloned().collect()
}

/// The one entry there is: how it stood, and how it stands.
fn told(shop: &Shop, action: &str, object: &str) -> (Value, Value) {
    let found = entries(shop, action, object);
    assert_eq!(found.len(), 1, "{action} of {object}: {found:?}");
    let read = |value: &Value| match value {
        Value::String(text) => serde_json::from_str(text).unwrap(),
        other => other.clone(),
    };
    (read(&found[0]["before"]), read(&found[0]["after"]))
}

#[test]
fn what_people_decide_about_money_is_in_the_audit_log() {
    if !wanted() {
        return;
    }
    let fake = Fake::start();
    let shop = Shop::open("gateways-audited", &json!({"stripe": stripe(&fake.url)}));
    let admin = &shop.chain.admin;

    // Held, taken, given back; twice by the same key is once.
    let order = shop.order(1);
    let held = shop.initiate(&order, &json!({"token": "pm_card_visa", "capture": "manual"})).expect(201).unwrap();
    let id = held["id"].as_str().unwrap();
    for _ in 0..2 {
        shop.step(&held, "capture", &json!({})).expect(200).unwrap();
    }
    let (before, after) = told(&shop, "payment.captured", id);
    assert_eq!((&before["status"], &after["amount"]), (&json!("authorised"), &json!(total(&order))));
    let path = format!("/api/v1/payments/{id}/refund");
    for _ in 0..2 {
        let refund = json!({"amount": 300, "reason": "cold"});
        shop.chain.manager.post_with_key(&path, "refund-of-the-tests", &refund).unwrap().expect(202).unwrap();
    }
    let (before, after) = told(&shop, "payment.refunded", id);
    assert_eq!((amount(&before["refunded"]), &after["refund"]), (0, &json!(300)));
    let entry = &entries(&shop, "payment.refunded", id)[0];
    let manager = shop.chain.manager.get("/api/v1/auth/me").unwrap().expect(200).unwrap();
    assert_eq!((&entry["actor_id"], &entry["reason"]), (&manager["id"], &json!("cold")), "{entry}");
    let refused = shop.step(&held, "refund", &json!({"amount": total(&order), "reason": "too much"}));
    assert_eq!((refused.status, entries(&shop, "payment.refunded", id).len()), (409, 1), "what is refused is no deed");
    let held =
        shop.initiate(&shop.order(1), &json!({"token": "pm_card_visa", "capture": "manual"})).expect(201).unwrap();
    shop.step(&held, "void", &json!({})).expect(200).unwrap();
    let (before, after) = told(&shop, "payment.voided", held["id"].as_str().unwrap());
    assert_eq!((&before["status"], &after["status"]), (&json!("authorised"), &json!("cancelled")));

    // A gift card, taken back.
    let sale = json!({"store_id": shop.chain.store, "amount": 5_000, "paid_with": "cash"});
    let card = shop.chain.manager.post("/api/v1/gift-cards", &sale).unwrap().expect(201).unwrap();
    let card = card["id"].as_str().unwrap();
    for _ in 0..2 {
        let path = format!("/api/v1/gift-cards/{card}/void");
        shop.chain.manager.post(&path, &json!({})).unwrap().expect(200).unwrap();
    }
    assert_eq!(told(&shop, "gift_card.voided", card).0["status"], "sold");

    // Rules, taxes, moving prices, campaigns, a period.
    assert_eq!(told(&shop, "risk_rules.set", "after version 0").1["rules"], json!([]), "as the shop was opened");
    let table = |rate: i64| json!({"inclusive": false, "rounding": "invoice", "components": "separately", "classes": {"standard": [{"name": "GST", "rate_ppm": rate}]}});
    for rate in [25_000, 50_000] {
        admin.put("/api/v1/tax-rates/TH-50", &table(rate)).unwrap().expect(200).unwrap();
    }
    let rate = |entry: &Value, side: &str| entry[side].to_string().contains("25000");
    let set = entries(&shop, "tax_rates.set", "TH-50");
    assert_eq!(set.len(), 2, "{set:?}");
    assert!(set.iter().any(|entry| rate(entry, "before") && !rate(entry, "after")), "{set:?}");
    let path = format!("/api/v1/stores/{}/dynamic-prices", shop.chain.store);
    admin.put(&path, &json!({"prices": []})).unwrap().expect(200).unwrap();
    assert_eq!(told(&shop, "dynamic_prices.set", &shop.chain.store).1, json!({"prices": []}));
    let details = json!({"name": "Audited", "starts_at": "2026-01-01T00:00:00Z", "currency": "THB"});
    let made = admin.post("/api/v1/campaigns", &details).unwrap().expect(201).unwrap();
    let campaign = made["id"].as_str().unwrap();
    let offer = json!({"name": "Half", "benefit": {"kind": "percentage", "percent_bp": 5_000}});
    let path = format!("/api/v1/campaigns/{campaign}");
    let offer = admin.post(&format!("{path}/offers"), &offer).unwrap().expect(201).unwrap();
    let offer = offer["promotion"]["id"].as_str().unwrap();
    let begin = json!({"campaign": details, "status": "scheduled", "version": 1});
    admin.put(&path, &begin).unwrap().expect(200).unwrap();
    admin.send("DELETE", &format!("{path}/offers/{offer}"), None, None).unwrap().expect(204).unwrap();
    assert_eq!(told(&shop, "campaign.made", campaign).1["name"], "Audited");
    let (before, after) = told(&shop, "campaign.changed", campaign);
    assert_eq!((&before["status"], &after["status"]), (&json!("draft"), &json!("scheduled")));
    assert_eq!(told(&shop, "offer.added", offer).1["promotion"]["name"], "Half");
    assert_eq!(told(&shop, "offer.withdrawn", offer).0["withdrawn"], false);
    let close = json!({"until": "2026-01-01T00:00:00Z"});
    for _ in 0..2 {
        admin.post("/api/v1/ledger/periods/2025-12/close", &close).unwrap().expect(200).unwrap();
    }
    let closed = told(&shop, "ledger_period.closed", "2025-12").1;
    assert!(closed["until"].as_str().unwrap().starts_with("2026-01-01T00:00:00"), "{closed}");
}
