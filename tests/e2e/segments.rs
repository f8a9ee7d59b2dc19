//! Offers for segments of customers: who an admin put into one, and tiers of loyalty.

use crate::wanted;
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

/// A golden bubble milk tea with grass jelly, in satang.
const TEA: i64 = 11_000;

const SEGMENTS: &str = "/api/v1/customer-segments";

/// What an order of one cup costs somebody, and why the store's offers did nothing, by their names.
fn quoted(chain: &Chain, who: &Client) -> (i64, Vec<(String, String)>) {
    let quote = who.post("/api/v1/quotes", &chain.order(&[golden_bubble(1)])).unwrap().expect(200).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let notes = quote["promotions"].as_array().into_iter().flatten();
    let mut reasons: Vec<_> = notes.map(|note| (text(&note["name"]), text(&note["reason"]))).collect();
    reasons.sort();
    (quote["totals"]["total"]["amount"].as_i64().unwrap(), reasons)
}

fn quoted_when(chain: &Chain, who: &Client, total: i64, reasons: &[(&str, &str)]) {
    let wanted: Vec<_> = reasons.iter().map(|(name, why)| ((*name).to_owned(), (*why).to_owned())).collect();
    eventually(&format!("{total} and {reasons:?}"), MINUTE, || {
        let quoted = quoted(chain, who);
        if quoted == (total, wanted.clone()) { Ok(()) } else { Err(format!("{quoted:?}")) }
    })
    .unwrap();
}

/// A campaign of the chain that has begun to be written.
fn drafted(chain: &Chain) -> (String, Value) {
    let details = json!({"name": "Regulars", "starts_at": "2026-01-01T00:00:00Z", "currency": "THB"});
    let made = chain.admin.post("/api/v1/campaigns", &details).unwrap().expect(201).unwrap();
    (format!("/api/v1/campaigns/{}", made["id"].as_str().unwrap()), details)
}

fn offer(name: &str, percent_bp: i64, segments: &Value) -> Value {
    json!({"name": name, "benefit": {"kind": "percentage", "percent_bp": percent_bp}, "conditions": {"segments": segments}})
}

#[test]
fn offers_are_for_who_was_put_into_a_segment_and_for_a_tier() {
    if !wanted() {
        return;
    }
    let mut platform = Platform::start("segments").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let (id, student) = chain.customer().unwrap();
    let (_, other) = chain.customer().unwrap();

    // Made by admins, described anew, and by nobody else.
    let path = format!("{SEGMENTS}/students");
    let details = json!({"description": "Who showed a student card"});
    assert_eq!(chain.manager.put(&path, &details).unwrap().status, 403);
    for _ in 0..2 {
        let made = chain.admin.put(&path, &details).unwrap().expect(200).unwrap();
        assert_eq!(made, json!({"name": "students", "description": "Who showed a student card", "customers": 0}));
    }
    let wrong = chain.admin.put(&format!("{SEGMENTS}/Students"), &details).unwrap();
    assert_eq!((wrong.status, &wrong.body["errors"][0]["path"]), (422, &json!("name")));

    // An offer names segments that there are.
    let (campaign, details) = drafted(&chain);
    let add = |offer: &Value| chain.admin.post(&format!("{campaign}/offers"), offer).unwrap();
    let wrong = add(&offer("Nobody's", 1_000, &json!(["students", "pupils", "tier:diamond"])));
    let paths: Vec<_> =
        wrong.body["errors"].as_array().unwrap().iter().map(|fault| fault["path"].as_str().unwrap()).collect();
    assert_eq!((wrong.status, paths), (422, vec!["conditions.segments[1]", "conditions.segments[2]"]));
    add(&offer("Students", 2_000, &json!(["students"]))).expect(201).unwrap();
    add(&offer("Grove", 1_000, &json!(["tier:grove"]))).expect(201).unwrap();
    let begin = json!({"campaign": details, "status": "scheduled", "version": 1});
    chain.admin.put(&campaign, &begin).unwrap().expect(200).unwrap();

    let out = ("Students", "other_segment");
    quoted_when(&chain, &student, TEA, &[("Grove", "other_segment"), out]);
    let member = format!("{path}/customers/{id}");
    for _ in 0..2 {
        chain.admin.put(&member, &json!({})).unwrap().expect(204).unwrap();
    }
    quoted_when(&chain, &student, TEA * 8 / 10, &[("Grove", "other_segment"), ("Students", "")]);
    quoted_when(&chain, &other, TEA, &[("Grove", "other_segment"), out]);

    // Who they are put into, they see; and an order costs what its quote said.
    let mine = student.get(&format!("/api/v1/customers/{id}/segments")).unwrap().expect(200).unwrap();
    assert_eq!(mine[0]["segment"], "students");
    assert_eq!(other.get(&format!("/api/v1/customers/{id}/segments")).unwrap().status, 404);
    let members = chain.admin.get(&format!("{path}/customers")).unwrap().expect(200).unwrap();
    assert_eq!(members["items"], json!([id]));
    let order = student.post("/api/v1/orders", &chain.order(&[golden_bubble(1)])).unwrap().expect(201).unwrap();
    assert_eq!(order["totals"]["total"]["amount"], TEA * 8 / 10);

    // While nobody can tell, orders go on without, and say so.
    platform.restart_in(Some("down=CUSTOMERS")).unwrap();
    quoted_when(&chain, &student, TEA, &[("Grove", "other_segment"), ("Students", "unknown_segment")]);
    let order = student.post("/api/v1/orders", &chain.order(&[golden_bubble(1)])).unwrap().expect(201).unwrap();
    assert_eq!(order["totals"]["total"]["amount"], TEA);
    platform.restart_in(None).unwrap();
    quoted_when(&chain, &student, TEA * 8 / 10, &[("Grove", "other_segment"), ("Students", "")]);

    // Taken out again, and the segment ended: the offer is for nobody.
    chain.admin.send("DELETE", &member, None, None).unwrap().expect(204).unwrap();
    quoted_when(&chain, &student, TEA, &[("Grove", "other_segment"), out]);
    chain.admin.put(&member, &json!({})).unwrap().expect(204).unwrap();
    chain.admin.send("DELETE", &path, None, None).unwrap().expect(204).unwrap();
    assert_eq!(chain.admin.send("DELETE", &path, None, None).unwrap().status, 404);
    assert_eq!(chain.admin.put(&member, &json!({})).unwrap().status, 404);
    quoted_when(&chain, &student, TEA, &[("Grove", "other_segment"), out]);
}

#[test]
fn an_offer_is_for_the_tier_that_somebody_is_in() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("tiers-pay").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let (campaign, details) = drafted(&chain);
    let leaf = offer("Leaf", 1_000, &json!(["tier:leaf"]));
    chain.admin.post(&format!("{campaign}/offers"), &leaf).unwrap().expect(201).unwrap();
    let begin = json!({"campaign": details, "status": "scheduled", "version": 1});
    chain.admin.put(&campaign, &begin).unwrap().expect(200).unwrap();
    // Everybody's tier from the moment that their points account is opened, by event.
    let (_, customer) = chain.customer().unwrap();
    quoted_when(&chain, &customer, TEA * 9 / 10, &[("Leaf", "")]);
}
