//! The same card, device or address, whoever pays with it: let through at first, then asked by the bank, then looked at; and why.

use super::{TEA, assessments, payment, review, set_rules, until};
use crate::gateways::fake::{Fake, SECRET};
use crate::{wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client, Platform};
use serde_json::{Value, json};

/// More than `most` within an hour by the same one.
fn velocity(gateway: &str, by: &str, count: &str, most: u32, then: &str) -> Value {
    json!({"name": format!("{by}-{then}").replace('_', "-"), "test": "velocity", "by": by, "count": count, "minutes": 60, "most": most,
        "then": then, "gateways": [gateway]})
}

/// An order of a cup, brought to an address where one is given.
fn order(chain: &Chain, customer: &Client, address: Option<&str>) -> String {
    let mut order = chain.order(&[golden_bubble(1)]);
    if let Some(address) = address {
        (order["fulfilment"], order["deliver_to"]) = (json!("delivery"), json!({"address": address}));
    }
    let placed = customer.post("/api/v1/orders", &order).unwrap().expect(201).unwrap();
    placed["id"].as_str().unwrap().to_owned()
}

fn pay(customer: &Client, order: &str, gateway: &str, token: &str) -> Value {
    let request = json!({"order_id": order, "gateway": gateway, "token": token});
    customer.post("/api/v1/payments/initiate", &request).unwrap().expect(201).unwrap()
}

/// What the rules said of a payment: the verdict, and each rule's reason by its name.
fn said(chain: &Chain, payment: &Value) -> (String, Value) {
    let all = assessments(chain, "limit=100");
    let of = all.iter().find(|one| one["payment_id"] == payment["id"]).unwrap();
    let reasons = of["findings"].as_array().unwrap().iter();
    let reasons = reasons.map(|one| (one["rule"].as_str().unwrap().to_owned(), one["why"].clone())).collect();
    (of["verdict"].as_str().unwrap().to_owned(), Value::Object(reasons))
}

/// Somebody else pays by the same card under another token each time. What a card is known by is asked of its gateway for a moment only: on
/// a machine that has no time for that, it is tried with another order.
fn by_card(chain: &Chain, number: usize, card: &str) -> (Client, Value, (String, Value)) {
    for again in 0..5 {
        let (_, customer) = chain.customer().unwrap();
        let paid = pay(&customer, &order(chain, &customer, None), "stripe", &format!("pm_{number}{again}_of_{card}"));
        let found = said(chain, &paid);
        if found.1["card-review"] != "the card is not known" {
            return (customer, paid, found);
        }
    }
    panic!("nobody says what the card is known by");
}

#[test]
fn the_same_card_device_or_address_again_and_again_is_asked_and_then_looked_at() {
    if !wanted() {
        return;
    }
    let fake = Fake::start();
    let stripe = json!({"base": fake.url, "secret_key": "sk_test_of_the_tests", "publishable_key": "pk_test_of_the_tests",
        "webhook_secrets": [SECRET], "live": false});
    let gateways = json!({"stripe": stripe}).to_string();
    let vars = [("GATEWAYS", gateways.as_str()), ("PAYMENT_RETRY_SECONDS", "1")];
    let mut platform = Platform::start_with("risk-signals", &vars).unwrap();
    let chain = Chain::open(&platform, 1_000).unwrap();
    set_rules(
        &chain,
        &[
            velocity("stripe", "card", "attempts", 2, "step_up"),
            velocity("stripe", "card", "attempts", 3, "review"),
            velocity("sandbox", "device", "refusals", 1, "review"),
            velocity("sandbox", "address", "attempts", 1, "step_up"),
        ],
    );
    cards(&mut platform, &chain, &fake);
    devices(&mut platform, &chain);
    addresses(&mut platform, &chain);
}

