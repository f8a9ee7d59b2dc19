//! The list of forged notices of S9 for each gateway, through the platform: nothing changes by any of them, and each is in the log with why it
//! was not believed. Without the guard that stops it, each is believed: `guards.rs`.

use super::fake::{SECRET, intent, notice, now, signature};
use super::others::{Heard, peer};
use super::{MINUTE, Shop, amount};
use crate::{amend, wanted};
use hmac::{Hmac, Mac};
use kirana_tests::eventually;
use serde_json::{Value, json};
use sha2::Sha256;
use std::sync::{Arc, Mutex};

/// What each gateway but Stripe signs with, and what it signed with before the secret was replaced and taken out.
const HUSH: &str = "the notice secret of today";
const BEFORE: &str = "the notice secret of last year";

pub const NO_SIGNATURE: &str = "there is no signature that could be verified";
pub const BAD_SIGNATURE: &str = "the signature is not of these bytes with a secret of ours";
pub const STALE: &str = "it was signed more than five minutes from now";
pub const MODE: &str = "it is of the other mode: test or live";
pub const ACCOUNT: &str = "it is about another account";
pub const CERTIFICATE: &str = "expected a certificate of the gateway's own host that is valid now";
const MALFORMED: &str = "it is none of the documented shape, or longer than 256 kB";

