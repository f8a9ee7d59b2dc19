//! PayPal, Razorpay and D2I by peers of the tests that say just what one payment needs; cash; a deployment without a sandbox.

use super::fake::{now, signature};
use super::reported::{self, Moved, find_what_is_wrong};
use super::{Shop, amount};
use crate::{wait_for_status, wanted};
use hmac::{Hmac, Mac};
use kirana_tests::eventually;
use serde_json::{Value, json};
use sha2::Sha256;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a peer heard: `METHOD path` and the body.
pub type Heard = (String, Value);

/// A peer that answers by a rule, and what it heard.
pub fn peer(
    rule: impl Fn(&str, &Value, &[Heard]) -> Option<Value> + Send + 'static,
) -> (String, Arc<Mutex<Vec<Heard>>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let heard = Arc::<Mutex<Vec<Heard>>>::default();
    let shared = Arc::clone(&heard);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let mut stream = BufReader::new(stream);
            let (mut line, mut length) = (String::new(), 0);
            if stream.read_line(&mut line).is_err() {
                continue;
            }
            loop {
                let mut header = String::new();
                stream.read_line(&mut header).ok();
                let Some((name, value)) = header.trim().split_once(':') else { break };
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.trim().parse().unwrap_or(0);
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).ok();
            let line = line.trim().trim_end_matches(" HTTP/1.1").to_owned();
            let body: Value = serde_json::from_slice(&body).unwrap_or_default();
            let answer = rule(&line, &body, &shared.lock().unwrap());
            shared.lock().unwrap().push((line, body));
            let (status, answer) = answer.map_or((404, json!({})), |answer| (200, answer));
            let answer = answer.to_string();
            let length = answer.len();
            write!(
                stream.get_mut(),
                "HTTP/1.1 {status} Of The Tests\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{answer}"
            )
            .ok();
        }
    });
    (url, heard)
}

fn count_of(heard: &[Heard], line: &str) -> usize {
    heard.iter().filter(|(found, _)| found == line).count()
}

fn count(heard: &Mutex<Vec<Heard>>, line: &str) -> usize {
    count_of(&heard.lock().unwrap(), line)
}

/// Gives a part back and then the rest: each is asked of the gateway once, with its amount, and no more than was taken goes back.
fn given_back_in_parts(
    shop: &Shop,
    paid: &Value,
    heard: &Mutex<Vec<Heard>>,
    line: &str,
    asked: impl Fn(&Value) -> Option<i64>,
) {
    let whole = amount(&paid["captured"]);
    let at_gateways = shop.at_gateways();
    for (part, back) in [(300, 300), (whole - 300, whole)] {
        shop.step(paid, "refund", &json!({"amount": part, "reason": "cold"})).expect(202).unwrap();
        shop.until(paid, "the part to go back", |payment| amount(&payment["refunded"]) == back);
    }
    assert_eq!(shop.until_status(paid, "refunded")["flag"], Value::Null);
    let refused = shop.step(paid, "refund", &json!({"amount": 1, "reason": "cold"}));
    assert_eq!((refused.status, &refused.body["code"]), (409, &json!("not_refundable")), "{}", refused.text);
    let heard = heard.lock().unwrap();
    let amounts: Vec<_> = heard.iter().filter(|(found, _)| found == line).map(|(_, body)| asked(body)).collect();
    assert_eq!(amounts, [Some(300), Some(whole - 300)]);
    assert_eq!(shop.at_gateways(), at_gateways - whole);
}

fn verify(shop: &Shop, body: &Value) -> Value {
    shop.customer.post("/api/v1/payments/verify", body).unwrap().expect(200).unwrap()
}

