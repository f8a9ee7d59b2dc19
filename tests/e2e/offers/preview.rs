//! What a campaign would have cost: past orders, priced again.

use super::{MINUTE, TEA, hour_around_now, owner, percent};
use crate::gateways::fake::now;
use crate::{amend, pay, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform, eventually};
use serde_json::{Value, json};

/// A draft with these offers.
fn draft(owner: &Client, offers: &[Value]) -> String {
    let details = json!({"name": "Next month", "starts_at": "2026-01-01T00:00:00Z", "currency": "THB"});
    let made = owner.post("/api/v1/campaigns", &details).unwrap().expect(201).unwrap();
    let id = made["id"].as_str().unwrap().to_owned();
    for offer in offers {
        owner.post(&format!("/api/v1/campaigns/{id}/offers"), offer).unwrap().expect(201).unwrap();
    }
    id
}

#[test]
fn a_draft_says_what_it_would_have_taken_off_past_orders() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("offers-preview").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let (_, customer) = chain.customer().unwrap();
    for pieces in [1, 3] {
        let body = chain.order(&[golden_bubble(pieces)]);
        let order = customer.post("/api/v1/orders", &body).unwrap().expect(201).unwrap();
        let id = order["id"].as_str().unwrap();
        pay(&customer, id, "tok_success");
        wait_for_status(&customer, id, "confirmed");
    }
    // Nobody paid for this one: it is none of them.
    customer.post("/api/v1/orders", &chain.order(&[golden_bubble(9)])).unwrap().expect(201).unwrap();

    let coupon = json!({"conditions": {"coupon": "LEAFLET"}});
    let id = draft(
        &chain.admin,
        &[percent("A tenth", 1_000, &json!({"priority": 1})), percent("With a leaflet", 500, &coupon)],
    );
    let span = |more: &Value| {
        let mut body = json!({"store_id": chain.store, "from": amend::rfc3339(now() - 3_600), "until": amend::rfc3339(now() + 60)});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let ask = |id: &str, more: &Value| {
        let path = format!("/api/v1/campaigns/{id}/preview");
        chain.admin.post(&path, &span(more)).unwrap().expect(200).unwrap()
    };
    let preview = eventually("both orders to be known", MINUTE, || match ask(&id, &json!({})) {
        preview if preview["orders"] == 2 => Ok(preview),
        preview => Err(preview.to_string()),
    })
    .unwrap();
    assert_eq!((&preview["list"]["amount"], &preview["complete"]), (&json!(4 * TEA), &json!(true)));
    // A tenth of the list price, and five in a hundred of what is left.
    let (tenth, leaflet) = (4 * TEA / 10, 4 * TEA * 9 / 10 * 5 / 100);
    assert_eq!((&preview["discount"]["amount"], &preview["discounted"]), (&json!(tenth + leaflet), &json!(2)));
    let mut offers: Vec<_> =
        preview["offers"].as_array().unwrap().iter().map(|one| one["discount"]["amount"].as_i64().unwrap()).collect();
    offers.sort_unstable();
    assert_eq!(offers, [leaflet, tenth]);
    let without = ask(&id, &json!({"with_coupons": false}));
    assert_eq!(
        (&without["discount"]["amount"], &without["orders"]),
        (&json!(tenth), &json!(2)),
        "nobody had a leaflet"
    );
    let earlier = ask(&id, &json!({"from": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}));
    assert_eq!((&earlier["orders"], &earlier["discount"]["amount"]), (&json!(0), &json!(0)));

    // Hours are those of the store's wall when they were ordered: Bangkok is seven hours ahead.
    let there = draft(&chain.admin, &[percent("Now", 1_000, &json!({"conditions": {"hours": hour_around_now(7)}}))]);
    let elsewhere =
        draft(&chain.admin, &[percent("Now", 1_000, &json!({"conditions": {"hours": hour_around_now(0)}}))]);
    assert_eq!(ask(&there, &json!({}))["discounted"], 2);
    assert_eq!(ask(&elsewhere, &json!({}))["discounted"], 0);

    // Somebody else's store is not there, nor is somebody else's campaign.
    let other =
        chain.admin.post("/api/v1/franchisees", &json!({"name": "Chiang Mai Boba Co."})).unwrap().expect(201).unwrap();
    let stranger = owner(&chain, "stranger@example.com", &other["id"]);
    let own = draft(&stranger, &[percent("Own", 1_000, &json!({}))]);
    let ours = owner(&chain, "ours@example.com", &chain.franchisee);
    for (who, id, status) in [(&stranger, &own, 404), (&ours, &own, 404), (&ours, &id, 200)] {
        let answer = who.post(&format!("/api/v1/campaigns/{id}/preview"), &span(&json!({}))).unwrap();
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    let swapped = json!({"store_id": chain.store, "from": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"});
    let refused = chain.admin.post(&format!("/api/v1/campaigns/{id}/preview"), &swapped).unwrap();
    assert_eq!((refused.status, &refused.body["errors"][0]["path"]), (422, &json!("until")));
}
