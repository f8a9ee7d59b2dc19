//! Stripe from end to end, with localstripe as the peer: its answers, its notices, its customer at their bank.

use super::local::LocalStripe;
use super::{Shop, amount, stripe, total};
use crate::{wait_for_status, wanted};
use kirana_tests::{Client, eventually};
use serde_json::{Value, json};

fn open(name: &str) -> Option<(LocalStripe, Shop)> {
    let peer = LocalStripe::start()?;
    let shop = Shop::open(name, &json!({"stripe": stripe(&peer.url)}));
    peer.tell(shop.customer.url());
    Some((peer, shop))
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

#[test]
fn an_order_is_paid_refused_asked_for_and_given_back_by_stripe() {
    if !wanted() {
        return;
    }
    let Some((peer, shop)) = open("gateways-stripe") else { return };
    // Paid at once. The notice says the same a moment later, and changes nothing.
    let order = shop.order(1);
    let paid = shop.pay(&order, "pm_card_visa");
    assert_eq!(
        (&paid["status"], &paid["captured"], &paid["action"]),
        (&json!("completed"), &paid["amount"], &Value::Null)
    );
    assert!(paid["reference"].as_str().unwrap().starts_with("pi_"), "{paid}");
    let confirmed = wait_for_status(&shop.customer, id(&order), "confirmed");
    assert_eq!(confirmed["payment"]["paid"], order["totals"]["total"]);

    // Refused, and another try.
    let other = shop.order(1);
    let refused = shop.pay(&other, "pm_card_chargeCustomerFail");
    assert_eq!((&refused["status"], &refused["failure"]), (&json!("failed"), &json!("declined")));
    assert_eq!(shop.pay(&other, "pm_card_visa")["status"], "completed");
    wait_for_status(&shop.customer, id(&other), "confirmed");

    // The bank asks (3-D Secure): the card is typed into Stripe's form, and only its token comes here.
    let asked_for = shop.order(1);
    let card = "type=card&card[number]=4000002760003184&card[exp_month]=12&card[exp_year]=2030&card[cvc]=123";
    let card = peer.form("/v1/payment_methods", card);
    let key = Client::new_key();
    let body = json!({"order_id": asked_for["id"], "gateway": "stripe", "token": card["id"]});
    let initiate =
        || shop.customer.post_with_key("/api/v1/payments/initiate", &key, &body).unwrap().expect(201).unwrap();
    let asked = initiate();
    assert_eq!((&asked["status"], &asked["action"]["kind"]), (&json!("requires_action"), &json!("client_secret")));
    assert_eq!(asked["action"]["publishable_key"], "pk_test_of_the_tests");
    assert_eq!(initiate()["action"], asked["action"], "who lost the answer is told again");
    assert_eq!(shop.payment(&asked)["action"], Value::Null, "told to who pays, when they pay");
    let consent = format!("client_secret={}&success=true", asked["action"]["client_secret"].as_str().unwrap());
    peer.form(&format!("/v1/payment_intents/{}/_authenticate", asked["reference"].as_str().unwrap()), &consent);
    let verified = shop.customer.post("/api/v1/payments/verify", &json!({"payment_id": asked["id"]})).unwrap();
    assert_eq!(verified.expect(200).unwrap()["status"], "completed");
    wait_for_status(&shop.customer, id(&asked_for), "confirmed");

    // Given back in two parts, and never more than came.
    for (part, sum) in [(1_000, 1_000), (500, 1_500)] {
        shop.step(&paid, "refund", &json!({"amount": part, "reason": "spilt"})).expect(202).unwrap();
        shop.until(&paid, "the part to go back", |payment| amount(&payment["refunded"]) == sum);
    }
    let left = total(&order) - 1_500;
    let beyond = shop.step(&paid, "refund", &json!({"amount": left + 1, "reason": "too much"})).expect(409).unwrap();
    assert_eq!(beyond["code"], "not_refundable");
    shop.step(&paid, "refund", &json!({"reason": "the rest"})).expect(202).unwrap();
    assert_eq!(shop.until_status(&paid, "refunded")["refunded"], paid["amount"]);
    let done =
        shop.chain.manager.get(&format!("/api/v1/payments/refunds?store_id={}&status=completed", shop.chain.store));
    assert_eq!(done.unwrap().expect(200).unwrap()["items"].as_array().unwrap().len(), 3);

    // What localstripe told of all that was believed, and moved nothing twice.
    eventually("the books to agree", super::MINUTE, || {
        let (books, came) = (shop.at_gateways(), total(&other) + total(&asked_for));
        if books == came { Ok(()) } else { Err(format!("{books}, not {came}")) }
    })
    .unwrap();
    let flagged = format!("/api/v1/payments?store_id={}&flagged=true", shop.chain.store);
    assert_eq!(shop.chain.manager.get(&flagged).unwrap().expect(200).unwrap()["items"], json!([]));
}

#[test]
fn what_is_held_is_taken_or_given_free() {
    if !wanted() {
        return;
    }
    let Some((_peer, shop)) = open("gateways-held") else { return };
    let held = |order: &Value| {
        let held = shop.initiate(order, &json!({"token": "pm_card_visa", "capture": "manual"})).expect(201).unwrap();
        assert_eq!((&held["status"], &held["authorised"]), (&json!("authorised"), &held["amount"]));
        assert_eq!(amount(&held["captured"]), 0);
        held
    };
    let (free, taken) = (shop.order(1), shop.order(1));
    let payment = held(&free);
    for _ in 0..2 {
        let voided = shop.step(&payment, "void", &json!({})).expect(200).unwrap();
        assert_eq!((&voided["status"], amount(&voided["captured"])), (&json!("cancelled"), 0), "and again");
    }
    assert_eq!(shop.step(&payment, "capture", &json!({})).expect(409).unwrap()["code"], "not_capturable");

    let payment = held(&taken);
    let too_much = json!({"amount": total(&taken) + 1});
    assert_eq!(shop.step(&payment, "capture", &too_much).expect(422).unwrap()["code"], "invalid_body");
    for _ in 0..2 {
        let captured = shop.step(&payment, "capture", &json!({})).expect(200).unwrap();
        assert_eq!(
            (&captured["status"], &captured["captured"]),
            (&json!("completed"), &payment["amount"]),
            "and again"
        );
    }
    wait_for_status(&shop.customer, id(&taken), "confirmed");
    assert_eq!(shop.at_gateways(), total(&taken));
    assert_eq!(shop.step(&payment, "void", &json!({})).expect(409).unwrap()["code"], "not_voidable");
    // The customer does none of that.
    let path = format!("/api/v1/payments/{}/capture", id(&payment));
    assert_eq!(shop.customer.post(&path, &json!({})).unwrap().status, 403);
}
