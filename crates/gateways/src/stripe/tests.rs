use crate::tests::{form, header, id, known, money, payment, refund, stripe, told};
use crate::{Action, Call, Capture, Charge, Doubt, Failure, Gateway, Headers, Invalid, Reason, Refusal, State};
use kirana_kernel::Money;
use serde_json::{Value, json};

fn charge(amount: Money) -> Charge {
    Charge { method: Some("pm_1".into()), ..Charge::new(payment(), amount) }
}

pub fn intent(status: &str) -> Value {
    json!({"id": "pi_1", "object": "payment_intent", "status": status, "amount": 4500, "amount_capturable": 3000,
        "amount_received": 4000, "currency": "thb", "client_secret": "pi_1_secret_2", "next_action": null,
        "last_payment_error": null, "metadata": {"kirana_payment": payment()}})
}

#[test]
fn a_charge_is_a_payment_intent_under_our_payments_id() {
    let back = Some("https://shop.example/back?a=1&b=2".to_owned());
    let charge = Charge { return_url: back, description: "Tea & milk".into(), ..charge(money(4500, "THB")) };
    let request = stripe().request(&Call::Charge(charge), None).unwrap();
    assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", "https://api.stripe.com/v1/payment_intents"));
    assert_eq!(header(&request, "idempotency-key"), Some("0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44"));
    assert!(request.body.contains("metadata%5Bkirana_payment%5D=0199f6a1"), "{}", request.body);
    let form = form(&request);
    let value = |name: &str| form.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    assert_eq!((value("amount"), value("currency"), value("confirm")), (Some("4500"), Some("thb"), Some("true")));
    assert_eq!(value("return_url"), Some("https://shop.example/back?a=1&b=2"));
    assert_eq!((value("capture_method"), value("off_session")), (Some("automatic"), None));
}

#[test]
fn amounts_are_in_the_units_that_stripe_counts() {
    let body = |money| stripe().request(&Call::Charge(charge(money)), None).map(|request| form(&request)[0].1.clone());
    for (amount, currency, units) in [
        (4500, "THB", "4500"),
        (45, "JPY", "45"),
        (45, "ISK", "4500"),
        (45, "UGX", "4500"),
        (500, "MGA", "5"),
        (4510, "KWD", "4510"),
    ] {
        assert_eq!(body(money(amount, currency)).as_deref(), Ok(units), "{currency}");
    }
    for (amount, currency) in [(4505, "KWD"), (501, "MGA"), (0, "THB"), (-1, "THB")] {
        assert!(matches!(body(money(amount, currency)), Err(Invalid::Amount(_))), "{currency}");
    }
    let krona =
        json!({"id": "pi_1", "status": "succeeded", "amount": 4500, "amount_received": 4500, "currency": "isk"});
    assert_eq!(
        told(&stripe(), &Call::Look(known(Some("pi_1"), None)), 200, &krona).unwrap().state,
        State::Captured(money(45, "ISK"))
    );
}

#[test]
fn a_card_number_goes_nowhere() {
    for method in ["4242424242424242", "4242 4242 4242 4242", "", "pm_1&amount=1", "tok_visa"] {
        let bad = Charge { method: Some(method.into()), ..charge(money(4500, "THB")) };
        assert_eq!(stripe().request(&Call::Charge(bad), None), Err(Invalid::Reference), "{method}");
    }
}

#[test]
fn who_is_not_there_cannot_be_sent_anywhere() {
    let saved = Charge {
        customer: Some("cus_1".into()),
        off_session: true,
        return_url: Some("https://a.example".into()),
        ..charge(money(4500, "THB"))
    };
    let request = stripe().request(&Call::Charge(saved.clone()), None).unwrap();
    assert!(request.body.contains("off_session=true") && !request.body.contains("return_url"), "{}", request.body);
    let nobodys = Charge { customer: None, ..saved };
    assert!(matches!(stripe().request(&Call::Charge(nobodys), None), Err(Invalid::Missing { .. })));
}

