//! What holds of every gateway, whatever comes.

use super::{NOW, all, calls, form, known, money, payment, paypal, stripe, token, told};
use crate::{Answer, Call, Charge, Doubt, Failure, Gateway, Headers, Received, Request, State};
use proptest::prelude::*;
use serde_json::{Value, json};

/// An answer of this gateway that says what it was asked for in the words that it was asked in.
fn repeated(gateway: &Gateway, request: &Request) -> Value {
    let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
    match gateway {
        Gateway::Stripe(_) => {
            let form = form(request);
            let amount: i64 = form[0].1.parse().unwrap();
            json!({"id": "pi_1", "status": "succeeded", "amount": amount, "amount_received": amount, "currency": form[1].1})
        }
        Gateway::Razorpay(_) => {
            json!({"id": "pay_1", "status": "captured", "amount": body["amount"], "currency": body["currency"]})
        }
        Gateway::PayPal(_) => {
            let amount = &body["purchase_units"][0]["amount"];
            json!({"id": "O1", "status": "COMPLETED", "purchase_units": [{"amount": amount,
                "payments": {"captures": [{"id": "C1", "status": "COMPLETED", "amount": amount}]}}]})
        }
        Gateway::Swish(_) => {
            json!({"id": "x", "status": "PAID", "amount": body["amount"], "currency": body["currency"]})
        }
        Gateway::D2i(_) => json!({"id": "x", "status": "paid", "amount": body["amount"]}),
    }
}

proptest! {
    #[test]
    fn an_amount_is_asked_for_exactly_or_not_at_all(
        amount in prop_oneof![1_i64..100_000, 1..=kirana_kernel::money::MAX_AMOUNT],
        code in prop::sample::select(vec!["THB", "INR", "SEK", "JPY", "KWD", "ISK", "UGX", "MGA", "HUF", "TWD"]),
    ) {
        let (notice, back) = ("https://shop.example/n".to_owned(), "https://shop.example/b".to_owned());
        let asked =
            Charge { notice_url: Some(notice), return_url: Some(back), ..Charge::new(payment(), money(amount, code)) };
        for gateway in all() {
            let Ok(request) = gateway.request(&Call::Charge(asked.clone()), Some(&token())) else { continue };
            let look = Call::Look(known(Some("x"), Some("y")));
            let outcome = told(&gateway, &look, 200, &repeated(&gateway, &request)).unwrap();
            prop_assert_eq!(outcome.state, State::Captured(money(amount, code)), "{}", gateway.name());
        }
    }

    #[test]
    fn what_is_null_is_not_there(name in prop::sample::select(vec!["metadata", "notes", "links", "status_details",
        "next_action", "last_payment_error", "error_reason", "errorCode", "receipt", "reason", "redirect_url"])) {
        let (notice, back) = ("https://shop.example/n".to_owned(), "https://shop.example/b".to_owned());
        let asked = Charge { notice_url: Some(notice), return_url: Some(back), ..Charge::new(payment(), money(4500, "SEK")) };
        for gateway in all() {
            let request = gateway.request(&Call::Charge(asked.clone()), Some(&token())).unwrap();
            let mut answer = repeated(&gateway, &request);
            answer[name] = Value::Null;
            let outcome = told(&gateway, &Call::Look(known(Some("x"), Some("y"))), 200, &answer).unwrap();
            prop_assert_eq!(outcome.state, State::Captured(money(4500, "SEK")), "{} {}", gateway.name(), name);
        }
    }

    #[test]
    fn words_stay_words(words in ".{1,60}") {
        let back = Some(words.clone());
        let asked = Charge { description: words.clone(), return_url: back, ..Charge::new(payment(), money(1, "THB")) };
        let request = stripe().request(&Call::Charge(asked.clone()), None).unwrap();
        prop_assert!(form(&request).contains(&("description".to_owned(), words.clone())));
        let request = paypal().request(&Call::Charge(asked), Some(&token())).unwrap();
        let body: Value = serde_json::from_str(&request.body).unwrap();
        prop_assert_eq!(&body["purchase_units"][0]["description"], &json!(words));
    }

    #[test]
    fn no_answer_breaks_anything(status in 100_u16..=599, body in ".{0,200}", which in 0_usize..7, retry in ".{0,8}") {
        let headers = Headers::from_iter([("Retry-After", retry)]);
        for gateway in all() {
            let answer = Answer { status, headers: &headers, body: body.as_bytes() };
            let parsed = gateway.parse(&calls("SEK")[which], &answer);
            if !(200..500).contains(&status) {
                let unknown = Err(Failure::Unknown(Doubt::Fault(status)));
                prop_assert_eq!(parsed, unknown, "nobody knows, and that is no failure");
            }
        }
    }

    #[test]
    fn nobody_is_believed_without_a_signature(body in ".{0,200}", signature in ".{0,100}") {
        let names = ["stripe-signature", "x-razorpay-signature", "d2i-signature", "paypal-transmission-sig"];
        let headers: Headers = names.into_iter().map(|name| (name, signature.clone())).collect();
        for gateway in all() {
            let received = gateway.receive(&headers, body.as_bytes(), NOW);
            prop_assert!(!matches!(received, Ok(Received::Genuine(_))), "{:?}", received);
        }
    }
}
