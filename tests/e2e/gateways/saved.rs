//! Methods that a customer keeps at Stripe, with localstripe as the peer: kept while paying, paid with, removed, forgotten with the account.

use super::local::LocalStripe;
use super::{Shop, stripe};
use crate::{wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Answer, Client, eventually};
use serde_json::{Value, json};

const METHODS: &str = "/api/v1/payments/methods";

/// Somebody who pays an order of theirs.
fn pay(shop: &Shop, who: &Client, more: &Value) -> (Value, Answer) {
    let order = who.post("/api/v1/orders", &shop.chain.order(&[golden_bubble(1)])).unwrap().expect(201).unwrap();
    let mut body = json!({"order_id": order["id"], "gateway": "stripe"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    (order, who.post("/api/v1/payments/initiate", &body).unwrap())
}

fn kept(who: &Client) -> Vec<Value> {
    who.get(METHODS).unwrap().expect(200).unwrap().as_array().unwrap().clone()
}

/// The methods and customers that the peer has.
fn at_peer(peer: &LocalStripe, path: &str) -> Answer {
    Client::new(&peer.url).with_header("authorization", "Bearer sk_test_of_the_tests").get(path).unwrap()
}

#[test]
fn a_customer_keeps_a_card_pays_with_it_and_is_forgotten() {
    if !wanted() {
        return;
    }
    let Some(peer) = LocalStripe::start() else { return };
    let shop = Shop::open("gateways-saved", &json!({"stripe": stripe(&peer.url)}));
    let (id, me) = shop.chain.regular().unwrap();
    assert!(kept(&me).is_empty());

    // Kept while paying: its owner knows it again, and no token is told.
    let (order, paid) = pay(&shop, &me, &json!({"token": "pm_card_visa", "save": true}));
    assert_eq!(paid.expect(201).unwrap()["status"], "completed");
    wait_for_status(&me, order["id"].as_str().unwrap(), "confirmed");
    let methods = kept(&me);
    let method = methods[0]["id"].clone();
    let expected = json!({"id": method, "gateway": "stripe", "brand": "visa", "last4": "4242", "expires_year": 2030, "expires_month": 12});
    assert_eq!(methods, [expected]);
    assert_eq!(kept(&me)[0]["id"], method, "the same id however often it is looked at");
    let customers = at_peer(&peer, "/v1/customers").expect(200).unwrap();
    assert_eq!(customers["data"].as_array().unwrap().len(), 1);
    assert_eq!(customers["data"][0]["metadata"]["kirana_user"], json!(id));
    let customer = customers["data"][0]["id"].as_str().unwrap();

    // Paid with, by its owner alone; a second one is kept by the same customer of Stripe's.
    let (order, paid) = pay(&shop, &me, &json!({"method_id": method}));
    assert_eq!(paid.expect(201).unwrap()["status"], "completed");
    wait_for_status(&me, order["id"].as_str().unwrap(), "confirmed");
    pay(&shop, &me, &json!({"token": "pm_card_visa", "save": true})).1.expect(201).unwrap();
    assert_eq!(kept(&me).len(), 2);
    assert_eq!(at_peer(&peer, "/v1/customers").body["data"].as_array().unwrap().len(), 1);
    let refused = |who: &Client, more: &Value, status: u16, code: &str| {
        let answer = pay(&shop, who, more).1;
        assert_eq!((answer.status, &answer.body["code"]), (status, &json!(code)), "{more}: {}", answer.text);
    };
    refused(&shop.customer, &json!({"method_id": method}), 422, "invalid_body");
    assert!(kept(&shop.customer).is_empty());
    let path = format!("{METHODS}/{}", method.as_str().unwrap());
    assert_eq!(shop.customer.send("DELETE", &path, None, None).unwrap().status, 404);

    // What does not go together; and who has no account beyond their session keeps nothing.
    refused(&me, &json!({"method_id": method, "token": "pm_card_visa"}), 422, "invalid_body");
    refused(&me, &json!({"method_id": method, "save": true}), 422, "invalid_body");
    refused(&me, &json!({"gateway": "sandbox", "token": "tok_success", "save": true}), 422, "invalid_body");
    refused(&me, &json!({"gateway": "sandbox", "method_id": method}), 422, "invalid_body");
    refused(&shop.customer, &json!({"token": "pm_card_visa", "save": true}), 403, "address_not_verified");
    let guest = json!({"email": "guest-who-saves@example.com", "name": "Nok"});
    let session = shop.chain.nobody.post("/api/v1/auth/guest", &guest).unwrap().expect(201).unwrap();
    let guest = shop.chain.nobody.with_token(session["access_token"].as_str().unwrap());
    refused(&guest, &json!({"token": "pm_card_visa", "save": true}), 403, "address_not_verified");

    // A copy of what is kept of somebody holds them.
    let copy = me.get(&format!("/api/v1/customers/{id}/export")).unwrap().expect(200).unwrap();
    assert_eq!(copy["data"]["payment_methods"].as_array().unwrap().len(), 2);

    // Removed here, and detached there.
    me.send("DELETE", &path, None, None).unwrap().expect(204).unwrap();
    assert_eq!(kept(&me).len(), 1);
    let attached = at_peer(&peer, &format!("/v1/payment_methods?customer={customer}&type=card")).expect(200).unwrap();
    assert_eq!(attached["data"].as_array().unwrap().len(), 1);
    refused(&me, &json!({"method_id": method}), 422, "invalid_body");
    assert_eq!(me.send("DELETE", &path, None, None).unwrap().status, 404, "once");

    // Forgotten with the account, at Stripe as well.
    me.send("DELETE", &format!("/api/v1/users/{id}"), None, None).unwrap().expect(204).unwrap();
    eventually("Stripe to have forgotten the customer", super::MINUTE, || {
        shop.tick();
        let left = at_peer(&peer, &format!("/v1/customers/{customer}"));
        if left.status == 404 { Ok(()) } else { Err(left.text) }
    })
    .unwrap();
}
