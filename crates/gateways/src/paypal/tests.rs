use crate::tests::{header, known, money, payment, paypal, refund, token, told};
use crate::{Action, Call, Capture, Charge, Doubt, Failure, Invalid, Reason, Refusal, State};
use serde_json::{Value, json};

fn charge(amount: i64, currency: &str) -> Charge {
    let back = Some("https://shop.example/back".to_owned());
    Charge { return_url: back, description: "Tea".into(), ..Charge::new(payment(), money(amount, currency)) }
}

fn order(status: &str, payments: Value) -> Value {
    json!({"id": "5O19", "status": status, "purchase_units": [{"custom_id": payment(), "payments": payments,
        "amount": {"currency_code": "THB", "value": "45.50"}}],
        "links": [{"rel": "self", "href": "https://api-m.paypal.com/v2/checkout/orders/5O19"},
            {"rel": "payer-action", "href": "https://www.paypal.com/checkoutnow?token=5O19"}]})
}

fn part(id: &str, status: &str, value: &str) -> Value {
    json!({"id": id, "status": status, "amount": {"currency_code": "THB", "value": value}, "custom_id": payment()})
}

#[test]
fn a_charge_is_an_order_to_consent_to() {
    let request = paypal().request(&Call::Charge(charge(4550, "THB")), Some(&token())).unwrap();
    assert_eq!(
        (request.method.as_str(), request.url.as_str()),
        ("POST", "https://api-m.paypal.com/v2/checkout/orders")
    );
    assert_eq!(header(&request, "paypal-request-id"), Some(payment().to_string().as_str()));
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(
        (&body["intent"], &body["purchase_units"][0]["amount"]),
        (&json!("CAPTURE"), &json!({"currency_code": "THB", "value": "45.50"}))
    );
    assert_eq!(body["purchase_units"][0]["invoice_id"], json!(payment()));
    let context = &body["payment_source"]["paypal"]["experience_context"];
    assert_eq!(context["cancel_url"], "https://shop.example/back");
    assert!(matches!(paypal().request(&Call::Charge(charge(1, "THB")), None), Err(Invalid::Missing { .. })));
}

#[test]
fn amounts_are_decimals_of_paypals_own_digits() {
    let value = |amount, currency: &str| {
        let request = paypal().request(&Call::Charge(charge(amount, currency)), Some(&token()));
        request.map(|request| {
            let body: Value = serde_json::from_str(&request.body).unwrap();
            body["purchase_units"][0]["amount"]["value"].as_str().unwrap().to_owned()
        })
    };
    for (amount, currency, expected) in
        [(5, "USD", "0.05"), (45, "JPY", "45"), (4500, "HUF", "45"), (4500, "TWD", "45")]
    {
        assert_eq!(value(amount, currency).as_deref(), Ok(expected), "{currency}");
    }
    for (amount, currency) in [(4501, "HUF"), (4500, "KWD"), (4500, "INR"), (0, "USD")] {
        assert!(matches!(value(amount, currency), Err(Invalid::Amount(_))), "{currency}");
    }
}

#[test]
fn an_order_is_in_one_of_our_states() {
    let call = Call::Look(known(Some("5O19"), None));
    let outcome = |body: &Value| told(&paypal(), &call, 200, body);
    let away = State::ActionRequired(Action::Redirect("https://www.paypal.com/checkoutnow?token=5O19".into()));
    assert_eq!(outcome(&order("PAYER_ACTION_REQUIRED", json!({}))).unwrap().state, away);
    assert_eq!(outcome(&order("APPROVED", json!({}))).unwrap().state, State::Approved);
    assert_eq!(outcome(&order("VOIDED", json!({}))).unwrap().state, State::Cancelled);
    let taken = outcome(&order("COMPLETED", json!({"captures": [part("C1", "COMPLETED", "45.50")]}))).unwrap();
    assert_eq!((taken.state, taken.transaction.as_deref()), (State::Captured(money(4550, "THB")), Some("C1")));
    assert_eq!((taken.ours, taken.amount), (Some(payment()), Some(money(4550, "THB"))));
    let held = outcome(&order("COMPLETED", json!({"authorizations": [part("A1", "CREATED", "45.50")]}))).unwrap();
    assert_eq!((held.state, held.transaction.as_deref()), (State::Authorised(money(4550, "THB")), Some("A1")));
    let parts = json!({"authorizations": [part("A1", "PARTIALLY_CAPTURED", "45.50")],
        "captures": [part("C1", "PARTIALLY_REFUNDED", "10.00"), part("C2", "COMPLETED", "5.25")]});
    let parts = outcome(&order("COMPLETED", parts)).unwrap();
    assert_eq!((parts.state, parts.transaction.as_deref()), (State::Captured(money(1525, "THB")), Some("C2")));
    let pending = outcome(&order("COMPLETED", json!({"captures": [part("C1", "PENDING", "45.50")]}))).unwrap();
    assert_eq!(pending.state, State::Pending);
    let declined = outcome(&order("COMPLETED", json!({"captures": [part("C1", "DECLINED", "45.50")]}))).unwrap();
    assert!(matches!(declined.state, State::Refused(_)));
    assert_eq!(outcome(&order("NEW", json!({}))), Err(Failure::Unknown(Doubt::Unreadable)));
    assert_eq!(outcome(&order("COMPLETED", json!({}))), Err(Failure::Unknown(Doubt::Unreadable)));
}