#[test]
fn paypal_takes_the_money_after_consent_and_is_asked_whether_it_said_so() {
    if !wanted() {
        return;
    }
    let (url, heard) = peer(|line, body, heard| {
        let order = heard.iter().find(|(line, _)| line == "POST /v2/checkout/orders");
        let unit = |body: &Value| body["purchase_units"][0].clone();
        let capture = |order: &Heard| {
            let unit = unit(&order.1);
            json!({"id": "ORDER1", "status": "COMPLETED", "purchase_units": [{"custom_id": unit["custom_id"], "amount": unit["amount"],
                "payments": {"captures": [{"id": "CAPTURE1", "status": "COMPLETED", "amount": unit["amount"], "custom_id": unit["custom_id"]}]}}]})
        };
        match line {
            "POST /v1/oauth2/token" => Some(json!({"access_token": "a-token-of-the-tests", "expires_in": 3_600})),
            "POST /v2/checkout/orders" => {
                Some(json!({"id": "ORDER1", "status": "PAYER_ACTION_REQUIRED", "purchase_units": [unit(body)],
                "links": [{"rel": "payer-action", "href": "https://www.paypal.example/pay?token=ORDER1"}]}))
            }
            "GET /v2/checkout/orders/ORDER1" => {
                Some(json!({"id": "ORDER1", "status": "APPROVED", "purchase_units": [unit(&order?.1)]}))
            }
            "POST /v2/checkout/orders/ORDER1/capture" => order.map(capture),
            "POST /v1/notifications/verify-webhook-signature" => {
                let genuine = body["transmission_id"] == "genuine";
                Some(json!({"verification_status": if genuine { "SUCCESS" } else { "FAILURE" }}))
            }
            "POST /v2/payments/captures/CAPTURE1/refund" => Some(
                json!({"id": "REFUND1", "status": "COMPLETED", "amount": body["amount"], "custom_id": body["custom_id"]}),
            ),
            _ => None,
        }
    });
    let account = json!({"base": url, "client_id": "c", "client_secret": "s", "webhook_id": "WH1", "live": false});
    let shop = Shop::open("gateways-paypal", &json!({"paypal": account}));
    let order = shop.order(1);
    let back = json!({"gateway": "paypal", "return_url": "https://shop.example/back"});
    let missing = shop.initiate(&order, &json!({"gateway": "paypal"})).expect(422).unwrap();
    assert_eq!(missing["code"], "not_possible");
    let asked = shop.initiate(&order, &back).expect(201).unwrap();
    assert_eq!(asked["status"], "requires_action");
    assert_eq!(asked["action"], json!({"kind": "redirect", "url": "https://www.paypal.example/pay?token=ORDER1"}));
    let paid = verify(&shop, &json!({"payment_id": asked["id"]}));
    assert_eq!((&paid["status"], &paid["captured"]), (&json!("completed"), &paid["amount"]));
    wait_for_status(&shop.customer, order["id"].as_str().unwrap(), "confirmed");

    // Its notice of the same: believed when PayPal says that it was PayPal, and then it changes nothing.
    let (_, created) =
        heard.lock().unwrap().iter().find(|(line, _)| line == "POST /v2/checkout/orders").unwrap().clone();
    let money = created["purchase_units"][0]["amount"].clone();
    let notice = json!({"id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": {"id": "CAPTURE1", "amount": money,
        "custom_id": asked["id"], "supplementary_data": {"related_ids": {"order_id": "ORDER1"}}}});
    let tell = |transmission: &str, host: &str| {
        let certificate = format!("https://{host}/v1/notifications/certs/CERT-1");
        let time = crate::amend::rfc3339(now());
        let headers = [
            ("paypal-transmission-id", transmission),
            ("paypal-transmission-time", time.as_str()),
            ("paypal-transmission-sig", "c2lnbmF0dXJl"),
            ("paypal-auth-algo", "SHA256withRSA"),
            ("paypal-cert-url", certificate.as_str()),
        ];
        let client = headers
            .into_iter()
            .fold(shop.chain.nobody.clone(), |client, (name, value)| client.with_header(name, value));
        client.post("/api/v1/webhooks/paypal", &notice).unwrap().status
    };
    assert_eq!(tell("forged", "api.sandbox.paypal.com"), 401);
    assert_eq!(tell("genuine", "attacker.example"), 401);
    for _ in 0..2 {
        assert_eq!(tell("genuine", "api.sandbox.paypal.com"), 204);
    }
    shop.step(&paid, "refund", &json!({"amount": 300, "reason": "cold"})).expect(202).unwrap();
    shop.until(&paid, "the part to go back", |payment| amount(&payment["refunded"]) == 300);
    assert_eq!(count(&heard, "POST /v2/checkout/orders/ORDER1/capture"), 1);
    assert_eq!(count(&heard, "POST /v1/oauth2/token"), 1, "one token for all of it");
    assert_eq!(shop.payment(&paid)["flag"], Value::Null);

    let mut moved = vec![Moved::payment("CAPTURE1", &paid)];
    moved.extend(Moved::refunds(&shop, "REFUND", "CAPTURE1"));
    find_what_is_wrong(&shop, "paypal", reported::paypal, &moved);
}