fn cards(platform: &mut Platform, chain: &Chain, fake: &Fake) {
    for number in 1..=2 {
        let (_, paid, (verdict, _)) = by_card(chain, number, "stolen");
        assert_eq!((verdict.as_str(), &paid["status"]), ("allow", &json!("completed")));
    }
    let (_, asked, (verdict, why)) = by_card(chain, 3, "stolen");
    assert_eq!((verdict.as_str(), &asked["status"]), ("step_up", &json!("requires_action")));
    assert_eq!(asked["action"]["kind"], "client_secret", "their bank asks");
    assert_eq!(why["card-step-up"], "3 attempts by the same card within 60 minutes: more than 2");
    assert_eq!(why["card-review"], "3 attempts by the same card within 60 minutes: not more than 3");

    // Nobody is asked for the fourth before somebody has looked.
    let (customer, waits, (verdict, why)) = by_card(chain, 4, "stolen");
    let taken = fake.taken().len();
    assert_eq!((verdict.as_str(), &waits["status"], &waits["review"]), ("review", &json!("initiated"), &json!("open")));
    assert_eq!(why["card-review"], "4 attempts by the same card within 60 minutes: more than 3");
    let queue = assessments(chain, "review=open");
    assert_eq!((queue.len(), &queue[0]["payment_id"]), (1, &waits["id"]));
    platform.tick().unwrap();
    assert_eq!((payment(&customer, &waits)["status"].as_str(), fake.taken().len()), (Some("initiated"), taken));
    // Another card of anybody is another card.
    let (_, paid, (verdict, why)) = by_card(chain, 5, "honest");
    assert_eq!((verdict.as_str(), &paid["status"]), ("allow", &json!("completed")));
    assert_eq!(why["card-step-up"], "1 attempts by the same card within 60 minutes: not more than 2");

    assert_eq!(review(&chain.manager, &waits, true).0, 200);
    until(platform, &customer, &waits, "completed");
    let decided = assessments(chain, "review=approved");
    let manager = chain.manager.get("/api/v1/auth/me").unwrap().expect(200).unwrap();
    assert_eq!((decided.len(), &decided[0]["payment_id"]), (1, &waits["id"]));
    assert_eq!((&decided[0]["reviewed_by"], &decided[0]["note"]), (&manager["id"], &json!("I called them.")));
    assert!(assessments(chain, "review=open").is_empty());
}

/// Somebody tries card after card under name after name, from one device.
fn devices(platform: &mut Platform, chain: &Chain) {
    let with = |device: &str| {
        let (_, customer) = chain.customer().unwrap();
        customer.with_header("user-agent", device).with_header("accept-language", "th")
    };
    for _ in 0..2 {
        let thief = with("Tries/1.0");
        let refused = pay(&thief, &order(chain, &thief, None), "sandbox", "tok_declined");
        assert_eq!(said(chain, &refused).0, "allow");
        until(platform, &thief, &refused, "failed");
    }
    let thief = with("Tries/1.0");
    let waits = pay(&thief, &order(chain, &thief, None), "sandbox", "tok_success");
    let (verdict, why) = said(chain, &waits);
    assert_eq!((verdict.as_str(), &waits["review"]), ("review", &json!("open")));
    assert_eq!(why["device-review"], "2 refusals by the same device within 60 minutes: more than 1");
    assert_eq!(why["address-step-up"], "the address is not known", "it is fetched, and brought nowhere");
    // Somebody beside them, with another.
    let other = with("Buys/1.0");
    let (bought, paid) = bought(chain, &other, None);
    assert_eq!(
        said(chain, &paid).1["device-review"],
        "0 refusals by the same device within 60 minutes: not more than 1"
    );
    wait_for_status(&other, &bought, "confirmed");

    assert_eq!(review(&chain.manager, &waits, false).0, 200);
    let ended = until(platform, &thief, &waits, "cancelled");
    assert_eq!((&ended["failure"], &ended["captured"]["amount"]), (&json!("declined"), &json!(0)));
    assert_eq!(assessments(chain, "review=rejected").len(), 1);
}

fn bought(chain: &Chain, customer: &Client, address: Option<&str>) -> (String, Value) {
    let order = order(chain, customer, address);
    let paid = pay(customer, &order, "sandbox", "tok_success");
    (order, paid)
}

/// One door, written otherwise each time.
fn addresses(platform: &mut Platform, chain: &Chain) {
    let customers: Vec<Client> = (0..3).map(|_| chain.customer().unwrap().1).collect();
    let (first, paid) = bought(chain, &customers[0], Some("12, Rama I Road"));
    assert_eq!(said(chain, &paid).0, "allow");
    wait_for_status(&customers[0], &first, "confirmed");
    let (_, asked) = bought(chain, &customers[1], Some("12 rama i  road."));
    let (verdict, why) = said(chain, &asked);
    assert_eq!(verdict, "step_up");
    assert_eq!(why["address-step-up"], "2 attempts by the same address within 60 minutes: more than 1");
    until(platform, &customers[1], &asked, "pending");
    let (next_door, paid) = bought(chain, &customers[2], Some("14, Rama I Road"));
    assert_eq!((said(chain, &paid).0.as_str(), paid["amount"]["amount"].as_i64()), ("allow", Some(TEA)));
    wait_for_status(&customers[2], &next_door, "confirmed");
}
