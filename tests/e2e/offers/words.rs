//! Each quote says of every offer that concerns it why it is not given, and of fees what they depend on.

use super::{TEA, campaign, percent, quote_when, total, with};
use crate::wanted;
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Platform};
use serde_json::{Value, json};

fn reason<'a>(quote: &'a Value, id: &str) -> Option<&'a str> {
    quote["promotions"].as_array()?.iter().find(|note| note["promotion_id"] == id)?["reason"].as_str()
}

#[test]
fn what_is_used_up_paused_or_for_others_says_so() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("offers-words").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let elsewhere = chain.open_another("Silom", 10).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let coupon =
        |code: &str, more: Value| percent(code, 1_000, &json!({"conditions": with(&json!({"coupon": code}), &more)}));
    let (_, once) = campaign(&chain.admin, None, &[percent("Once", 5_000, &json!({"total_limit": 1}))]);
    let (stopped, paused) = campaign(&chain.admin, None, &[coupon("PAUSED", json!({}))]);
    let (_, scoped) = campaign(&chain.admin, None, &[coupon("SILOM", json!({"stores": [elsewhere]}))]);
    let body = chain.order(&[golden_bubble(1)]);
    quote_when(&customer, &body, |quote| total(quote) == TEA / 2);
    let had = customer.post("/api/v1/orders", &body).unwrap().expect(201).unwrap();
    assert_eq!(total(&had), TEA / 2);
    // Somebody pauses one, and by that everybody looks anew at what runs.
    let details = json!({"name": "Monsoon", "starts_at": "2026-01-01T00:00:00Z", "currency": "THB"});
    let path = format!("/api/v1/campaigns/{stopped}");
    let version = chain.admin.get(&path).unwrap().expect(200).unwrap()["version"].clone();
    let pause = json!({"campaign": details, "status": "paused", "version": version});
    chain.admin.put(&path, &pause).unwrap().expect(200).unwrap();

    let shown = with(&body, &json!({"coupons": ["paused", "silom"]}));
    let quote = quote_when(&customer, &shown, |quote| reason(quote, &paused[0]) == Some("paused"));
    assert_eq!(total(&quote), TEA);
    assert_eq!(reason(&quote, &once[0]), Some("used_up"), "{quote}");
    assert_eq!(reason(&quote, &scoped[0]), Some("other_store"), "{quote}");
    let words: Vec<_> =
        quote["promotions"].as_array().unwrap().iter().map(|note| note["explanation"].to_string()).collect();
    for said in ["Once: is used up", "PAUSED: is paused", "SILOM: is for other stores"] {
        assert!(words.iter().any(|word| word.contains(said)), "{words:?}");
    }
    // Whoever has no coupon is told of none.
    let quote = customer.post("/api/v1/quotes", &body).unwrap().expect(200).unwrap();
    let told = quote["promotions"].as_array().unwrap();
    assert!(told.len() == 1 && reason(&quote, &once[0]) == Some("used_up"), "{quote}");
    // Called off, and what was used up is given again.
    let cancel = format!("/api/v1/orders/{}/cancel", had["id"].as_str().unwrap());
    customer.post(&cancel, &json!({"reason": "rain"})).unwrap().expect(200).unwrap();
    quote_when(&customer, &body, |quote| total(quote) == TEA / 2);
}
