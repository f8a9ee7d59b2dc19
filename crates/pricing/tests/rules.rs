//! Promotions as the API takes them.

use kirana_pricing::Promotion;

const ID: &str = "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44";

fn promotion(rest: &str) -> Result<Promotion, String> {
    serde_json::from_str(&format!(r#"{{"id":"{ID}","name":"x",{rest}}}"#)).map_err(|error| error.to_string())
}

#[test]
fn what_is_left_out_asks_nothing() {
    let text = r#""benefit":{"kind":"percentage","percent_bp":1000}"#;
    let parsed = promotion(text).unwrap();
    assert!(parsed.faults().is_empty());
    let again: Promotion = serde_json::from_str(&serde_json::to_string(&parsed).unwrap()).unwrap();
    assert_eq!(parsed, again);
}

#[test]
fn unknown_fields_are_refused() {
    let wrong = [
        r#""benefit":{"kind":"percentage","percent_bp":1000},"prio":1"#,
        r#""benefit":{"kind":"percentage","percent":10}"#,
        r#""benefit":{"kind":"percentage","percent_bp":1000,"on":{"sku":["a"]}}"#,
        r#""benefit":{"kind":"percentage","percent_bp":1000},"conditions":{"shop":[]}"#,
        r#""benefit":{"kind":"percentage","percent_bp":1000},"caps":{"max":1}"#,
        r#""benefit":{"kind":"percentage","percent_bp":1000,"of":1}"#,
        r#""benefit":{"kind":"gift"}"#,
    ];
    for text in wrong {
        assert!(promotion(text).is_err(), "{text}");
    }
}

#[test]
fn every_fault_names_its_field() {
    let usd = r#"{"amount":1,"currency":"USD"}"#;
    let cases = [
        (r#""benefit":{"kind":"percentage","percent_bp":10001}"#.to_owned(), "benefit.percent_bp"),
        (r#""benefit":{"kind":"amount_off","amount":{"amount":-1,"currency":"THB"}}"#.into(), "benefit.amount"),
        (r#""benefit":{"kind":"buy_get","buy":0,"get":1,"percent_bp":1}"#.into(), "benefit.buy"),
        (format!(r#""benefit":{{"kind":"bundle","parts":[],"price":{usd}}}"#), "benefit.parts"),
        (
            r#""benefit":{"kind":"bulk_tiers","measure":"pieces","tiers":[{"from":5,"percent_bp":9},{"from":5,"percent_bp":10}]}"#.into(),
            "benefit.tiers",
        ),
        (r#""benefit":{"kind":"percentage","percent_bp":1},"caps":{"uses":0}"#.into(), "caps.uses"),
        (
            format!(r#""benefit":{{"kind":"amount_off","amount":{usd}}},"caps":{{"per_order":{{"amount":1,"currency":"THB"}}}}"#),
            "caps.per_order",
        ),
        (r#""benefit":{"kind":"percentage","percent_bp":1},"conditions":{"coupon":""}"#.into(), "conditions.coupon"),
        (
            r#""benefit":{"kind":"percentage","percent_bp":1},"conditions":{"dates":[{"from":"2027-01-02T00:00:00","until":"2027-01-01T00:00:00"}]}"#.into(),
            "conditions.dates",
        ),
    ];
    for (text, path) in cases {
        let faults = promotion(&text).unwrap().faults();
        assert_eq!(faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), [path], "{text}");
    }
}
