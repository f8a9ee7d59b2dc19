//! Swish is asked as a client asks it that others wrote: swish_client.py. Swish itself publishes no SDK.

use super::{gateway, header, id, known, money, python, said};
use kirana_gateways::{Call, Charge};
use serde_json::{Value, json};
use std::process::Command;

/// The client writes kronor as a number, we as a text with two decimals; Swish takes both.
fn body(text: &str) -> Value {
    let mut body: Value = serde_json::from_str(text).unwrap_or_default();
    if let Some(amount) = body.get_mut("amount") {
        let number = amount.as_f64().or_else(|| amount.as_str()?.parse().ok()).unwrap();
        *amount = json!(number);
    }
    body
}

#[test]
fn swish_is_asked_as_a_client_of_others_asks_it() {
    let Some(python) = python() else { return };
    let theirs = said(Command::new(python).arg("tests/gateways/swish_client.py"));
    let base = "https://mss.cpc.getswish.net";
    let gateway = gateway(json!({"gateway": "swish", "base": format!("{base}/swish-cpcapi"), "payee": "1234679304",
        "live": false}));
    let ask = |call: Call| gateway.request(&call, None).unwrap();
    let notice_url = Some("https://shop.example/api/v1/webhooks/swish".to_owned());
    let charge = |amount| Charge { notice_url: notice_url.clone(), ..Charge::new(id("payment"), money(amount, "SEK")) };
    let rings = Charge { method: Some("46701234567".into()), description: "Te + kaffe".into(), ..charge(10_050) };
    let (of, refund) = (|| known("", "6D6CD7406ECE4542A80152D909EF9F6B"), id("refund"));
    let back = Call::Refund { known: of(), refund, amount: money(5_000, "SEK"), notice_url: notice_url.clone() };
    let ours = [
        ("charge", ask(Call::Charge(rings))),
        ("without_payer", ask(Call::Charge(charge(700)))),
        ("look", ask(Call::Look(of()))),
        ("void", ask(Call::Void(of()))),
        ("refund", ask(back)),
        ("look_refund", ask(Call::LookRefund { known: of(), refund, reference: None })),
    ];
    assert_eq!(theirs.as_object().unwrap().len(), ours.len());
    for (name, request) in ours {
        let theirs = &theirs[name];
        assert_eq!(request.method.as_str(), theirs["method"], "{name}");
        assert_eq!(request.url.strip_prefix(base), theirs["path"].as_str(), "{name}");
        assert_eq!(body(&request.body), body(theirs["body"].as_str().unwrap()), "{name}");
        if !request.body.is_empty() {
            assert_eq!(header(&request, "content-type"), theirs["headers"]["content-type"].as_str(), "{name}");
        }
    }
}