#[test]
fn parts_are_captured_and_given_back() {
    let of = || known(Some("pi_1"), None);
    let capture = |is_final| {
        let call = Call::Capture { known: of(), capture: refund(), amount: money(3000, "THB"), is_final };
        stripe().request(&call, None).unwrap()
    };
    assert_eq!(capture(true).body, "amount_to_capture=3000");
    assert_eq!(capture(false).body, "amount_to_capture=3000&final_capture=false");
    assert_eq!(header(&capture(true), "idempotency-key"), Some(refund().to_string().as_str()));
    let void = stripe().request(&Call::Void(of()), None).unwrap();
    assert_eq!((void.url.as_str(), void.body.as_str()), ("https://api.stripe.com/v1/payment_intents/pi_1/cancel", ""));
    let back = Call::Refund { known: of(), refund: refund(), amount: money(1000, "THB"), notice_url: None };
    let request = stripe().request(&back, None).unwrap();
    assert_eq!(form(&request)[..2], [("payment_intent".into(), "pi_1".into()), ("amount".into(), "1000".into())]);
    let mut answer = json!({"id": "re_1", "status": "succeeded", "amount": 1000, "currency": "thb",
        "payment_intent": "pi_1", "metadata": {"kirana_refund": refund()}});
    let outcome = told(&stripe(), &back, 200, &answer).unwrap();
    assert_eq!((outcome.state, outcome.ours), (State::Refunded(money(1000, "THB")), Some(refund())));
    answer["status"] = "failed".into();
    answer["failure_reason"] = "lost_or_stolen_card".into();
    let refused = Refusal { reason: Reason::Suspicious, code: "lost_or_stolen_card".into() };
    assert_eq!(told(&stripe(), &back, 200, &answer).unwrap().state, State::RefundRefused(refused));
}

#[test]
fn a_payment_intent_is_in_one_of_our_states() {
    let call = Call::Look(known(Some("pi_1"), None));
    let state = |intent: &Value| told(&stripe(), &call, 200, intent).map(|outcome| outcome.state);
    let script = State::ActionRequired(Action::ClientSecret(crate::Secret::new("pi_1_secret_2")));
    for (status, expected) in [
        ("requires_payment_method", script.clone()),
        ("requires_confirmation", script.clone()),
        ("requires_action", script),
        ("processing", State::Pending),
        ("requires_capture", State::Authorised(money(3000, "THB"))),
        ("canceled", State::Cancelled),
        ("succeeded", State::Captured(money(4000, "THB"))),
    ] {
        assert_eq!(state(&intent(status)), Ok(expected), "{status}");
    }
    let mut asked = intent("requires_action");
    asked["next_action"] =
        json!({"type": "redirect_to_url", "redirect_to_url": {"url": "https://hooks.stripe.com/3d"}});
    assert_eq!(state(&asked), Ok(State::ActionRequired(Action::Redirect("https://hooks.stripe.com/3d".into()))));
    let mut declined = intent("requires_payment_method");
    declined["last_payment_error"] =
        json!({"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds"});
    let refused = Refusal { reason: Reason::InsufficientFunds, code: "insufficient_funds".into() };
    assert_eq!(state(&declined), Ok(State::Refused(refused)));
    assert_eq!(state(&intent("something_new")), Err(Failure::Unknown(Doubt::Unreadable)));
    assert_eq!(state(&json!({})), Err(Failure::Unknown(Doubt::Unreadable)));
    let search =
        told(&stripe(), &Call::Look(known(None, None)), 200, &json!({"data": [intent("processing")]})).unwrap();
    let mut anothers = intent("succeeded");
    anothers["metadata"] = json!({"kirana_payment": refund()});
    let found = told(&stripe(), &Call::Look(known(None, None)), 200, &json!({"data": [anothers]}));
    assert_eq!(found, Err(Failure::refused(Reason::NotFound, "")));
    assert_eq!((search.state, search.reference.as_deref()), (State::Pending, Some("pi_1")));
}