#[test]
fn razorpays_checkout_signs_what_it_hands_back() {
    if !wanted() {
        return;
    }
    let (url, heard) = peer(|line, body, heard| {
        let order = heard.iter().find(|(line, _)| line == "POST /v1/orders").map(|(_, order)| order);
        match line {
            "POST /v1/orders" => {
                Some(json!({"id": "order_1", "amount": body["amount"], "amount_paid": 0, "currency": body["currency"],
                "receipt": body["receipt"], "status": "created"}))
            }
            // Its key is in a header that only says so: what was given back before is found by the receipt.
            "POST /v1/payments/pay_1/refund" => {
                Some(json!({"id": format!("rfnd_{}", count_of(heard, line) + 1), "payment_id": "pay_1",
                "amount": body["amount"], "currency": order?["currency"], "receipt": body["receipt"], "notes": body["notes"],
                "status": "processed"}))
            }
            "GET /v1/payments/pay_1" => Some(json!({"id": "pay_1", "order_id": "order_1", "amount": order?["amount"],
                "currency": order?["currency"], "status": "captured", "created_at": 1, "notes": order?["notes"]})),
            _ => None,
        }
    });
    let account =
        json!({"base": url, "key_id": "rzp_test_1", "key_secret": "hush", "webhook_secrets": ["w"], "live": false});
    let shop = Shop::open("gateways-razorpay", &json!({"razorpay": account}));
    let order = shop.order(1);
    let asked = shop.initiate(&order, &json!({"gateway": "razorpay"})).expect(201).unwrap();
    assert_eq!(asked["action"], json!({"kind": "checkout", "order": "order_1", "key_id": "rzp_test_1"}));
    let mut mac = Hmac::<Sha256>::new_from_slice(b"hush").unwrap();
    mac.update(b"order_1|pay_1");
    let signed = hex::encode(mac.finalize().into_bytes());
    let back = |payment: &str, signature: &str| json!({"payment_id": asked["id"], "razorpay_order_id": "order_1", "razorpay_payment_id": payment, "razorpay_signature": signature});
    for forged in [back("pay_2", &signed), back("pay_1", &signed.replace('0', "1"))] {
        let refused = shop.customer.post("/api/v1/payments/verify", &forged).unwrap().expect(422).unwrap();
        assert_eq!(refused["code"], "bad_signature");
    }
    let held = shop.step(&asked, "void", &json!({})).expect(409).unwrap();
    assert_eq!(held["code"], "not_possible", "{held}");
    let paid = verify(&shop, &back("pay_1", &signed));
    assert_eq!((&paid["status"], &paid["captured"]), (&json!("completed"), &paid["amount"]));
    wait_for_status(&shop.customer, order["id"].as_str().unwrap(), "confirmed");
    given_back_in_parts(&shop, &paid, &heard, "POST /v1/payments/pay_1/refund", |body| body["amount"].as_i64());

    let mut moved = vec![Moved::payment("pay_1", &paid)];
    moved.extend(Moved::refunds(&shop, "rfnd_", "pay_1"));
    find_what_is_wrong(&shop, "razorpay", reported::razorpay, &moved);
}

