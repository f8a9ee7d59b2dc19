//! Disputes at Stripe: what a bank takes back is in the books until it has decided, and in what its report is held against.

use super::fake::{Fake, now};
use super::{Shop, stripe, total};
use crate::wanted;
use serde_json::{Value, json};

/// What a dispute about a payment says of itself.
fn dispute(event: &str, kind: &str, id: &str, status: &str, payment: &Value) -> Value {
    json!({"id": event, "object": "event", "type": format!("charge.dispute.{kind}"), "livemode": false,
        "data": {"object": {"id": id, "object": "dispute", "charge": "ch_1", "payment_intent": payment["reference"],
            "amount": payment["amount"]["amount"], "currency": "thb", "reason": "fraudulent", "status": status}}})
}

/// Balances of accounts that begin so, in satang: debits less credits.
fn booked(shop: &Shop, account: &str) -> i64 {
    let ledger = shop.chain.admin.get("/api/v1/payments/ledger").unwrap().expect(200).unwrap();
    let rows = ledger.as_array().unwrap();
    assert_eq!(rows.iter().map(|row| row["balance"].as_i64().unwrap()).sum::<i64>(), 0, "{ledger}");
    let found = rows.iter().filter(|row| row["account"].as_str().unwrap().starts_with(account));
    found.map(|row| row["balance"].as_i64().unwrap()).sum()
}

fn flag(shop: &Shop, payment: &Value) -> Value {
    shop.payment(payment)["flag"].clone()
}

#[test]
fn what_a_bank_takes_back_is_in_the_books_until_it_has_decided() {
    if !wanted() {
        return;
    }
    let fake = Fake::start();
    let shop = Shop::open("gateways-disputes", &json!({"stripe": stripe(&fake.url)}));
    let orders = [shop.order(1), shop.order(1), shop.order(1)];
    let price = total(&orders[0]);
    let [lost, won, asked] = [0, 1, 2].map(|number: usize| shop.pay(&orders[number], "pm_card_visa"));
    let accounts = || ["gateway:stripe", "disputed:stripe", "dispute-losses"].map(|account| booked(&shop, account));
    assert_eq!(accounts(), [3 * price, 0, 0]);

    // A question takes nothing; a dispute takes its amount, once however often it is told.
    assert_eq!(shop.tell(&dispute("evt_1", "created", "dp_3", "warning_needs_response", &asked)), 204);
    for event in ["evt_2", "evt_2", "evt_3"] {
        assert_eq!(shop.tell(&dispute(event, "created", "dp_1", "needs_response", &lost)), 204);
    }
    assert_eq!(accounts(), [2 * price, price, 0]);
    assert_eq!((flag(&shop, &lost), flag(&shop, &asked)), (json!("disputed"), json!("disputed")));
    assert_eq!(shop.payment(&lost)["status"], "completed", "a dispute is no refund");

    // Lost: it stays away, and what comes late changes nothing. Won, and never told of before: it came back.
    assert_eq!(shop.tell(&dispute("evt_4", "closed", "dp_1", "lost", &lost)), 204);
    assert_eq!(shop.tell(&dispute("evt_5", "funds_withdrawn", "dp_1", "needs_response", &lost)), 204);
    assert_eq!((accounts(), flag(&shop, &lost)), ([2 * price, 0, price], json!("dispute_lost")));
    assert_eq!(shop.tell(&dispute("evt_6", "closed", "dp_2", "won", &won)), 204);
    assert_eq!((accounts(), flag(&shop, &won)), ([2 * price, 0, price], json!("dispute_won")));

    // Decided the other way since: the books keep what they have, and a person looks.
    assert_eq!(shop.tell(&dispute("evt_7", "closed", "dp_2", "lost", &won)), 204);
    assert_eq!((accounts(), flag(&shop, &won)), ([2 * price, 0, price], json!("amount_mismatch")));

    // Its report: three charges, both disputes, what came back; and one that nobody told us of.
    let time = crate::amend::rfc3339(now()).replace('T', " ");
    let baht = format!("{}.{:02}", price / 100, price % 100);
    let row = |id: &str, sign: &str, category: &str, source: &str, payment: &Value| {
        let (time, intent) = (time.get(..19).unwrap(), payment["reference"].as_str().unwrap());
        format!("{id},{time},thb,{sign}{baht},0.00,{sign}{baht},{category},{source},{intent}\n")
    };
    let head =
        "balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id,payment_intent_id\n";
    let mut csv = head.to_owned();
    for (number, payment) in [&lost, &won, &asked].into_iter().enumerate() {
        csv += &row(&format!("txn_c{number}"), "", "charge", &format!("ch_{number}"), payment);
    }
    csv += &row("txn_1", "-", "dispute", "dp_1", &lost);
    csv += &row("txn_2", "-", "dispute", "dp_2", &won);
    csv += &row("txn_3", "", "dispute_reversal", "dp_2", &won);
    let held = |csv: &str, fees: &Value| {
        let window = json!({"name": "today", "from": crate::amend::rfc3339(now() - 7_200), "until": crate::amend::rfc3339(now() + 7_200)});
        let report = json!({"gateway": "stripe", "format": {"type": "stripe"}, "csv": csv, "window": window, "date_tolerance_s": 600, "fees": fees});
        shop.chain.admin.post("/api/v1/payments/reconcile", &report).unwrap().expect(200).unwrap()
    };
    let agrees = held(&csv, &json!([]));
    assert_eq!(agrees["reconciliation"]["exceptions"], json!([]), "{agrees}");
    assert_eq!(agrees["reconciliation"]["matched"], 6, "{agrees}");
    // No fee was taken, and none was agreed; had one been, each payment would be asked about.
    let agreed = |fixed: i64| json!([{"rate": 0, "fixed": {"amount": fixed, "currency": "THB"}, "tax": 0}]);
    assert_eq!(held(&csv, &agreed(0))["reconciliation"]["exceptions"], json!([]));
    let wrong = held(&csv, &agreed(300));
    let kinds: Vec<_> =
        wrong["reconciliation"]["exceptions"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, [&json!("wrong_fee"); 3], "{wrong}");
    csv += &row("txn_4", "-", "dispute", "dp_9", &asked);
    let differs = held(&csv, &json!([]));
    let exceptions = differs["reconciliation"]["exceptions"].as_array().unwrap();
    assert_eq!(exceptions.len(), 1, "{differs}");
    assert_eq!(differs["differences"], json!({"THB": price}), "{differs}");
}
