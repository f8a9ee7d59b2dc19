use crate::stripe::tests::intent;
use crate::tests::{NOW, configured, money, payment, refund};
use crate::{Gateway, Headers, NoticeKind, Received, Rejected};
use serde_json::{Value, json};

/// An event, and what its signature must be of.
fn event(change: impl FnOnce(&mut Value)) -> String {
    let mut event = json!({"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "livemode": false,
        "created": NOW.seconds(), "data": {"object": intent("succeeded")}});
    change(&mut event);
    event.to_string()
}

fn signed(time: i64, body: &str, secret: &str) -> String {
    format!("t={time},v1={}", crate::mac::sign(secret, &[time.to_string().as_bytes(), b".", body.as_bytes()]))
}

fn receive(gateway: &Gateway, header: &str, body: &str) -> Result<Received, Rejected> {
    gateway.receive(&Headers::from_iter([("Stripe-Signature", header)]), body.as_bytes(), NOW)
}

fn two_secrets() -> Gateway {
    configured(
        json!({"gateway": "stripe", "secret_key": "sk_test_1", "webhook_secrets": ["new", "old"], "live": false}),
    )
}

#[test]
fn only_genuine_and_fresh_notices_of_this_account_are_believed() {
    let (gateway, body, now) = (two_secrets(), event(|_| {}), NOW.seconds());
    for time in [now - 300, now, now + 300] {
        for secret in ["new", "old"] {
            assert!(matches!(receive(&gateway, &signed(time, &body, secret), &body), Ok(Received::Genuine(_))));
        }
    }
    let good = signed(now, &body, "new");
    let several = format!("{},v1={}", signed(now, &body, "retired"), good.split("v1=").nth(1).unwrap());
    assert!(receive(&gateway, &several, &body).is_ok(), "each v1 is tried");
    let v0 = good.replace("v1=", "v0=");
    for (header, rejected) in [
        (String::new(), Rejected::NoSignature),
        (format!("{v0},v1={}", "0".repeat(64)), Rejected::BadSignature),
        (v0, Rejected::NoSignature),
        (good.replace("t=", "u="), Rejected::NoSignature),
        (format!("t={},{good}", now - 1000), Rejected::NoSignature),
        (signed(now, &body, "retired"), Rejected::BadSignature),
        (signed(now, &body, ""), Rejected::BadSignature),
        (signed(now - 301, &body, "new"), Rejected::Stale),
        (signed(now + 301, &body, "new"), Rejected::Stale),
        (good.replace(&format!("t={now}"), &format!("t={}", now + 1)), Rejected::BadSignature),
    ] {
        assert_eq!(receive(&gateway, &header, &body), Err(rejected), "{header}");
    }
    for at in 0..body.len() {
        let mut other = body.clone().into_bytes();
        other[at] ^= 1;
        let headers = Headers::from_iter([("stripe-signature", good.as_str())]);
        assert_eq!(gateway.receive(&headers, &other, NOW), Err(Rejected::BadSignature));
    }
    let spaced = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&body).unwrap()).unwrap();
    assert_eq!(receive(&gateway, &good, &spaced), Err(Rejected::BadSignature), "the same, written anew");
    let long = format!("{body}{}", " ".repeat(crate::MAX_NOTICE));
    assert_eq!(receive(&gateway, &signed(now, &long, "new"), &long), Err(Rejected::Malformed));
}

#[test]
fn notices_of_another_mode_or_account_are_refused() {
    let told = |gateway: &Gateway, body: &str| receive(gateway, &signed(NOW.seconds(), body, "new"), body);
    assert_eq!(told(&two_secrets(), &event(|event| event["livemode"] = true.into())), Err(Rejected::Mode));
    let connected = event(|event| event["account"] = "acct_2".into());
    assert_eq!(told(&two_secrets(), &connected), Err(Rejected::Account));
    let ours = |account: &str| {
        configured(json!({"gateway": "stripe", "secret_key": "sk_test_1", "webhook_secrets": ["new"],
        "live": false, "account": account}))
    };
    assert!(told(&ours("acct_2"), &connected).is_ok());
    assert_eq!(told(&ours("acct_3"), &connected), Err(Rejected::Account));
    assert_eq!(told(&ours("acct_3"), &event(|_| {})), Err(Rejected::Account));
}