#[test]
fn refusals_and_riddles_are_told_apart() {
    let call = Call::Charge(charge(money(4500, "THB")));
    let error = |status, error: Value| told(&stripe(), &call, status, &json!({"error": error}));
    let declined = error(
        402,
        json!({"type": "card_error", "code": "card_declined", "decline_code": "stolen_card",
        "message": "Mali's card ...", "payment_intent": intent("requires_payment_method")}),
    )
    .unwrap();
    assert_eq!(declined.state, State::Refused(Refusal { reason: Reason::Suspicious, code: "stolen_card".into() }));
    assert_eq!((declined.reference.as_deref(), declined.ours), (Some("pi_1"), Some(payment())));
    for (status, kind, code, reason) in [
        (400, "idempotency_error", "", Reason::KeyReused),
        (400, "invalid_request_error", "amount_too_small", Reason::AmountOutOfRange),
        (400, "invalid_request_error", "charge_already_refunded", Reason::WrongState),
        (404, "invalid_request_error", "resource_missing", Reason::NotFound),
        (400, "invalid_request_error", "parameter_unknown", Reason::BadCall),
    ] {
        let refusal = Failure::Refused(Refusal { reason, code: code.into() });
        assert_eq!(error(status, json!({"type": kind, "code": code})), Err(refusal), "{kind} {code}");
    }
    let back =
        Call::Refund { known: known(Some("pi_1"), None), refund: refund(), amount: money(1, "THB"), notice_url: None };
    let no_money = json!({"error": {"type": "card_error", "code": "insufficient_funds"}});
    let refused = Refusal { reason: Reason::InsufficientFunds, code: "insufficient_funds".into() };
    assert_eq!(told(&stripe(), &back, 402, &no_money).unwrap().state, State::RefundRefused(refused));
    for (status, doubt) in [
        (401, Doubt::Credentials),
        (409, Doubt::InFlight),
        (429, Doubt::Busy { retry_after: None }),
        (500, Doubt::Fault(500)),
        (503, Doubt::Fault(503)),
    ] {
        assert_eq!(error(status, json!({"type": "api_error"})), Err(Failure::Unknown(doubt)));
    }
}

#[test]
fn a_customer_keeps_methods() {
    let Gateway::Stripe(config) = stripe() else { panic!() };
    let request = super::customer(&config, id("0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e46"));
    assert!(request.body.contains("kirana_user"), "{}", request.body);
    assert!(super::saved_methods(&config, "cus_1/../x").is_err());
    assert!(super::forget_customer(&config, "cus_1/../x").is_err() && super::forget_method(&config, "").is_err());
    let list = json!({"data": [{"id": "pm_1", "card": {"brand": "visa", "last4": "4242", "exp_year": 2030, "exp_month": 4}},
        {"id": "pm_2", "type": "sepa_debit"}]});
    let headers = Headers::default();
    let body = list.to_string();
    let answer = crate::Answer { status: 200, headers: &headers, body: body.as_bytes() };
    let saved = super::read_saved_methods(&answer).unwrap();
    assert_eq!((saved.len(), saved[0].last4.as_str(), saved[0].expires), (1, "4242", (2030, 4)));
    let forgotten =
        |status, body: &str| super::read_forgotten(&crate::Answer { status, headers: &headers, body: body.as_bytes() });
    assert_eq!(forgotten(200, r#"{"id": "cus_1", "deleted": true}"#), Ok(()));
    assert_eq!(forgotten(404, r#"{"error": {"type": "invalid_request_error", "code": "resource_missing"}}"#), Ok(()));
    assert!(matches!(forgotten(503, ""), Err(Failure::Unknown(_))), "asked again");
    let manual = Charge { capture: Capture::Manual, save_method: true, ..charge(money(1, "THB")) };
    let body = stripe().request(&Call::Charge(manual), None).unwrap().body;
    assert!(body.contains("capture_method=manual") && body.contains("setup_future_usage=on_session"), "{body}");
}
