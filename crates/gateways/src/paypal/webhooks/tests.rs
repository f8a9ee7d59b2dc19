use crate::paypal::{AccessToken, certificate, postback, read_postback, read_token, token, verify};
use crate::tests::{NOW, header, money, payment, paypal, refund, token as access};
use crate::{Answer, Doubt, Failure, Gateway, Headers, Notice, NoticeKind, Received, Rejected};
use kirana_kernel::Timestamp;
use serde_json::{Value, json};

/// Signed with OpenSSL over a checksum of zlib's: neither is what is tested here.
const BODY: &[u8] = include_bytes!("../fixture/notice.json");
const SIGNATURE: &str = include_str!("../fixture/signature.txt");
const CERTIFICATE: &[u8] = include_bytes!("../fixture/certificate.pem");

fn config() -> crate::paypal::Config {
    let Gateway::PayPal(config) = paypal() else { panic!() };
    config
}

fn headers(change: impl Fn(&str, &str) -> Option<String>) -> Headers {
    let own = [
        ("PAYPAL-TRANSMISSION-ID", "69cd13f0-d67a-11e5-baa3-778b53f4ae55"),
        ("PAYPAL-TRANSMISSION-TIME", "2026-11-20T09:30:01Z"),
        ("PAYPAL-TRANSMISSION-SIG", SIGNATURE),
        ("PAYPAL-AUTH-ALGO", "SHA256withRSA"),
        ("PAYPAL-CERT-URL", "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-5edc0ebc"),
    ];
    own.into_iter().filter_map(|(name, value)| Some((name, change(name, value)?))).collect()
}

fn with(name: &str, value: &str) -> Headers {
    headers(|own, was| Some(if own.eq_ignore_ascii_case(name) { value } else { was }.to_owned()))
}

fn genuine() -> Headers {
    headers(|_, value| Some(value.to_owned()))
}

#[test]
fn a_signature_of_paypals_is_verified_offline() {
    let Ok(Received::Genuine(notice)) = verify(&config(), &genuine(), BODY, CERTIFICATE, NOW) else { panic!() };
    assert_eq!((notice.kind, notice.amount), (NoticeKind::Captured, Some(money(4550, "THB"))));
    assert_eq!((notice.payment, notice.transaction.as_deref()), (Some(payment()), Some("42311647XV020574X")));
    assert_eq!(notice.reference.as_deref(), Some("5O190127TN364715T"));
    assert_eq!(certificate(&config(), &genuine()).unwrap().url.split('/').nth(2), Some("api.paypal.com"));
}

#[test]
fn forged_ones_are_not() {
    let told = |headers: &Headers, body: &[u8]| verify(&config(), headers, body, CERTIFICATE, NOW);
    for at in 0..BODY.len() {
        let mut other = BODY.to_vec();
        other[at] ^= 1;
        assert_eq!(told(&genuine(), &other), Err(Rejected::BadSignature), "byte {at}");
    }
    let anew = serde_json::to_string_pretty(&serde_json::from_slice::<Value>(BODY).unwrap()).unwrap();
    assert_eq!(told(&genuine(), anew.as_bytes()), Err(Rejected::BadSignature));
    for (name, value, rejected) in [
        ("paypal-transmission-id", "69cd13f0-d67a-11e5-baa3-778b53f4ae56", Rejected::BadSignature),
        ("paypal-transmission-time", "2026-11-20T09:35:01Z", Rejected::BadSignature),
        ("paypal-transmission-sig", "AAAA", Rejected::BadSignature),
        ("paypal-transmission-sig", "", Rejected::NoSignature),
        ("paypal-auth-algo", "SHA1withRSA", Rejected::NoSignature),
    ] {
        assert_eq!(told(&with(name, value), BODY), Err(rejected), "{name}");
    }
    for missing in ["PAYPAL-TRANSMISSION-ID", "PAYPAL-TRANSMISSION-SIG", "PAYPAL-CERT-URL", "PAYPAL-AUTH-ALGO"] {
        let headers = headers(|name, value| (name != missing).then(|| value.to_owned()));
        assert_eq!(told(&headers, BODY), Err(Rejected::NoSignature), "{missing}");
    }
    let mut another = config();
    another.webhook_id = "9PT597110X687430LKGECATA".into();
    assert_eq!(verify(&another, &genuine(), BODY, CERTIFICATE, NOW), Err(Rejected::BadSignature), "another's webhook");
}

#[test]
fn certificates_of_others_are_not_believed_or_fetched() {
    for evil in [
        "https://evil.example/cert.pem",
        "http://api.paypal.com/cert",
        "https://api.paypal.com.evil.example/cert",
        "https://evilpaypal.com/cert",
        "https://evil.example/.paypal.com/cert",
        "https://evil.example#.paypal.com/cert",
        "https://evil.example?.paypal.com/cert",
        "https://evil.example\\.paypal.com/cert",
        "https://api.paypal.com@evil.example/cert",
        "https://api.paypal.com:443@evil.example/cert",
        "https://api.paypal.com/../redirect?to=evil",
        "https://api.paypal.com/cert?url=evil",
        "//api.paypal.com/cert",
    ] {
        let headers = with("paypal-cert-url", evil);
        assert_eq!(certificate(&config(), &headers), Err(Rejected::Certificate), "{evil}");
        assert_eq!(postback(&config(), &access(), &headers, BODY), Err(Rejected::Certificate), "{evil}");
    }
    let sandbox = with("paypal-cert-url", "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1");
    assert_eq!(paypal().receive(&sandbox, BODY, NOW), Err(Rejected::Mode), "play money in a live shop");
    for (pem, signature) in [
        (include_bytes!("../fixture/other.pem").as_slice(), include_str!("../fixture/other.txt")),
        // Its organisation is called `A test,CN=messageverificationcerts.paypal.com`.
        (include_bytes!("../fixture/comma.pem").as_slice(), include_str!("../fixture/comma.txt")),
        (include_bytes!("../fixture/short.pem").as_slice(), include_str!("../fixture/short.txt")),
        (b"no certificate".as_slice(), SIGNATURE),
    ] {
        let headers = with("paypal-transmission-sig", signature);
        assert_eq!(verify(&config(), &headers, BODY, pem, NOW), Err(Rejected::Certificate));
    }
    for year in [1_600_000_000_000, 2_500_000_000_000] {
        let then = Timestamp::from_millis(year);
        assert_eq!(
            verify(&config(), &genuine(), BODY, CERTIFICATE, then),
            Err(Rejected::Certificate),
            "not valid then"
        );
    }
}