pub type Headers = Vec<(&'static str, String)>;

/// A forged notice: what is wrong with it, how it comes, and why it is not believed.
pub struct Forged {
    pub name: &'static str,
    pub body: String,
    pub headers: Headers,
    pub why: &'static str,
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

pub fn tell(shop: &Shop, gateway: &str, body: &str, headers: &[(&'static str, String)]) -> u16 {
    let client = shop.chain.nobody.with_header("content-type", "application/json");
    let client = headers.iter().fold(client, |client, (name, value)| client.with_header(name, value));
    client.send("POST", &format!("/api/v1/webhooks/{gateway}"), Some(body), None).unwrap().status
}

/// A gateway that asks for no more than that its customers consent, and numbers what it is asked for: its account with us, and what it hears.
pub fn account(gateway: &str) -> (Value, Arc<Mutex<Vec<Heard>>>) {
    let count = |heard: &[Heard], line: &str| 1 + heard.iter().filter(|(found, _)| found == line).count();
    let (url, heard) = peer(move |line, body, heard| match line {
        "POST /v1/orders" => {
            Some(json!({"id": format!("order_{}", count(heard, line)), "amount": body["amount"], "amount_paid": 0,
            "currency": body["currency"], "receipt": body["receipt"], "status": "created"}))
        }
        "POST /payments" => Some(json!({"id": format!("d_{}", count(heard, line)), "reference": body["reference"],
            "amount": body["amount"], "status": "created", "redirect_url": "https://d2i.example/pay"})),
        "POST /v1/oauth2/token" => Some(json!({"access_token": "a-token-of-the-tests", "expires_in": 3_600})),
        "POST /v2/checkout/orders" => Some(
            json!({"id": format!("ORDER{}", count(heard, line)), "status": "PAYER_ACTION_REQUIRED", "purchase_units": [body["purchase_units"][0]],
            "links": [{"rel": "payer-action", "href": "https://www.paypal.example/pay"}]}),
        ),
        // It knows its own notices by their bytes and the webhook that they were for.
        "POST /v1/notifications/verify-webhook-signature" => {
            let ours = body["webhook_id"] == "WH1"
                && body["transmission_sig"] == hmac(HUSH, &body["webhook_event"].to_string());
            Some(json!({"verification_status": if ours { "SUCCESS" } else { "FAILURE" }}))
        }
        _ => None,
    });
    let account = match gateway {
        "razorpay" => {
            json!({"base": url, "key_id": "rzp_test_1", "key_secret": "k", "webhook_secrets": [HUSH], "account": "acc_ours", "live": false})
        }
        "d2i" => json!({"base": url, "merchant": "kirana", "key": "k", "notice_secrets": [HUSH], "live": false}),
        _ => json!({"base": url, "client_id": "c", "client_secret": "s", "webhook_id": "WH1", "live": false}),
    };
    (account, heard)
}

/// A payment that waits for its customer.
pub fn asked(shop: &Shop, gateway: &str) -> Value {
    let more = match gateway {
        "stripe" => json!({"token": "pm_pending"}),
        _ => json!({"gateway": gateway, "return_url": "https://shop.example/back"}),
    };
    shop.initiate(&shop.order(1), &more).expect(201).unwrap()
}

/// What its gateway tells of a payment that came: so much more than was asked for, in this currency.
pub fn paid(gateway: &str, payment: &Value, more: i64, currency: &str) -> Value {
    let (reference, id) = (payment["reference"].as_str().unwrap(), payment["id"].as_str().unwrap());
    let price = amount(&payment["amount"]) + more;
    match gateway {
        "razorpay" => {
            let entity = json!({"id": format!("pay_of_{reference}"), "order_id": reference, "amount": price, "currency": currency,
                "status": "captured", "created_at": 1, "notes": {"kirana_payment": id}});
            json!({"event": "payment.captured", "account_id": "acc_ours", "payload": {"payment": {"entity": entity}}})
        }
        "d2i" => json!({"id": format!("n_{id}_{price}{currency}"), "merchant": "kirana", "live": false,
            "payment": {"id": reference, "reference": id, "amount": {"amount": price, "currency": currency}, "status": "paid"}}),
        "paypal" => {
            let money = json!({"currency_code": currency, "value": format!("{}.{:02}", price / 100, price % 100)});
            json!({"id": format!("WH-{id}-{price}{currency}"), "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": {"id": format!("CAPTURE-{reference}"),
                "amount": money, "custom_id": id, "supplementary_data": {"related_ids": {"order_id": reference}}}})
        }
        _ => {
            let mut intent = intent(reference, Some(id), price, "succeeded");
            intent["currency"] = json!(currency.to_lowercase());
            notice(&format!("evt_{id}_{price}{currency}"), "succeeded", &intent)
        }
    }
}

fn of_paypal(sign: String, host: &str, algorithm: &str) -> Headers {
    vec![
        ("paypal-transmission-id", "t-1".to_owned()),
        ("paypal-transmission-time", amend::rfc3339(now())),
        ("paypal-transmission-sig", sign),
        ("paypal-auth-algo", algorithm.to_owned()),
        ("paypal-cert-url", format!("https://{host}/v1/notifications/certs/CERT-1")),
    ]
}

const PAYPALS: &str = "api.sandbox.paypal.com";
const RSA: &str = "SHA256withRSA";

/// The headers of a body that was signed at this time with this secret.
fn at(gateway: &str, body: &str, secret: &str, time: u64) -> Headers {
    match gateway {
        "razorpay" => vec![("x-razorpay-signature", hmac(secret, body))],
        "d2i" => vec![("d2i-signature", signature(body, secret, time))],
        "paypal" => of_paypal(hmac(secret, body), PAYPALS, RSA),
        _ => vec![("stripe-signature", signature(body, secret, time))],
    }
}

/// The headers of a genuine notice.
pub fn signed(gateway: &str, body: &str) -> Headers {
    at(gateway, body, if gateway == "stripe" { SECRET } else { HUSH }, now())
}

/// The list for a gateway: all of them about this payment.
pub fn forged(gateway: &str, payment: &Value) -> Vec<Forged> {
    let genuine = paid(gateway, payment, 0, "THB");
    let (body, secret) = (genuine.to_string(), if gateway == "stripe" { SECRET } else { HUSH });
    let of = |name, body: &str, headers, why| Forged { name, body: body.to_owned(), headers, why };
    let good = |body: &str| signed(gateway, body);
    let flipped = body.replace("\"id\":\"", "\"id\":\"x");
    let mut all = vec![
        of("another secret", &body, at(gateway, &body, "another", now()), BAD_SIGNATURE),
        of("a secret that was taken out", &body, at(gateway, &body, BEFORE, now()), BAD_SIGNATURE),
        of("changed on its way", &flipped, good(&body), BAD_SIGNATURE),
        of("no notice", "[]", good("[]"), MALFORMED),
    ];
    if gateway == "paypal" {
        let unsigned = good(&body).into_iter().filter(|(name, _)| *name != "paypal-transmission-sig").collect();
        let by = |host: &str, algorithm: &str| of_paypal(hmac(secret, &body), host, algorithm);
        all.extend([
            of("no signature", &body, unsigned, NO_SIGNATURE),
            of("no headers", &body, Vec::new(), NO_SIGNATURE),
            of("the old scheme", &body, by(PAYPALS, "SHA1withRSA"), NO_SIGNATURE),
            of("the attacker's certificate", &body, by("attacker.example", RSA), CERTIFICATE),
            of("a host that only ends so", &body, by("apisandbox.paypal.com.attacker.example", RSA), CERTIFICATE),
            of("of the other mode", &body, by("api.paypal.com", RSA), MODE),
        ]);
        return all;
    }
    // PayPal is asked about what the notice says, whoever wrote it; these sign its bytes.
    let (field, other) = match gateway {
        "razorpay" => ("account_id", "acc_theirs"),
        "d2i" => ("merchant", "theirs"),
        _ => ("account", "acct_foreign"),
    };
    let foreign = with(&genuine, field, json!(other));
    all.extend([
        of("no signature", &body, Vec::new(), NO_SIGNATURE),
        of("written anew", &format!("{body} "), good(&body), BAD_SIGNATURE),
        of("of another account", &foreign, good(&foreign), ACCOUNT),
    ]);
    if gateway == "razorpay" {
        all.push(of("an empty signature", &body, vec![("x-razorpay-signature", String::new())], BAD_SIGNATURE));
        return all;
    }
    let live = with(&genuine, if gateway == "d2i" { "live" } else { "livemode" }, json!(true));
    let old: Headers = good(&body).into_iter().map(|(name, sign)| (name, sign.replace("v1=", "v0="))).collect();
    all.extend([
        of("too old", &body, at(gateway, &body, secret, now() - 302), STALE),
        of("ahead of time", &body, at(gateway, &body, secret, now() + 330), STALE),
        of("the old scheme only", &body, old, NO_SIGNATURE),
        of("of the other mode", &live, good(&live), MODE),
    ]);
    all
}

/// Sends each, and sees it refused, logged, and without effect.
pub fn none_is_believed(shop: &Shop, gateway: &str, payment: &Value) {
    let stands = || {
        let now = shop.payment(payment);
        ["status", "captured", "flag"].map(|field| now[field].clone())
    };
    let before = stands();
    for one in forged(gateway, payment) {
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

/// Genuine notices of other money: more, less, in another currency. They are noted, and change nothing but the flag.
pub fn other_money_is_flagged(shop: &Shop, gateway: &str, foreign: &str) {
    for (more, currency, flag) in
        [(1, "THB", "amount_mismatch"), (-1, "THB", "amount_mismatch"), (0, foreign, "currency_mismatch")]
    {
        let payment = asked(shop, gateway);
        let body = paid(gateway, &payment, more, currency).to_string();
        assert_eq!(tell(shop, gateway, &body, &signed(gateway, &body)), 204, "{gateway}: {flag}");
        let after = shop.payment(&payment);
        assert_eq!((&after["flag"], &after["status"]), (&json!(flag), &payment["status"]), "{gateway}: {after}");
        assert_eq!(after["captured"], json!({"amount": 0, "currency": "THB"}), "{gateway}");
    }
}

fn is_believed(shop: &Shop, gateway: &str, payment: &Value) {
    let body = paid(gateway, payment, 0, "THB").to_string();
    assert_eq!(tell(shop, gateway, &body, &signed(gateway, &body)), 204);
    assert_eq!(shop.payment(payment)["status"], "completed");
}

#[test]
fn nobody_speaks_for_razorpay() {
    if !wanted() {
        return;
    }
    let shop = Shop::open("gateways-forged-razorpay", &json!({"razorpay": account("razorpay").0}));
    let payment = asked(&shop, "razorpay");
    none_is_believed(&shop, "razorpay", &payment);
    other_money_is_flagged(&shop, "razorpay", "INR");
    is_believed(&shop, "razorpay", &payment);
}

#[test]
fn nobody_speaks_for_d2i() {
    if !wanted() {
        return;
    }
    let shop = Shop::open("gateways-forged-d2i", &json!({"d2i": account("d2i").0}));
    let payment = asked(&shop, "d2i");
    none_is_believed(&shop, "d2i", &payment);
    other_money_is_flagged(&shop, "d2i", "INR");
    is_believed(&shop, "d2i", &payment);
}

#[test]
fn nobody_speaks_for_paypal() {
    if !wanted() {
        return;
    }
    let (account, heard) = account("paypal");
    let shop = Shop::open("gateways-forged-paypal", &json!({"paypal": account}));
    let payment = asked(&shop, "paypal");
    none_is_believed(&shop, "paypal", &payment);
    let questions = |line: &str| heard.lock().unwrap().iter().filter(|(found, _)| found.ends_with(line)).count();
    let asked = questions("verify-webhook-signature");
    assert_eq!(asked, 3, "PayPal is asked about what could be its own, and nothing else");
    other_money_is_flagged(&shop, "paypal", "USD");
    is_believed(&shop, "paypal", &payment);
}
