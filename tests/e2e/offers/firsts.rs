//! Offers for a customer's first order.

use super::{MINUTE, TEA, campaign, percent, quote_when, total};
use crate::ordering::drained;
use crate::wanted;
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Platform, eventually};
use serde_json::json;

#[test]
fn of_eight_first_orders_at_once_one_has_the_offer() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("first-order").unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    let first = json!({"conditions": {"first_order": true}});
    let (id, _) = campaign(&chain.admin, None, &[percent("Welcome", 5_000, &first)]);
    let (_, customer) = chain.customer().unwrap();
    let body = chain.order(&[golden_bubble(1)]);
    quote_when(&customer, &body, |quote| total(quote) == TEA / 2);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let buyers: Vec<_> = (0..8).map(|_| scope.spawn(|| customer.post("/api/v1/orders", &body).unwrap())).collect();
        buyers.into_iter().map(|buyer| buyer.join().unwrap()).collect()
    });
    let seen: Vec<_> = answers.iter().map(|answer| (answer.status, total(&answer.body))).collect();
    let had = answers.iter().filter(|answer| answer.status == 201 && total(&answer.body) == TEA / 2).count();
    assert_eq!(had, 1, "{seen:?}");
    // The others have none of it: refused with it, or at the full price where they were priced after it was given.
    for answer in &answers {
        match answer.status {
            201 => assert!([TEA / 2, TEA].contains(&total(&answer.body)), "{seen:?}"),
            _ => assert_eq!((answer.status, &answer.body["code"]), (409, &json!("offer_used_up")), "{seen:?}"),
        }
    }
    eventually("what was given to be counted", MINUTE, || {
        let offers =
            chain.admin.get(&format!("/api/v1/campaigns/{id}/offers")).map_err(|error| error.to_string())?.body;
        if offers[0]["used"] == 1 { Ok(()) } else { Err(offers.to_string()) }
    })
    .unwrap();
    // Somebody else's first order has it.
    let (_, another) = chain.customer().unwrap();
    let order = another.post("/api/v1/orders", &body).unwrap().expect(201).unwrap();
    assert_eq!(total(&order), TEA / 2);
    drained(&chain);
}