#[test]
fn notices_say_what_happened() {
    let told = |kind: &str, object: Value| {
        let body = event(|event| {
            event["type"] = kind.into();
            event["data"]["object"] = object;
        });
        let Ok(Received::Genuine(notice)) = receive(&two_secrets(), &signed(NOW.seconds(), &body, "new"), &body) else {
            panic!("{kind}")
        };
        notice
    };
    for (kind, expected, amount) in [
        ("payment_intent.succeeded", NoticeKind::Captured, 4000),
        ("payment_intent.amount_capturable_updated", NoticeKind::Authorised, 3000),
        ("payment_intent.payment_failed", NoticeKind::Failed, 4500),
        ("payment_intent.requires_action", NoticeKind::ActionRequired, 4500),
        ("payment_intent.processing", NoticeKind::Pending, 4500),
        ("payment_intent.canceled", NoticeKind::Cancelled, 4500),
        ("payment_intent.created", NoticeKind::Other, 4500),
    ] {
        let notice = told(kind, intent("succeeded"));
        assert_eq!((notice.kind, notice.amount), (expected, Some(money(amount, "THB"))), "{kind}");
        assert_eq!((notice.payment, notice.reference.as_deref()), (Some(payment()), Some("pi_1")));
        assert_eq!((notice.event_id.as_str(), notice.livemode), ("evt_1", Some(false)));
        assert_eq!(notice.refusal.is_some(), expected == NoticeKind::Failed);
    }
    let charge = json!({"id": "ch_1", "payment_intent": "pi_1", "amount": 4500, "amount_refunded": 1500, "currency": "thb",
        "metadata": {"kirana_payment": payment()}});
    let notice = told("charge.refunded", charge);
    assert_eq!((notice.kind, notice.amount), (NoticeKind::RefundedInAll, Some(money(1500, "THB"))));
    for (status, expected) in [
        ("succeeded", NoticeKind::Refunded),
        ("pending", NoticeKind::RefundPending),
        ("failed", NoticeKind::RefundFailed),
        ("canceled", NoticeKind::RefundFailed),
    ] {
        let object = json!({"id": "re_1", "status": status, "amount": 1000, "currency": "thb", "payment_intent": "pi_1",
            "metadata": {"kirana_refund": refund(), "kirana_payment": payment()}});
        let notice = told("refund.updated", object);
        assert_eq!((notice.kind, notice.refund, notice.payment), (expected, Some(refund()), Some(payment())));
    }
    // What its bank takes; a question takes nothing.
    for (event, status, expected, amount) in [
        ("created", "needs_response", NoticeKind::Disputed, Some(4500)),
        ("funds_withdrawn", "under_review", NoticeKind::Disputed, Some(4500)),
        ("created", "warning_needs_response", NoticeKind::Disputed, None),
        ("closed", "warning_closed", NoticeKind::Other, None),
        ("closed", "won", NoticeKind::DisputeWon, Some(4500)),
        ("funds_reinstated", "won", NoticeKind::DisputeWon, Some(4500)),
        ("closed", "lost", NoticeKind::DisputeLost, Some(4500)),
    ] {
        let dispute = json!({"id": "dp_1", "charge": "ch_1", "payment_intent": "pi_1", "amount": 4500, "currency": "thb",
            "reason": "fraudulent", "status": status});
        let notice = told(&format!("charge.dispute.{event}"), dispute);
        assert_eq!((notice.kind, notice.about.as_deref()), (expected, Some("dp_1")), "{event} {status}");
        assert_eq!(notice.amount, amount.map(|amount| money(amount, "THB")), "{event} {status}");
    }
    assert_eq!(told("invoice.paid", json!({"id": "in_1"})).kind, NoticeKind::Other);
}
