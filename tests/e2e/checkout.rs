//! Ordering without an account, and an order with its payment in one call.

use crate::{apart, wait_for_status, wanted};
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Client};
use serde_json::{Value, json};

/// Somebody who orders without an account.
fn guest(chain: &Chain, name: &str) -> (Client, Value) {
    let body = json!({"email": "passing@example.com", "name": name});
    let session = chain.nobody.post("/api/v1/auth/guest", &body).unwrap().expect(201).unwrap();
    (chain.nobody.with_token(session["access_token"].as_str().unwrap()), session)
}

fn at_once(chain: &Chain, gateway: &str, token: &str) -> Value {
    json!({"order": chain.order(&[golden_bubble(1)]), "payment": {"gateway": gateway, "token": token}})
}

#[test]
fn a_guest_orders_and_pays_with_one_call_and_once() {
    if !wanted() {
        return;
    }
    let chain = apart(3);
    let (mali, session) = guest(&chain, "Mali");
    assert_eq!((&session["user"]["roles"], &session["user"]["email_verified"]), (&json!(["customer"]), &json!(false)));
    let body = at_once(&chain, "sandbox", "tok_success");
    let key = Client::new_key();
    let bought = mali.post_with_key("/api/v1/checkout", &key, &body).unwrap().expect(201).unwrap();
    let id = bought["order"]["id"].as_str().unwrap();
    assert_eq!((&bought["payment"]["order_id"], &bought["payment_problem"]), (&bought["order"]["id"], &Value::Null));
    wait_for_status(&mali, id, "confirmed");
    // Who heard no answer asks again, and has one order and one payment.
    let again = mali.post_with_key("/api/v1/checkout", &key, &body).unwrap().expect(201).unwrap();
    assert_eq!((&again["order"]["id"], &again["payment"]["id"]), (&bought["order"]["id"], &bought["payment"]["id"]));
    let another = at_once(&chain, "sandbox", "tok_declined");
    let reused = mali.post_with_key("/api/v1/checkout", &key, &another).unwrap();
    assert_eq!((reused.status, &reused.body["code"]), (422, &json!("idempotency_key_reused")));
    assert_eq!(chain.stock("cup").unwrap(), (3, 2), "one is held");
    // The receipt is a guest's own, and nobody else's.
    mali.get(&format!("/api/v1/orders/{id}/receipt")).unwrap().expect(200).unwrap();
    let (other, _) = guest(&chain, "Somchai");
    assert_eq!(other.get(&format!("/api/v1/orders/{id}")).unwrap().status, 404);
    assert_eq!(other.get("/api/v1/orders").unwrap().expect(200).unwrap()["items"], json!([]));
    for password in ["", "!", "correct horse battery"] {
        let login = json!({"email": "passing@example.com", "password": password});
        assert_eq!(chain.nobody.post("/api/v1/auth/login", &login).unwrap().status, 401, "{password}");
    }

    // What cannot be paid so stands until its deadline, and says why; what cannot be ordered is not paid.
    let stands = other.post("/api/v1/checkout", &at_once(&chain, "abacus", "beads")).unwrap().expect(201).unwrap();
    assert_eq!((&stands["order"]["status"], &stands["payment"]), (&json!("placed"), &Value::Null));
    assert_eq!(stands["payment_problem"]["code"], "invalid_body");
    let pay = json!({"order_id": stands["order"]["id"], "gateway": "sandbox", "token": "tok_success"});
    other.post("/api/v1/payments/initiate", &pay).unwrap().expect(201).unwrap();
    wait_for_status(&other, stands["order"]["id"].as_str().unwrap(), "confirmed");
    let mut greedy = at_once(&chain, "sandbox", "tok_success");
    greedy["order"]["lines"] = json!([golden_bubble(2)]);
    assert_eq!(other.post("/api/v1/checkout", &greedy).unwrap().body["code"], "out_of_stock");
    for wrong in [json!({}), json!({"order": {}, "payment": {}}), json!({"order": chain.order(&[golden_bubble(1)])})] {
        assert_eq!(other.post("/api/v1/checkout", &wrong).unwrap().status, 422, "{wrong}");
    }
    for wrong in [json!({"email": "nowhere", "name": "Mali"}), json!({"email": "a@example.com", "name": " "})] {
        assert_eq!(chain.nobody.post("/api/v1/auth/guest", &wrong).unwrap().status, 422, "{wrong}");
    }
}
