//! A gateway's report against the books.

use super::{CUP, become_eventually, paid_order, refund};
use crate::wanted;
use kirana_tests::chain::golden_bubble;
use kirana_tests::{Chain, Platform};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

#[test]
#[allow(clippy::disallowed_methods)] // the clock: this program never runs as WASM
fn a_gateways_report_is_held_against_the_books() {
    if !wanted() {
        return;
    }
    let platform = Platform::start("reconcile").unwrap();
    let chain = Chain::open(&platform, 100).unwrap();
    let (_, customer) = chain.customer().unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let pay = || paid_order(&chain, &customer, &chain.order(&[golden_bubble(1)])).1;
    let fifth = pay();
    refund(&chain, &fifth, CUP);
    become_eventually(&chain, &[]);
    let mapping = json!({"delimiter": ",", "notation": "point", "dates": {"type": "rfc3339"}, "currency": {"type": "column", "column": "currency"},
        "amount": {"type": "signed", "column": "gross"}, "references": ["thing"], "at": "at", "id": "row", "kind": "kind",
        "kinds": {"sale": "payment", "back": "refund", "payout": "settlement"}, "fee": "fee"});
    let report = |csv: &str| {
        json!({"gateway": "sandbox", "format": {"type": "generic", "mapping": mapping}, "csv": csv,
            "window": {"name": "today", "from": crate::amend::rfc3339(now - 3_600), "until": crate::amend::rfc3339(now + 3_600)},
            "date_tolerance_s": 600, "post": {"bank": "main", "fee_tax": {"place": "TH", "tax": "vat"}}})
    };
    let mut csv = "row,kind,thing,gross,fee,currency,at\n".to_owned();
    let refund = missing_in(&chain, &report(&csv), &fifth);
    let paid = [pay(), pay(), pay(), pay(), fifth];
    become_eventually(&chain, &[("deposits", -CUP * 4), ("gateway:sandbox", CUP * 4)]);

    // The first as it is, the second twice, the third a baht short, the fourth not at all; the fifth and its refund as they are. A fee, and
    // a payout of some of it.
    let reference = |payment: &Value| payment["reference"].as_str().unwrap().to_owned();
    let time = crate::amend::rfc3339(now + 5);
    let row =
        |id: &str, kind: &str, of: &str, gross: &str, fee: &str| format!("{id},{kind},{of},{gross},{fee},THB,{time}\n");
    for (id, payment, gross) in
        [("b1", 0, "110.00"), ("b2", 1, "110.00"), ("b3", 1, "110.00"), ("b4", 2, "109.00"), ("b5", 4, "110.00")]
    {
        csv += &row(id, "sale", &reference(&paid[payment]), gross, if id == "b1" { "3.15" } else { "0.00" });
    }
    csv += &row("b6", "back", &refund, "-110.00", "0.00");
    csv += &row("b7", "payout", "po_1", "-200.00", "0.00");
    let unreadable = chain
        .admin
        .post("/api/v1/payments/reconcile", &report(&csv.replace("109.00", "1o9")))
        .unwrap()
        .expect(422)
        .unwrap();
    assert_eq!(
        (&unreadable["code"], &unreadable["errors"][0]["path"]),
        (&json!("unreadable_report"), &json!("csv[5].gross"))
    );
    let first = chain.admin.post("/api/v1/payments/reconcile", &report(&csv)).unwrap().expect(200).unwrap();
    let kinds = |answer: &Value| -> Vec<String> {
        let all = answer["reconciliation"]["exceptions"].as_array().unwrap().iter();
        all.map(|one| format!("{} {}", one["kind"].as_str().unwrap(), one["record"].as_str().unwrap_or("-"))).collect()
    };
    let record = |payment: usize| paid[payment]["id"].as_str().unwrap();
    let expected = [
        "duplicated_at_gateway -".to_owned(),
        format!("amount_differs {}", record(2)),
        format!("missing_at_gateway {}", record(3)),
    ];
    assert_eq!(kinds(&first), expected, "{first}");
    assert_eq!(
        (&first["rows"], &first["postings"], &first["reconciliation"]["matched"]),
        (&json!(7), &json!(2), &json!(5))
    );
    // We have 110 that the gateway does not, and 1 too much; it has 110 too much.
    assert_eq!(first["differences"], json!({"THB": CUP + 100 - CUP}));
    let after = [
        ("bank:main", 20_000),
        ("deposits", -CUP * 4),
        ("gateway-fees:sandbox", 315),
        ("gateway:sandbox", CUP * 4 - 20_000 - 315),
    ];
    become_eventually(&chain, &after);

    // Read again, it is the same, and nothing is posted twice.
    let again = chain.admin.post("/api/v1/payments/reconcile", &report(&csv)).unwrap().expect(200).unwrap();
    assert_eq!(again, first);
    become_eventually(&chain, &after);
    let open =
        || chain.admin.get("/api/v1/payments/exceptions?status=open").unwrap().expect(200).unwrap()["items"].clone();
    let ids: Vec<String> =
        open().as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 3);
    let differs = ids.iter().find(|id| id.starts_with("amount_differs/")).unwrap();
    let path = format!("/api/v1/payments/exceptions/{}", differs.replace('/', "%2F"));
    let decide = |resolution: &str| {
        chain.admin.put(&path, &json!({"resolution": resolution, "note": "a baht is a baht"})).unwrap()
    };
    assert_eq!(decide("wait").expect(422).unwrap()["errors"][0]["path"], "resolution");
    for _ in 0..2 {
        let decided = decide("accept_difference").expect(200).unwrap();
        assert_eq!((&decided["status"], &decided["note"]), (&json!("resolved"), &json!("a baht is a baht")));
    }
    assert_eq!(decide("ask_gateway").expect(409).unwrap()["code"], "resolved");
    assert_eq!(open().as_array().unwrap().len(), 2);
    let last =
        [after[0], after[1], ("gateway-differences:sandbox", 100), after[2], ("gateway:sandbox", after[3].1 - 100)];
    become_eventually(&chain, &last);
    chain.manager.get("/api/v1/payments/exceptions").unwrap().expect(403).unwrap();
}

/// Holds an empty report against a payment and its refund: both are missing. Somebody waits for the next report. Answers the gateway's own id
/// of the refund.
fn missing_in(chain: &Chain, report: &Value, payment: &Value) -> String {
    let answer = chain.admin.post("/api/v1/payments/reconcile", report).unwrap().expect(200).unwrap();
    let exceptions = answer["reconciliation"]["exceptions"].as_array().unwrap();
    assert_eq!((exceptions.len(), &answer["differences"]), (2, &json!({})), "{answer}");
    for exception in exceptions {
        assert_eq!(exception["kind"], "missing_at_gateway");
        let path = format!("/api/v1/payments/exceptions/{}", exception["id"].as_str().unwrap().replace('/', "%2F"));
        let wait = json!({"resolution": "wait", "note": "tomorrow's report has it"});
        chain.admin.put(&path, &wait).unwrap().expect(200).unwrap();
    }
    let refund = exceptions.iter().find(|one| one["record"] != payment["id"]).unwrap();
    refund["reference"].as_str().unwrap().to_owned()
}