#[test]
fn a_page_of_d2i_takes_the_money_and_its_notice_says_so() {
    if !wanted() {
        return;
    }
    let (url, heard) = peer(|line, body, _| match line {
        // Refunds are asked for by our reference of the payment, and known by our reference of the refund.
        _ if line.starts_with("POST /payments/") && line.ends_with("/refunds") => {
            let id = body["reference"].as_str().unwrap_or_default();
            Some(json!({"id": format!("r_{id}"), "reference": id, "amount": body["amount"], "status": "paid"}))
        }
        "POST /payments" => {
            Some(json!({"id": "d_1", "reference": body["reference"], "amount": body["amount"], "status": "created",
            "redirect_url": "https://d2i.example/pay/d_1"}))
        }
        _ => None,
    });
    let account = json!({"base": url, "merchant": "kirana", "key": "k", "notice_secrets": ["hush"], "live": false});
    let swish = json!({"base": url, "payee": "1231181189", "live": false});
    let shop = Shop::open(
        "gateways-d2i",
        &json!({"d2i": account, "swish": swish, "sandbox": false, "cash_on_delivery": true}),
    );
    let order = shop.order(1);
    let asked = shop
        .initiate(&order, &json!({"gateway": "d2i", "return_url": "https://shop.example/back"}))
        .expect(201)
        .unwrap();
    assert_eq!(asked["action"], json!({"kind": "redirect", "url": "https://d2i.example/pay/d_1"}));
    let notice = json!({"id": "n_1", "merchant": "kirana", "live": false,
        "payment": {"id": "d_1", "reference": asked["id"], "amount": asked["amount"], "status": "paid"}});
    let tell = |secret: &str| {
        let body = notice.to_string();
        let signed = signature(&body, secret, now());
        let nobody =
            shop.chain.nobody.with_header("d2i-signature", &signed).with_header("content-type", "application/json");
        nobody.send("POST", "/api/v1/webhooks/d2i", Some(&body), None).unwrap().status
    };
    assert_eq!((tell("forged"), tell("hush"), tell("hush")), (401, 204, 204));
    assert_eq!(shop.payment(&asked)["status"], "completed");
    wait_for_status(&shop.customer, order["id"].as_str().unwrap(), "confirmed");

    let line = format!("POST /payments/{}/refunds", asked["id"].as_str().unwrap());
    let paid = shop.payment(&asked);
    given_back_in_parts(&shop, &paid, &heard, &line, |body| body["amount"]["amount"].as_i64());

    // Swish takes kronor only; the sandbox was switched off; where the browser comes back to is an address in the world.
    let order = shop.order(1);
    for (body, code) in [
        (json!({"gateway": "swish"}), "not_possible"),
        (json!({"gateway": "sandbox", "token": "tok_success"}), "invalid_body"),
        (json!({"gateway": "stripe", "token": "pm_card_visa"}), "invalid_body"),
        (json!({"gateway": "d2i", "return_url": "https://10.0.0.1/"}), "invalid_body"),
        (json!({"gateway": "d2i", "return_url": "javascript:alert(1)"}), "invalid_body"),
        (json!({"gateway": "d2i", "capture": "manual", "return_url": "https://shop.example/"}), "not_possible"),
    ] {
        assert_eq!(shop.initiate(&order, &body).expect(422).unwrap()["code"], code, "{body}");
    }
    assert_eq!(crate::deadline::webhook(&shop.chain.nobody, &json!({}), kirana_tests::platform::SECRET), 404);
    // What nobody signed, and nobody knows where to send it.
    let hint = json!({"id": "0199F6A17A107C3E9F025D2A6C1B8E44", "status": "PAID", "payeeAlias": "1231181189", "amount": 1, "currency": "SEK"});
    assert_eq!(shop.chain.nobody.post("/api/v1/webhooks/swish", &hint).unwrap().status, 404);

    // Cash: the order is confirmed by the promise of it, and the payment pending until somebody of the store says that it is there.
    let cash = shop.initiate(&order, &json!({"gateway": "cash_on_delivery"})).expect(201).unwrap();
    assert_eq!((&cash["status"], &cash["reference"]), (&json!("pending"), &Value::Null));
    let id = order["id"].as_str().unwrap();
    wait_for_status(&shop.customer, id, "confirmed");
    let read = || shop.customer.get(&format!("/api/v1/orders/{id}")).unwrap().expect(200).unwrap()["payment"].clone();
    let promised = json!({"payment_id": cash["id"], "amount": cash["amount"]});
    assert_eq!((&read()["promised"], &read()["paid"]["amount"]), (&promised, &json!(0)));
    let path = format!("/api/v1/payments/{}/collected", cash["id"].as_str().unwrap());
    assert_eq!(shop.customer.post(&path, &json!({})).unwrap().status, 403);
    for _ in 0..2 {
        let collected = shop.chain.staff.post(&path, &json!({})).unwrap().expect(200).unwrap();
        assert_eq!((&collected["status"], &collected["captured"]), (&json!("completed"), &cash["amount"]), "once");
    }
    let paid = || match read() {
        payment if payment["paid"] == cash["amount"] && payment["promised"].is_null() => Ok(()),
        payment => Err(payment.to_string()),
    };
    eventually("the cash to be known", Duration::from_secs(60), paid).unwrap();

    // Called off before anybody collected: the promise ends, and nothing is owed.
    let order = shop.order(1);
    let id = order["id"].as_str().unwrap();
    let open = shop.initiate(&order, &json!({"gateway": "cash_on_delivery"})).expect(201).unwrap();
    wait_for_status(&shop.customer, id, "confirmed");
    shop.customer.post(&format!("/api/v1/orders/{id}/cancel"), &json!({})).unwrap().expect(200).unwrap();
    let ended = || match shop.payment(&open) {
        payment if payment["status"] == "cancelled" => Ok(()),
        payment => Err(payment.to_string()),
    };
    eventually("the promise to end", Duration::from_secs(180), ended).unwrap();
    // The cash is in the drawer: who works in the store took it. What D2I took has gone back.
    assert_eq!(shop.at_gateways(), 0);
    assert_eq!(shop.step(&asked, "collected", &json!({})).expect(409).unwrap()["code"], "not_collectable");
}
