use crate::tests::{NOW, known, money, payment, refund, swish, told};
use crate::{
    Action, Answer, Call, Capture, Charge, Doubt, Failure, Headers, Invalid, NoticeKind, Reason, Received, Rejected,
};
use crate::{Refusal, Secret, State};
use serde_json::{Value, json};

const UUID: &str = "0199F6A17A107C3E9F025D2A6C1B8E44";

fn charge(amount: i64) -> Charge {
    let notice_url = Some("https://shop.example/webhooks/swish/8f3a".to_owned());
    Charge { notice_url, description: "Te & mjölk #2".into(), ..Charge::new(payment(), money(amount, "SEK")) }
}

fn thing(status: &str) -> Value {
    json!({"id": UUID, "payeePaymentReference": UUID, "paymentReference": "6D6CD7406ECE4542A80152D909EF9F6B",
        "callbackUrl": "https://shop.example/webhooks/swish/8f3a", "payerAlias": "46701234567", "payeeAlias": "1234679304",
        "amount": 100.5, "currency": "SEK", "message": "Te", "status": status, "errorCode": null})
}

#[test]
fn a_request_is_put_under_our_id() {
    let rings = Charge { method: Some("46701234567".into()), ..charge(10_050) };
    let request = swish().request(&Call::Charge(rings), None).unwrap();
    assert_eq!(request.method.as_str(), "PUT");
    assert_eq!(request.url, format!("https://mss.cpc.getswish.net/swish-cpcapi/api/v2/paymentrequests/{UUID}"));
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(
        body,
        json!({"payeePaymentReference": UUID, "callbackUrl": "https://shop.example/webhooks/swish/8f3a",
        "payeeAlias": "1234679304", "payerAlias": "46701234567", "amount": "100.50", "currency": "SEK",
        "message": "Te & mjölk  2"})
    );
}

#[test]
fn what_swish_has_not_is_not_asked_for() {
    let refused = |charge: Charge| swish().request(&Call::Charge(charge), None).unwrap_err();
    assert!(matches!(refused(Charge { amount: money(100, "THB"), ..charge(1) }), Invalid::Amount(_)));
    assert!(matches!(refused(charge(0)), Invalid::Amount(_)));
    assert!(matches!(refused(Charge { capture: Capture::Manual, ..charge(1) }), Invalid::Unsupported { .. }));
    assert!(matches!(refused(Charge { notice_url: Some("http://a".into()), ..charge(1) }), Invalid::Missing { .. }));
    assert!(matches!(refused(Charge { method: Some("+46701".into()), ..charge(1) }), Invalid::Missing { .. }));
}

#[test]
fn the_payers_app_opens_with_a_token_or_their_phone_rings() {
    let call = Call::Charge(charge(10_000));
    let headers = Headers::from_iter([("PaymentRequestToken", "f34DS34lfd0d03fdDselkfd3ffk21")]);
    let outcome = swish().parse(&call, &Answer { status: 201, headers: &headers, body: b"" }).unwrap();
    assert_eq!(outcome.state, State::ActionRequired(Action::OpenApp(Secret::new("f34DS34lfd0d03fdDselkfd3ffk21"))));
    assert_eq!((outcome.reference.as_deref(), outcome.ours), (Some(UUID), Some(payment())));
    let none = Headers::default();
    let outcome = swish().parse(&call, &Answer { status: 201, headers: &none, body: b"" }).unwrap();
    assert_eq!(outcome.state, State::ActionRequired(Action::Wait));
}

#[test]
fn a_request_is_in_one_of_our_states() {
    let call = Call::Look(known(None, None));
    let state = |thing: &Value| told(&swish(), &call, 200, thing).map(|outcome| outcome.state);
    assert_eq!(state(&thing("CREATED")), Ok(State::ActionRequired(Action::Wait)));
    let paid = told(&swish(), &call, 200, &thing("PAID")).unwrap();
    assert_eq!(paid.state, State::Captured(money(10_050, "SEK")));
    assert_eq!(paid.transaction.as_deref(), Some("6D6CD7406ECE4542A80152D909EF9F6B"));
    let cancelled = Refusal { reason: Reason::Cancelled, code: "DECLINED".into() };
    assert_eq!(state(&thing("DECLINED")), Ok(State::Refused(cancelled)));
    let mut late = thing("ERROR");
    late["errorCode"] = "TM01".into();
    assert_eq!(state(&late), Ok(State::Refused(Refusal { reason: Reason::TimedOut, code: "TM01".into() })));
    assert_eq!(state(&thing("NEW")), Err(Failure::Unknown(Doubt::Unreadable)));
    for (amount, expected) in [
        (json!(100), 10_000),
        (json!("100.00"), 10_000),
        (json!(0.07), 7),
        (json!(999_999_999_999.99), 99_999_999_999_999),
    ] {
        let mut paid = thing("PAID");
        paid["amount"] = amount;
        assert_eq!(state(&paid), Ok(State::Captured(money(expected, "SEK"))));
    }
}

