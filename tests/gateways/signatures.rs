//! Who is believed: those whom the gateway's own SDK believes, and nobody else (S9): signatures.mjs.

use super::{gateway, given, node, stripe};
use kirana_gateways::{Gateway, Headers, Received, Rejected, razorpay};
use kirana_kernel::Timestamp;
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field].as_str().unwrap()
}

fn received(gateway: &Gateway, header: &str, case: &Value) -> Result<Received, Rejected> {
    let headers = Headers::from_iter([(header, text(case, "header"))]);
    gateway.receive(&headers, text(case, "text").as_bytes(), NOW)
}

fn razorpay() -> Gateway {
    let given = given();
    gateway(json!({"gateway": "razorpay", "key_id": given["key_id"], "key_secret": given["key_secret"], "live": false,
        "webhook_secrets": ["a new secret", "an old secret"]}))
}

/// Holds every case against the SDK's verdict; how many were believed.
fn held(cases: &Value, gateway: &Gateway, header: &str) -> usize {
    let mut believed = 0;
    for case in cases.as_array().unwrap() {
        let ours = received(gateway, header, case);
        let genuine = matches!(ours, Ok(Received::Genuine(_)));
        assert_eq!(genuine, case["theirs"].as_bool().unwrap(), "{}: {ours:?}", text(case, "name"));
        assert_eq!(genuine, ours.is_ok(), "a signed notice is genuine or refused");
        believed += usize::from(genuine);
    }
    believed
}

#[test]
fn s09_notices_are_believed_as_the_sdks_believe_them() {
    let Some(cases) = node("signatures.mjs", &[]) else { return };
    let of_stripe = stripe("https://api.stripe.com");
    assert_eq!(held(&cases["stripe"], &of_stripe, "stripe-signature"), 5);
    assert_eq!(held(&cases["razorpay"], &razorpay(), "x-razorpay-signature"), 2);
    let stricter = cases["stricter"].as_array().unwrap();
    for (case, rejected) in stricter.iter().zip([Rejected::Stale, Rejected::Mode, Rejected::Account]) {
        assert_eq!(received(&of_stripe, "stripe-signature", case), Err(rejected), "{}", text(case, "name"));
        assert_eq!(case["theirs"], true, "the SDK does not look at this");
    }
    assert_eq!(stricter.len(), 3);
}

#[test]
fn s09_the_way_back_from_razorpays_checkout_is_believed_as_its_sdk_believes_it() {
    let Some(cases) = node("signatures.mjs", &[]) else { return };
    let Gateway::Razorpay(config) = razorpay() else { panic!() };
    let cases = cases["checkout"].as_array().unwrap();
    assert_eq!(cases.len(), 5);
    for case in cases {
        let ours = razorpay::is_return(&config, text(case, "order"), text(case, "payment"), text(case, "signature"));
        assert_eq!(ours, case["theirs"].as_bool().unwrap(), "{case}");
    }
}
