//! What holds for every gateway, and what the tests of each of them use.

mod properties;

use crate::{Answer, Call, Capture, Charge, Failure, Gateway, Headers, Known, Outcome, Received, Request, Secret};
use kirana_kernel::{Id, Money, Timestamp};
use serde_json::{Value, json};

/// 2027-01-15T08:00:00Z.
pub const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

const HUSH: &str = "hush-hush-hush";

pub fn id(text: &str) -> Id {
    text.parse().unwrap()
}

pub fn payment() -> Id {
    id("0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44")
}

pub fn refund() -> Id {
    id("0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e45")
}

pub fn money(amount: i64, currency: &str) -> Money {
    Money::new(amount, currency.parse().unwrap())
}

pub fn known(reference: Option<&str>, transaction: Option<&str>) -> Known {
    let text = |id: Option<&str>| id.map(str::to_owned);
    Known { payment: payment(), reference: text(reference), transaction: text(transaction) }
}

/// What an answer means to whoever made the call.
pub fn told(gateway: &Gateway, call: &Call, status: u16, body: &Value) -> Result<Outcome, Failure> {
    let (headers, body) = (Headers::default(), body.to_string());
    gateway.parse(call, &Answer { status, headers: &headers, body: body.as_bytes() })
}

pub fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str())
}

pub fn form(request: &Request) -> Vec<(String, String)> {
    form_urlencoded::parse(request.body.as_bytes()).into_owned().collect()
}

pub fn configured(config: Value) -> Gateway {
    let gateway: Gateway = serde_json::from_value(config).unwrap();
    gateway.check().unwrap();
    gateway
}

pub fn stripe() -> Gateway {
    let key = format!("sk_test_{HUSH}");
    configured(json!({"gateway": "stripe", "secret_key": key, "webhook_secrets": [HUSH], "live": false}))
}

pub fn razorpay() -> Gateway {
    configured(
        json!({"gateway": "razorpay", "key_id": "rzp_test_1", "key_secret": HUSH, "webhook_secrets": [HUSH, "older"],
        "live": false}),
    )
}

pub fn paypal() -> Gateway {
    configured(
        json!({"gateway": "paypal", "base": "https://api-m.paypal.com", "client_id": "app", "client_secret": HUSH,
        "webhook_id": "8PT597110X687430LKGECATA", "live": true}),
    )
}

pub fn swish() -> Gateway {
    configured(json!({"gateway": "swish", "base": "https://mss.cpc.getswish.net/swish-cpcapi", "payee": "1234679304",
        "live": false}))
}

fn d2i() -> Gateway {
    configured(json!({"gateway": "d2i", "base": "https://d2i.example", "merchant": "kirana", "key": HUSH,
        "notice_secrets": [HUSH], "live": false}))
}

fn all() -> [Gateway; 5] {
    [stripe(), razorpay(), paypal(), swish(), d2i()]
}

pub fn token() -> crate::paypal::AccessToken {
    crate::paypal::AccessToken { secret: Secret::new(HUSH), seconds: 300 }
}

/// Every kind of call, with all that a gateway may want to know.
fn calls(currency: &str) -> Vec<Call> {
    let known = known(Some("ref_1"), Some("txn_1"));
    let (amount, notice_url) = (money(4500, currency), Some("https://shop.example/n".to_owned()));
    let charge = Charge {
        return_url: Some("https://shop.example/back".into()),
        notice_url: notice_url.clone(),
        description: "Tea".into(),
        ..Charge::new(payment(), amount)
    };
    let (attempt, capture) = (refund(), Capture::Automatic);
    vec![
        Call::Charge(charge),
        Call::Complete { known: known.clone(), attempt, capture, method: None, return_url: None },
        Call::Look(known.clone()),
        Call::Capture { known: known.clone(), capture: attempt, amount, is_final: true },
        Call::Void(known.clone()),
        Call::Refund { known: known.clone(), refund: refund(), amount, notice_url },
        Call::LookRefund { known, refund: refund(), reference: Some("re_1".into()) },
    ]
}