#[test]
fn asked_twice_is_looked_up_and_never_refused() {
    let call = Call::Charge(charge(10_000));
    let fault = |code: &str| told(&swish(), &call, 422, &json!([{"errorCode": code, "errorMessage": "x"}]));
    assert_eq!(fault("RP09"), Err(Failure::Unknown(Doubt::InFlight)));
    let unknown = State::Refused(Refusal { reason: Reason::WrongDetails, code: "ACMT03".into() });
    assert_eq!(fault("ACMT03").unwrap().state, unknown);
    assert_eq!(fault("FF08"), Err(Failure::refused(Reason::BadCall, "FF08")));
    assert_eq!(fault("PA02"), Err(Failure::refused(Reason::AmountOutOfRange, "PA02")));
    assert_eq!(told(&swish(), &call, 404, &json!([])), Err(Failure::refused(Reason::NotFound, "")));
}

#[test]
fn parts_are_given_back() {
    let of = known(None, Some("6D6CD7406ECE4542A80152D909EF9F6B"));
    let notice_url = Some("https://shop.example/webhooks/swish/8f3a".to_owned());
    let call = Call::Refund { known: of.clone(), refund: refund(), amount: money(5_000, "SEK"), notice_url };
    let request = swish().request(&call, None).unwrap();
    assert!(request.url.ends_with("/api/v2/refunds/0199F6A17A107C3E9F025D2A6C1B8E45"), "{}", request.url);
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(
        (&body["originalPaymentReference"], &body["payerAlias"], &body["amount"]),
        (&json!("6D6CD7406ECE4542A80152D909EF9F6B"), &json!("1234679304"), &json!("50.00"))
    );
    assert_eq!(told(&swish(), &call, 201, &json!(null)).unwrap().state, State::RefundPending);
    let look = Call::LookRefund { known: of, refund: refund(), reference: None };
    let refund = |status: &str| {
        json!({"id": "0199F6A17A107C3E9F025D2A6C1B8E45", "originalPaymentReference": "6D6C",
        "amount": 50.0, "currency": "SEK", "status": status})
    };
    assert_eq!(told(&swish(), &look, 200, &refund("DEBITED")).unwrap().state, State::RefundPending);
    assert_eq!(told(&swish(), &look, 200, &refund("PAID")).unwrap().state, State::Refunded(money(5_000, "SEK")));
}

#[test]
fn a_callback_is_a_hint_and_no_more() {
    let receive = |body: &Value| swish().receive(&Headers::default(), body.to_string().as_bytes(), NOW);
    let Ok(Received::Hint(notice)) = receive(&thing("PAID")) else { panic!("it must prove nothing") };
    assert_eq!((notice.kind, notice.payment), (NoticeKind::Captured, Some(payment())));
    assert_eq!(notice.event_id, format!("{UUID}-PAID"));
    let mut other = thing("PAID");
    other["payeeAlias"] = "1231111111".into();
    assert_eq!(receive(&other), Err(Rejected::Account));
    assert_eq!(receive(&json!({"id": "x", "status": "PAID"})), Err(Rejected::Malformed));
    let refunded = json!({"id": "0199F6A17A107C3E9F025D2A6C1B8E45", "originalPaymentReference": "6D6C", "status": "PAID",
        "amount": 50.0, "currency": "SEK", "payeeAlias": "46701234567"});
    let Ok(Received::Hint(notice)) = receive(&refunded) else { panic!() };
    assert_eq!((notice.kind, notice.refund, notice.payment), (NoticeKind::Refunded, Some(refund()), None));
}
