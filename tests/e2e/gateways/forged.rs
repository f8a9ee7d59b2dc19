//! The list of forged notices of S9 for Razorpay, D2I and PayPal, through the platform: nothing changes by any of them, and each is in the log
//! with why it was not believed. Stripe's: `notices.rs`.

use super::fake::{now, signature};
use super::others::peer;
use super::{MINUTE, Shop, amount};
use crate::{amend, wanted};
use hmac::{Hmac, Mac};
use kirana_tests::eventually;
use serde_json::{Value, json};
use sha2::Sha256;

/// What each gateway signs with, and what it signed with before the secret was replaced and taken out.
const HUSH: &str = "the notice secret of today";
const BEFORE: &str = "the notice secret of last year";

const NO_SIGNATURE: &str = "there is no signature that could be verified";
const BAD_SIGNATURE: &str = "the signature is not of these bytes with a secret of ours";
const STALE: &str = "it was signed more than five minutes from now";
const MODE: &str = "it is of the other mode: test or live";
const ACCOUNT: &str = "it is about another account";
const CERTIFICATE: &str = "expected a certificate of the gateway's own host that is valid now";
const MALFORMED: &str = "it is none of the documented shape, or longer than 256 kB";

type Headers = Vec<(&'static str, String)>;

/// A forged notice: what is wrong with it, how it comes, and why it is not believed.
struct Forged {
    name: &'static str,
    body: String,
    headers: Headers,
    why: &'static str,
}

fn hmac(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

fn with(value: &Value, name: &str, other: Value) -> String {
    let mut value = value.clone();
    value[name] = other;
    value.to_string()
}

fn tell(shop: &Shop, gateway: &str, body: &str, headers: &[(&'static str, String)]) -> u16 {
    let client = shop.chain.nobody.with_header("content-type", "application/json");
    let client = headers.iter().fold(client, |client, (name, value)| client.with_header(name, value));
    client.send("POST", &format!("/api/v1/webhooks/{gateway}"), Some(body), None).unwrap().status
}

/// Sends each, and sees it refused, logged, and without effect.
fn none_is_believed(shop: &Shop, gateway: &str, payment: &Value, forged: &[Forged]) {
    let stands = || {
        let now = shop.payment(payment);
        ["status", "captured", "flag"].map(|field| now[field].clone())
    };
    let before = stands();
    for one in forged {
        let logged = shop.unbelieved(gateway, Some(one.why));
        let status = if one.why == MALFORMED { 400 } else { 401 };
        assert_eq!(tell(shop, gateway, &one.body, &one.headers), status, "{gateway}: {}", one.name);
        eventually(&format!("{gateway}: {} in the log", one.name), MINUTE, || {
            let lines = shop.unbelieved(gateway, Some(one.why));
            if lines > logged { Ok(()) } else { Err(format!("{lines} lines")) }
        })
        .unwrap();
    }
    assert_eq!(stands(), before, "{gateway}");
}

/// A genuine notice of other money is noted, and changes nothing but the flag.
fn is_flagged(
    shop: &Shop,
    gateway: &str,
    payment: &Value,
    body: &Value,
    headers: &[(&'static str, String)],
    flag: &str,
) {
    assert_eq!(tell(shop, gateway, &body.to_string(), headers), 204, "{gateway}: {flag}");
    let after = shop.payment(payment);
    assert_eq!((&after["flag"], &after["status"]), (&json!(flag), &payment["status"]), "{gateway}: {after}");
    assert_eq!(after["captured"], nothing(payment), "{gateway}");
}

/// Nothing, in the payment's currency.
fn nothing(payment: &Value) -> Value {
    json!({"amount": 0, "currency": payment["amount"]["currency"]})
}

#[test]
fn nobody_speaks_for_razorpay() {
    if !wanted() {
        return;
    }
    let (url, _) = peer(|line, body, heard| {
        let number = 1 + heard.iter().filter(|(line, _)| line == "POST /v1/orders").count();
        (line == "POST /v1/orders").then(|| {
            json!({"id": format!("order_{number}"), "amount": body["amount"], "amount_paid": 0, "currency": body["currency"],
                "receipt": body["receipt"], "status": "created"})
        })
    });
    let account = json!({"base": url, "key_id": "rzp_test_1", "key_secret": "k", "webhook_secrets": [HUSH], "account": "acc_ours", "live": false});
    let shop = Shop::open("gateways-forged-razorpay", &json!({"razorpay": account}));
    let asked = || shop.initiate(&shop.order(1), &json!({"gateway": "razorpay"})).expect(201).unwrap();
    let paid = |payment: &Value, price: i64, currency: &str| {
        let order = &payment["action"]["order"];
        let entity = json!({"id": format!("pay_of_{}", order.as_str().unwrap()), "order_id": order, "amount": price, "currency": currency,
            "status": "captured", "created_at": 1, "notes": {"kirana_payment": payment["id"]}});
        json!({"event": "payment.captured", "account_id": "acc_ours", "payload": {"payment": {"entity": entity}}})
    };
    let signed = |body: &str, secret: &str| vec![("x-razorpay-signature", hmac(secret, body))];
    let payment = asked();
    let genuine = paid(&payment, amount(&payment["amount"]), "THB");
    let body = genuine.to_string();
    let of = |name, body: String, headers, why| Forged { name, body, headers, why };
    let foreign = with(&genuine, "account_id", json!("acc_theirs"));
    let forged = [
        of("no signature", body.clone(), Vec::new(), NO_SIGNATURE),
        of("another secret", body.clone(), signed(&body, "another"), BAD_SIGNATURE),
        of("a secret that was taken out", body.clone(), signed(&body, BEFORE), BAD_SIGNATURE),
        of("changed on its way", body.replace("captured", "captureD"), signed(&body, HUSH), BAD_SIGNATURE),
        of("written anew", format!("{body} "), signed(&body, HUSH), BAD_SIGNATURE),
        of("an empty signature", body.clone(), vec![("x-razorpay-signature", String::new())], BAD_SIGNATURE),
        of("of another account", foreign.clone(), signed(&foreign, HUSH), ACCOUNT),
        of("no notice", "[]".into(), signed("[]", HUSH), MALFORMED),
    ];
    none_is_believed(&shop, "razorpay", &payment, &forged);
    for (more, currency, flag) in [(1, "THB", "amount_mismatch"), (0, "INR", "currency_mismatch")] {
        let payment = asked();
        let wrong = paid(&payment, amount(&payment["amount"]) + more, currency);
        is_flagged(&shop, "razorpay", &payment, &wrong, &signed(&wrong.to_string(), HUSH), flag);
    }
    assert_eq!(tell(&shop, "razorpay", &body, &signed(&body, HUSH)), 204);
    assert_eq!(shop.payment(&payment)["status"], "completed");
}

#[test]
fn nobody_speaks_for_d2i() {
    if !wanted() {
        return;
    }
    let (url, _) = peer(|line, body, heard| {
        let number = 1 + heard.iter().filter(|(line, _)| line == "POST /payments").count();
        (line == "POST /payments").then(|| {
            json!({"id": format!("d_{number}"), "reference": body["reference"], "amount": body["amount"], "status": "created",
                "redirect_url": "https://d2i.example/pay"})
        })
    });
    let account = json!({"base": url, "merchant": "kirana", "key": "k", "notice_secrets": [HUSH], "live": false});
    let shop = Shop::open("gateways-forged-d2i", &json!({"d2i": account}));
    let back = json!({"gateway": "d2i", "return_url": "https://shop.example/back"});
    let asked = || shop.initiate(&shop.order(1), &back).expect(201).unwrap();
    let paid = |payment: &Value, price: i64, currency: &str| {
        let thing = json!({"id": payment["reference"], "reference": payment["id"], "amount": {"amount": price, "currency": currency}, "status": "paid"});
        json!({"id": format!("n_{}_{price}{currency}", payment["id"].as_str().unwrap()), "merchant": "kirana", "live": false, "payment": thing})
    };
    let at = |body: &str, secret: &str, time: u64| vec![("d2i-signature", signature(body, secret, time))];
    let signed = |body: &str, secret: &str| at(body, secret, now());
    let payment = asked();
    let genuine = paid(&payment, amount(&payment["amount"]), "THB");
    let body = genuine.to_string();
    let of = |name, body: String, headers, why| Forged { name, body, headers, why };
    let (live, foreign) = (with(&genuine, "live", json!(true)), with(&genuine, "merchant", json!("theirs")));
    let old_scheme = signature(&body, HUSH, now()).replace("v1=", "v0=");
    let forged = [
        of("no signature", body.clone(), Vec::new(), NO_SIGNATURE),
        of("another secret", body.clone(), signed(&body, "another"), BAD_SIGNATURE),
        of("a secret that was taken out", body.clone(), signed(&body, BEFORE), BAD_SIGNATURE),
        of("changed on its way", body.replace("paid", "paiD"), signed(&body, HUSH), BAD_SIGNATURE),
        of("written anew", format!("{body} "), signed(&body, HUSH), BAD_SIGNATURE),
        of("too old", body.clone(), at(&body, HUSH, now() - 302), STALE),
        of("ahead of time", body.clone(), at(&body, HUSH, now() + 330), STALE),
        of("the old scheme only", body.clone(), vec![("d2i-signature", old_scheme)], NO_SIGNATURE),
        of("of the other mode", live.clone(), signed(&live, HUSH), MODE),
        of("of another account", foreign.clone(), signed(&foreign, HUSH), ACCOUNT),
        of("no notice", "[]".into(), signed("[]", HUSH), MALFORMED),
    ];
    none_is_believed(&shop, "d2i", &payment, &forged);
    for (more, currency, flag) in [(1, "THB", "amount_mismatch"), (0, "INR", "currency_mismatch")] {
        let payment = asked();
        let wrong = paid(&payment, amount(&payment["amount"]) + more, currency);
        is_flagged(&shop, "d2i", &payment, &wrong, &signed(&wrong.to_string(), HUSH), flag);
    }
    assert_eq!(tell(&shop, "d2i", &body, &signed(&body, HUSH)), 204);
    assert_eq!(shop.payment(&payment)["status"], "completed");
}

#[test]
fn nobody_speaks_for_paypal() {
    if !wanted() {
        return;
    }
    let (url, heard) = peer(|line, body, heard| match line {
        "POST /v1/oauth2/token" => Some(json!({"access_token": "a-token-of-the-tests", "expires_in": 3_600})),
        "POST /v2/checkout/orders" => {
            let number = 1 + heard.iter().filter(|(line, _)| line == "POST /v2/checkout/orders").count();
            Some(
                json!({"id": format!("ORDER{number}"), "status": "PAYER_ACTION_REQUIRED", "purchase_units": [body["purchase_units"][0]],
                "links": [{"rel": "payer-action", "href": "https://www.paypal.example/pay"}]}),
            )
        }
        // It knows its own notices by their bytes and the webhook that they were for.
        "POST /v1/notifications/verify-webhook-signature" => {
            let ours = body["webhook_id"] == "WH1"
                && body["transmission_sig"] == hmac(HUSH, &body["webhook_event"].to_string());
            Some(json!({"verification_status": if ours { "SUCCESS" } else { "FAILURE" }}))
        }
        _ => None,
    });
    let account = json!({"base": url, "client_id": "c", "client_secret": "s", "webhook_id": "WH1", "live": false});
    let shop = Shop::open("gateways-forged-paypal", &json!({"paypal": account}));
    let back = json!({"gateway": "paypal", "return_url": "https://shop.example/back"});
    let asked = || shop.initiate(&shop.order(1), &back).expect(201).unwrap();
    let paid = |payment: &Value, price: i64, currency: &str| {
        let (order, id) = (payment["reference"].as_str().unwrap(), payment["id"].as_str().unwrap());
        let money = json!({"currency_code": currency, "value": format!("{}.{:02}", price / 100, price % 100)});
        json!({"id": format!("WH-{id}-{price}{currency}"), "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": {"id": format!("CAPTURE-{order}"),
            "amount": money, "custom_id": id, "supplementary_data": {"related_ids": {"order_id": order}}}})
    };
    let headers = |sign: String, host: &str, algorithm: &str| {
        vec![
            ("paypal-transmission-id", "t-1".to_owned()),
            ("paypal-transmission-time", amend::rfc3339(now())),
            ("paypal-transmission-sig", sign),
            ("paypal-auth-algo", algorithm.to_owned()),
            ("paypal-cert-url", format!("https://{host}/v1/notifications/certs/CERT-1")),
        ]
    };
    let (theirs, rsa) = ("api.sandbox.paypal.com", "SHA256withRSA");
    let signed = |body: &str, secret: &str| headers(hmac(secret, body), theirs, rsa);
    let payment = asked();
    let genuine = paid(&payment, amount(&payment["amount"]), "THB");
    let body = genuine.to_string();
    let of = |name, body: String, headers, why| Forged { name, body, headers, why };
    let unsigned: Headers =
        signed(&body, HUSH).into_iter().filter(|(name, _)| *name != "paypal-transmission-sig").collect();
    let mine = hmac(HUSH, &body);
    let forged = [
        of("no signature", body.clone(), unsigned, NO_SIGNATURE),
        of("no headers", body.clone(), Vec::new(), NO_SIGNATURE),
        of("another secret", body.clone(), signed(&body, "another"), BAD_SIGNATURE),
        of("changed on its way", body.replace("COMPLETED", "DENIED"), signed(&body, HUSH), BAD_SIGNATURE),
        of("the attacker's certificate", body.clone(), headers(mine.clone(), "attacker.example", rsa), CERTIFICATE),
        of(
            "a host that only ends so",
            body.clone(),
            headers(mine.clone(), "apisandbox.paypal.com.attacker.example", rsa),
            CERTIFICATE,
        ),
        of("of the other mode", body.clone(), headers(mine.clone(), "api.paypal.com", rsa), MODE),
        of("the old scheme", body.clone(), headers(mine, theirs, "SHA1withRSA"), NO_SIGNATURE),
        of("no notice", "[]".into(), signed("[]", HUSH), MALFORMED),
    ];
    none_is_believed(&shop, "paypal", &payment, &forged);
    let questions = |line: &str| heard.lock().unwrap().iter().filter(|(found, _)| found.ends_with(line)).count();
    assert_eq!(
        questions("verify-webhook-signature"),
        2,
        "PayPal is asked about what could be its own, and nothing else"
    );
    for (more, currency, flag) in [(1, "THB", "amount_mismatch"), (0, "USD", "currency_mismatch")] {
        let payment = asked();
        let wrong = paid(&payment, amount(&payment["amount"]) + more, currency);
        is_flagged(&shop, "paypal", &payment, &wrong, &signed(&wrong.to_string(), HUSH), flag);
    }
    assert_eq!(tell(&shop, "paypal", &body, &signed(&body, HUSH)), 204);
    assert_eq!(shop.payment(&payment)["status"], "completed");
}
