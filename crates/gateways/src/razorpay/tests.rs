use crate::mac::sign;
use crate::tests::{NOW, header, known, money, payment, razorpay, refund, told};
use crate::{
    Action, Answer, Call, Charge, Doubt, Failure, Gateway, Headers, Invalid, NoticeKind, Reason, Received, Rejected,
};
use crate::{Refusal, State};
use serde_json::{Value, json};

fn paid(status: &str) -> Value {
    json!({"id": "pay_1", "entity": "payment", "amount": 4500, "currency": "INR", "status": status, "order_id": "order_1",
        "notes": {"kirana_payment": payment()}, "error_reason": null, "created_at": 1})
}

#[test]
fn a_charge_is_an_order_with_our_id_as_its_receipt() {
    let charge = Charge { description: "Tea".into(), ..Charge::new(payment(), money(4500, "INR")) };
    let request = razorpay().request(&Call::Charge(charge.clone()), None).unwrap();
    assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", "https://api.razorpay.com/v1/orders"));
    assert!(header(&request, "authorization").unwrap().starts_with("Basic "));
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(
        body,
        json!({"amount": 4500, "currency": "INR", "receipt": payment(), "payment_capture": true,
        "notes": {"kirana_payment": payment(), "description": "Tea"}})
    );
    assert!(body["receipt"].as_str().unwrap().len() <= 40);
    let answer = json!({"id": "order_1", "entity": "order", "amount": 4500, "amount_paid": 0, "currency": "INR",
        "receipt": payment(), "status": "created", "notes": []});
    let outcome = told(&razorpay(), &Call::Charge(charge), 200, &answer).unwrap();
    assert_eq!(outcome.state, State::ActionRequired(Action::Checkout("order_1".into())));
    assert_eq!((outcome.ours, outcome.amount), (Some(payment()), Some(money(4500, "INR"))));
}

#[test]
fn amounts_are_whole() {
    let body = |amount, currency| {
        let call = Call::Charge(Charge::new(payment(), money(amount, currency)));
        razorpay()
            .request(&call, None)
            .map(|request| serde_json::from_str::<Value>(&request.body).unwrap()["amount"].clone())
    };
    assert_eq!((body(45, "JPY"), body(4510, "KWD")), (Ok(45.into()), Ok(4510.into())));
    assert!(matches!(body(4505, "KWD"), Err(Invalid::Amount(_))));
}

#[test]
fn an_order_stands_as_its_best_payment() {
    let call = Call::Look(known(Some("order_1"), None));
    let state = |items: Vec<Value>| told(&razorpay(), &call, 200, &json!({"count": items.len(), "items": items}));
    assert_eq!(state(vec![]).unwrap().state, State::ActionRequired(Action::Checkout("order_1".into())));
    let mut failed = paid("failed");
    failed["error_reason"] = "insufficient_funds".into();
    failed["created_at"] = 2.into();
    let refused = State::Refused(Refusal { reason: Reason::InsufficientFunds, code: "insufficient_funds".into() });
    assert_eq!(state(vec![failed.clone()]).unwrap().state, refused);
    let taken = state(vec![failed, paid("captured")]).unwrap();
    assert_eq!(taken.state, State::Captured(money(4500, "INR")));
    assert_eq!((taken.transaction.as_deref(), taken.reference.as_deref()), (Some("pay_1"), Some("order_1")));
    assert_eq!(state(vec![paid("authorized")]).unwrap().state, State::Authorised(money(4500, "INR")));
    let nothing = told(&razorpay(), &Call::Look(known(None, None)), 200, &json!({"items": []}));
    assert_eq!(nothing, Err(Failure::refused(Reason::NotFound, "")));
    let order = |receipt: &str| json!({"items": [{"id": "order_9", "amount": 1, "currency": "INR", "receipt": receipt, "status": "created"}]});
    let found = |receipt: &str| told(&razorpay(), &Call::Look(known(None, None)), 200, &order(receipt));
    assert_eq!(found("another's"), Err(Failure::refused(Reason::NotFound, "")));
    assert_eq!(found(&payment().to_string()).unwrap().reference.as_deref(), Some("order_9"));
}

#[test]
fn refunds_have_a_key_and_are_found_by_our_id() {
    let of = || known(Some("order_1"), Some("pay_1"));
    let call = Call::Refund { known: of(), refund: refund(), amount: money(1000, "INR"), notice_url: None };
    let request = razorpay().request(&call, None).unwrap();
    assert_eq!(request.url, "https://api.razorpay.com/v1/payments/pay_1/refund");
    assert_eq!(header(&request, "x-refund-idempotency"), Some(refund().to_string().as_str()));
    let item = |id: &str, ours: Value| {
        json!({"id": id, "payment_id": "pay_1", "amount": 1000, "currency": "INR",
        "status": "processed", "notes": ours})
    };
    let mine = item("rfnd_2", json!({"kirana_refund": refund()}));
    assert_eq!(told(&razorpay(), &call, 200, &mine).unwrap().state, State::Refunded(money(1000, "INR")));
    let look = Call::LookRefund { known: of(), refund: refund(), reference: None };
    let found = told(&razorpay(), &look, 200, &json!({"items": [item("rfnd_1", json!([])), mine]})).unwrap();
    assert_eq!(found.reference.as_deref(), Some("rfnd_2"));
    assert!(matches!(razorpay().request(&Call::Void(of()), None), Err(Invalid::Unsupported { .. })));
}