#[test]
fn paypal_is_asked_with_the_very_bytes() {
    let Ok(Received::Unproved(_)) = paypal().receive(&genuine(), BODY, NOW) else {
        panic!("it must prove nothing yet")
    };
    let odd = br#"{ "id" : "WH-1", "event_type":"PAYMENT.CAPTURE.COMPLETED", "resource":{"z":1.10, "a":"\u00e5"} }"#;
    let request = postback(&config(), &access(), &genuine(), odd).unwrap();
    assert_eq!(request.url, "https://api-m.paypal.com/v1/notifications/verify-webhook-signature");
    let event = std::str::from_utf8(odd).unwrap();
    assert!(request.body.ends_with(&format!(",\"webhook_event\":{event}}}")), "{}", request.body);
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(
        (&body["webhook_id"], &body["auth_algo"]),
        (&json!("8PT597110X687430LKGECATA"), &json!("SHA256withRSA"))
    );
    for injected in [br#"{"id":"WH-1"},"webhook_id":"x""#.as_slice(), b"", b"\xff"] {
        assert_eq!(postback(&config(), &access(), &genuine(), injected), Err(Rejected::Malformed));
    }
    let headers = Headers::default();
    let read = |status, body: &[u8]| read_postback(&Answer { status, headers: &headers, body });
    assert_eq!(read(200, br#"{"verification_status":"SUCCESS"}"#), Ok(true));
    assert_eq!(read(200, br#"{"verification_status":"FAILURE"}"#), Ok(false));
    assert_eq!(read(503, b""), Err(Failure::Unknown(Doubt::Fault(503))));
}

#[test]
fn a_token_is_asked_for_with_the_apps_credentials() {
    let request = token(&config());
    assert_eq!(
        (request.url.as_str(), request.body.as_str()),
        ("https://api-m.paypal.com/v1/oauth2/token", "grant_type=client_credentials")
    );
    assert!(header(&request, "authorization").unwrap().starts_with("Basic "));
    let headers = Headers::default();
    let read = |status, body: &[u8]| read_token(&Answer { status, headers: &headers, body });
    let good = read(200, br#"{"access_token":"A21AA","token_type":"Bearer","expires_in":31668}"#);
    assert!(matches!(good, Ok(AccessToken { seconds: 31668, .. })), "{good:?}");
    assert_eq!(read(401, br#"{"error":"invalid_client"}"#), Err(Failure::Unknown(Doubt::Credentials)));
}

#[test]
fn notices_say_what_happened() {
    let told = |kind: &str, resource: Value| -> Notice {
        let body = json!({"id": "WH-1", "event_type": kind, "resource": resource}).to_string();
        let Ok(Received::Unproved(notice)) = paypal().receive(&genuine(), body.as_bytes(), NOW) else {
            panic!("{kind}")
        };
        notice
    };
    let refunded = json!({"id": "R1", "status": "COMPLETED", "custom_id": refund(),
        "amount": {"currency_code": "JPY", "value": "450"},
        "links": [{"rel": "up", "href": "https://api.paypal.com/v2/payments/captures/C1"}]});
    let notice = told("PAYMENT.CAPTURE.REFUNDED", refunded);
    assert_eq!((notice.kind, notice.refund, notice.payment), (NoticeKind::Refunded, Some(refund()), None));
    assert_eq!((notice.transaction.as_deref(), notice.amount), (Some("C1"), Some(money(450, "JPY"))));
    let approved = json!({"id": "5O19", "status": "APPROVED", "purchase_units": [{"custom_id": payment(),
        "amount": {"currency_code": "THB", "value": "45.50"}}]});
    let notice = told("CHECKOUT.ORDER.APPROVED", approved);
    assert_eq!((notice.kind, notice.reference.as_deref()), (NoticeKind::Approved, Some("5O19")));
    assert_eq!((notice.payment, notice.amount), (Some(payment()), Some(money(4550, "THB"))));
    let dispute = json!({"dispute_id": "PP-1", "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED",
        "dispute_amount": {"currency_code": "THB", "value": "45.50"}, "disputed_transactions": [{"seller_transaction_id": "C1"}]});
    let notice = told("CUSTOMER.DISPUTE.CREATED", dispute);
    assert_eq!(
        (notice.kind, notice.transaction.as_deref(), notice.about.as_deref()),
        (NoticeKind::Disputed, Some("C1"), Some("PP-1"))
    );
    assert_eq!(told("BILLING.PLAN.CREATED", json!({"id": "P-1"})).kind, NoticeKind::Other);
}