#[test]
fn no_secret_is_shown() {
    for gateway in all() {
        assert!(!format!("{gateway:?}").contains(HUSH), "{gateway:?}");
        let currency = if gateway.name() == "swish" { "SEK" } else { "THB" };
        for call in calls(currency) {
            let Ok(request) = gateway.request(&call, Some(&token())) else { continue };
            assert!(!format!("{request:?}").contains(HUSH), "{request:?}");
            assert!(!request.url.contains(HUSH) && !request.body.contains(HUSH), "credentials stand in headers only");
        }
    }
    assert!(!format!("{:?}", paypal().token().unwrap()).contains("hush"));
}

#[test]
fn what_has_no_key_is_not_configured() {
    let wrong = [
        json!({"gateway": "stripe", "secret_key": "sk_live_1", "webhook_secrets": ["x"], "live": false}),
        json!({"gateway": "stripe", "secret_key": "sk_test_1", "webhook_secrets": [], "live": false}),
        json!({"gateway": "stripe", "secret_key": "sk_test_1", "webhook_secrets": [""], "live": false}),
        json!({"gateway": "stripe", "base": "http://api.stripe.com", "secret_key": "sk_test_1", "webhook_secrets": ["x"],
            "live": false}),
        json!({"gateway": "razorpay", "key_id": "rzp_test_1", "key_secret": "x", "webhook_secrets": ["x"], "live": true}),
        json!({"gateway": "paypal", "base": "https://api-m.sandbox.paypal.com", "client_id": "a", "client_secret": "x",
            "webhook_id": "1", "live": true}),
        json!({"gateway": "swish", "base": "https://mss.cpc.getswish.net/swish-cpcapi", "payee": "1234679304", "live": true}),
        json!({"gateway": "swish", "base": "https://cpc.getswish.net/swish-cpcapi", "payee": "0701234567", "live": true}),
    ];
    for config in wrong {
        let gateway: Gateway = serde_json::from_value(config.clone()).unwrap();
        assert!(gateway.check().is_err(), "{config}");
    }
    assert!(serde_json::from_value::<Gateway>(json!({"gateway": "stripe", "live": false, "secret": "x"})).is_err());
}

#[test]
fn every_call_that_changes_something_says_the_same_when_it_is_made_again() {
    for gateway in all() {
        for call in calls(if gateway.name() == "swish" { "SEK" } else { "THB" }) {
            let (one, two) = (gateway.request(&call, Some(&token())), gateway.request(&call, Some(&token())));
            assert_eq!(one, two);
        }
    }
}

#[test]
fn ids_of_others_do_not_lead_elsewhere() {
    for bad in ["", "../refunds", "a/b", "a?b", "a#b", "a b", "å", "a%2fb"] {
        for gateway in [stripe(), razorpay(), paypal()] {
            let call = Call::Look(known(Some(bad), Some(bad)));
            assert!(gateway.request(&call, Some(&token())).is_err(), "{bad}");
        }
    }
}

#[test]
fn d2i_sends_the_browser_away_and_hears_what_became_of_it() {
    let (gateway, calls) = (d2i(), calls("THB"));
    let request = gateway.request(&calls[0], None).unwrap();
    assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", "https://d2i.example/payments"));
    let page =
        json!({"id": "d1", "reference": payment(), "status": "created", "redirect_url": "https://d2i.example/p/d1"});
    let outcome = told(&gateway, &calls[0], 201, &page).unwrap();
    let away = crate::Action::Redirect("https://d2i.example/p/d1".into());
    assert_eq!((outcome.state, outcome.ours), (crate::State::ActionRequired(away), Some(payment())));

    let body = json!({"id": "e1", "merchant": "kirana", "live": false, "payment": {"id": "d1", "reference": payment(),
        "status": "paid", "amount": {"amount": 4500, "currency": "THB"}}});
    let body = body.to_string();
    let signed = |time: i64, secret: &str| {
        let mac = crate::mac::sign(secret, &[time.to_string().as_bytes(), b".", body.as_bytes()]);
        Headers::from_iter([("D2I-Signature", format!("t={time},v1={mac}"))])
    };
    let now = NOW.seconds();
    let Ok(Received::Genuine(notice)) = gateway.receive(&signed(now, HUSH), body.as_bytes(), NOW) else { panic!() };
    assert_eq!((notice.kind, notice.payment), (crate::NoticeKind::Captured, Some(payment())));
    for bad in [signed(now - 301, HUSH), signed(now + 301, HUSH), signed(now, "other"), Headers::default()] {
        assert!(gateway.receive(&bad, body.as_bytes(), NOW).is_err());
    }
}