#[test]
fn what_is_held_is_taken_in_parts_or_given_free() {
    let of = || known(Some("5O19"), Some("A1"));
    let ask = |call: &Call| paypal().request(call, Some(&token())).unwrap();
    let complete = |capture| Call::Complete { known: of(), attempt: refund(), capture, method: None, return_url: None };
    assert!(ask(&complete(Capture::Manual)).url.ends_with("/v2/checkout/orders/5O19/authorize"));
    assert!(ask(&complete(Capture::Automatic)).url.ends_with("/v2/checkout/orders/5O19/capture"));
    let capture = Call::Capture { known: of(), capture: refund(), amount: money(1000, "THB"), is_final: false };
    let request = ask(&capture);
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert!(request.url.ends_with("/v2/payments/authorizations/A1/capture"));
    assert_eq!((&body["amount"]["value"], &body["final_capture"]), (&json!("10.00"), &json!(false)));
    let outcome = told(&paypal(), &capture, 201, &part("C1", "COMPLETED", "10.00")).unwrap();
    assert_eq!((outcome.state, outcome.transaction.as_deref()), (State::Captured(money(1000, "THB")), Some("C1")));
    let void = Call::Void(of());
    assert!(ask(&void).url.ends_with("/v2/payments/authorizations/A1/void"));
    let headers = crate::Headers::default();
    let gone = paypal().parse(&void, &crate::Answer { status: 204, headers: &headers, body: b"" });
    assert_eq!(gone.unwrap().state, State::Cancelled);
}

#[test]
fn parts_are_given_back_each_under_its_id() {
    let of = known(Some("5O19"), Some("C1"));
    let call = Call::Refund { known: of, refund: refund(), amount: money(1000, "THB"), notice_url: None };
    let request = paypal().request(&call, Some(&token())).unwrap();
    assert!(request.url.ends_with("/v2/payments/captures/C1/refund"));
    assert_eq!(header(&request, "paypal-request-id"), Some(refund().to_string().as_str()));
    let mut answer = part("R1", "COMPLETED", "10.00");
    answer["custom_id"] = json!(refund());
    let outcome = told(&paypal(), &call, 201, &answer).unwrap();
    assert_eq!((outcome.state, outcome.ours), (State::Refunded(money(1000, "THB")), Some(refund())));
}

#[test]
fn errors_are_told_apart() {
    let call = Call::Charge(charge(4550, "THB"));
    let error = |status, issue: &str| {
        told(&paypal(), &call, status, &json!({"name": "UNPROCESSABLE_ENTITY", "details": [{"issue": issue}]}))
    };
    let declined = State::Refused(Refusal { reason: Reason::Declined, code: "INSTRUMENT_DECLINED".into() });
    assert_eq!(error(422, "INSTRUMENT_DECLINED").unwrap().state, declined);
    for (issue, reason) in [
        ("DUPLICATE_INVOICE_ID", Reason::WrongState),
        ("ORDER_ALREADY_CAPTURED", Reason::WrongState),
        ("REFUND_AMOUNT_EXCEEDED", Reason::AmountOutOfRange),
        ("INVALID_RESOURCE_ID", Reason::NotFound),
        ("MISSING_REQUIRED_PARAMETER", Reason::BadCall),
    ] {
        assert_eq!(error(422, issue), Err(Failure::refused(reason, issue)), "{issue}");
    }
    let back =
        Call::Refund { known: known(None, Some("C1")), refund: refund(), amount: money(1, "THB"), notice_url: None };
    let poor = json!({"name": "UNPROCESSABLE_ENTITY", "details": [{"issue": "REFUND_FAILED_INSUFFICIENT_FUNDS"}]});
    assert!(matches!(told(&paypal(), &back, 422, &poor).unwrap().state, State::RefundRefused(_)));
    assert_eq!(error(422, "PREVIOUS_REQUEST_IN_PROGRESS"), Err(Failure::Unknown(Doubt::InFlight)));
    assert_eq!(error(401, ""), Err(Failure::Unknown(Doubt::Credentials)));
    assert_eq!(error(500, "INTERNAL_SERVICE_ERROR"), Err(Failure::Unknown(Doubt::Fault(500))));
}