#[test]
fn errors_are_told_apart() {
    let call =
        Call::Refund { known: known(None, Some("pay_1")), refund: refund(), amount: money(1, "INR"), notice_url: None };
    let error = |status, code: &str, description: &str| {
        let error = json!({"error": {"code": code, "description": description, "reason": "NA"}});
        told(&razorpay(), &call, status, &error).unwrap_err()
    };
    for (description, reason) in [
        ("The id provided does not exist", Reason::NotFound),
        ("The payment has been fully refunded already", Reason::WrongState),
        ("The total refund amount is greater than the refund payment amount", Reason::AmountOutOfRange),
        ("Different request with the same idempotency key has already been processed.", Reason::KeyReused),
        ("Currency is not supported", Reason::BadCall),
    ] {
        assert_eq!(error(400, "BAD_REQUEST_ERROR", description), Failure::refused(reason, "BAD_REQUEST_ERROR"));
    }
    assert_eq!(error(400, "GATEWAY_ERROR", ""), Failure::Unknown(Doubt::Fault(400)));
    assert_eq!(error(409, "BAD_REQUEST_ERROR", ""), Failure::Unknown(Doubt::InFlight));
    let headers = Headers::from_iter([("retry-after", "7")]);
    let busy = razorpay().parse(&call, &Answer { status: 429, headers: &headers, body: b"" });
    assert_eq!(busy, Err(Failure::Unknown(Doubt::Busy { retry_after: Some(7) })));
}

#[test]
fn the_way_back_from_the_checkout_is_signed_with_the_keys_secret() {
    let Gateway::Razorpay(config) = razorpay() else { panic!() };
    let good = sign(config.key_secret.expose(), &[b"order_1|pay_1"]);
    assert!(super::is_return(&config, "order_1", "pay_1", &good));
    for (order, payment, signature) in [
        ("order_2", "pay_1", good.as_str()),
        ("order_1", "pay_2", &good),
        ("order_1", "pay_1", ""),
        ("order_1", "pay_1", &sign("older", &[b"order_1|pay_1"])),
    ] {
        assert!(!super::is_return(&config, order, payment, signature));
    }
}

fn received(event: &str, payload: Value, change: impl FnOnce(&mut String)) -> Result<Received, Rejected> {
    let body = json!({"entity": "event", "account_id": "acc_1", "event": event, "contains": ["payment"], "payload": payload,
        "created_at": NOW.seconds()});
    let mut body = body.to_string();
    let headers = Headers::from_iter([
        ("X-Razorpay-Signature", sign("older", &[body.as_bytes()])),
        ("x-razorpay-event-id", "evt_1".to_owned()),
    ]);
    change(&mut body);
    razorpay().receive(&headers, body.as_bytes(), NOW)
}

#[test]
fn notices_are_signed_with_the_webhooks_secret_old_or_new() {
    let payload = || json!({"payment": {"entity": paid("captured")}});
    let Ok(Received::Genuine(notice)) = received("payment.captured", payload(), |_| {}) else { panic!() };
    assert_eq!((notice.kind, notice.amount), (NoticeKind::Captured, Some(money(4500, "INR"))));
    assert_eq!((notice.event_id.as_str(), notice.payment), ("evt_1", Some(payment())));
    assert_eq!((notice.reference.as_deref(), notice.transaction.as_deref()), (Some("order_1"), Some("pay_1")));
    let changed = received("payment.captured", payload(), |body| *body = body.replace("4500", "4501"));
    assert_eq!(changed, Err(Rejected::BadSignature));
    assert_eq!(received("payment.captured", payload(), |body| body.push(' ')), Err(Rejected::BadSignature));
    let body = b"{}";
    let of = |secret: &str| Headers::from_iter([("x-razorpay-signature", sign(secret, &[body]))]);
    assert_eq!(razorpay().receive(&of("retired"), body, NOW), Err(Rejected::BadSignature));
    assert_eq!(razorpay().receive(&Headers::default(), body, NOW), Err(Rejected::NoSignature));
    let Gateway::Razorpay(mut config) = razorpay() else { panic!() };
    config.account = Some("acc_2".into());
    let event = br#"{"event":"payment.captured","account_id":"acc_1","payload":{}}"#;
    let headers = Headers::from_iter([("x-razorpay-signature", sign("older", &[event]))]);
    assert_eq!(Gateway::Razorpay(config).receive(&headers, event, NOW), Err(Rejected::Account));
}

#[test]
fn notices_say_what_happened() {
    let mut failed = paid("failed");
    failed["error_reason"] = "payment_cancelled".into();
    let Ok(Received::Genuine(notice)) = received("payment.failed", json!({"payment": {"entity": failed}}), |_| {})
    else {
        panic!()
    };
    assert_eq!(notice.refusal.unwrap().reason, Reason::Cancelled);
    let refunded = json!({"payment": {"entity": paid("captured")}, "refund": {"entity": {"id": "rfnd_1", "payment_id": "pay_1",
        "amount": 1000, "currency": "INR", "status": "processed", "notes": {"kirana_refund": refund()}}}});
    let Ok(Received::Genuine(notice)) = received("refund.processed", refunded, |_| {}) else { panic!() };
    assert_eq!(
        (notice.kind, notice.refund, notice.about.as_deref()),
        (NoticeKind::Refunded, Some(refund()), Some("rfnd_1"))
    );
    assert_eq!(notice.amount, Some(money(1000, "INR")));
    let order =
        json!({"order": {"entity": {"id": "order_1", "receipt": payment(), "amount": 4500, "currency": "INR"}}});
    let Ok(Received::Genuine(notice)) = received("order.paid", order, |_| {}) else { panic!() };
    assert_eq!((notice.kind, notice.payment), (NoticeKind::Captured, Some(payment())));
    let Ok(Received::Genuine(notice)) = received("settlement.processed", json!({}), |_| {}) else { panic!() };
    assert_eq!(notice.kind, NoticeKind::Other);
}
