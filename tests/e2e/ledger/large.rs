//! A day of ten thousand payments with known faults, as `crates/ledger/tests/reconcile.rs` has it, through the API: what stands in the
//! databases of the platform is held against Stripe's own file, which is longer than a request may be and comes in parts.

#[path = "../../../crates/ledger/tests/common/mod.rs"]
mod common;
#[path = "../../../crates/ledger/tests/common/day.rs"]
mod day;
#[path = "../../../crates/ledger/tests/common/files.rs"]
mod files;

use crate::wanted;
use common::{NOVEMBER, id};
use day::{Day, day, terms};
use kirana_kernel::{Money, Timestamp};
use kirana_ledger::reconcile::{ExceptionKind, OurRecord, RecordKind};
use kirana_tests::platform::SECRET;
use kirana_tests::{Client, Platform, sqlite};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::{SystemTime, UNIX_EPOCH};

const SEED: u64 = 20_261_128;
const PAYMENTS: u64 = 10_000;

/// Bytes of the file in one part: with what JSON puts before each of its quotes still below a megabyte.
const PART: usize = 800_000;

/// Rows of one statement.
const TOGETHER: usize = 500;

/// Our id of what the seeded day calls `cap-7`, `refund-7` or `order-7`.
fn ours(name: &str) -> String {
    let (kind, number) = name.rsplit_once('-').unwrap();
    let kinds = ["cap", "refund", "order"];
    let place = u64::try_from(kinds.iter().position(|one| *one == kind).unwrap()).unwrap();
    // An order and its payment are told to the gateway by the payment's id.
    id(number.parse::<u64>().unwrap() + 1 + place % 2 * 1_000_000).to_string()
}

/// The seeded day, twenty days ago, with ids as the platform has them.
#[allow(clippy::disallowed_methods)] // the clock: this program never runs as WASM
fn seeded() -> (Day, i64) {
    let mut day = day(SEED, PAYMENTS, true);
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap();
    let begin = (now / 86_400 - 20) * 86_400_000;
    let then = |at: Timestamp| Timestamp::from_millis(at.millis() - NOVEMBER + begin);
    for record in &mut day.records {
        (record.id, record.at) = (ours(&record.id), then(record.at));
    }
    for row in &mut day.rows {
        (row.at, row.settled_at) = (then(row.at), row.settled_at.map(then));
        row.order_references.iter_mut().for_each(|order| *order = ours(order));
    }
    let known = |name: &String| if name.starts_with("cap-") { ours(name) } else { name.clone() };
    day.faults = day.faults.iter().map(|(kind, name)| (*kind, known(name))).collect();
    day.open = day.open.iter().map(known).collect();
    (day, begin)
}

const PAYMENT: &str = "payments (id, order_id, store_id, customer_id, gateway, reference, status, amount, captured, currency, complete_id, capture_id, idempotency_key, fingerprint, request_id, created_at, updated_at)";
const REFUND: &str =
    "refunds (id, payment_id, attempt_id, attempt_at, reference, status, amount, reason, cause, created_at)";
const BOOKED: &str = "ledger_transactions (id, kind, currency, occurred_at, booked_at, order_id, lines)";

/// The rows that the platform would have written for a payment or refund: what it has with the gateway, and what is in the books.
fn written(record: &OurRecord) -> [(&'static str, String); 2] {
    let (store, key, at) = (id(1), &record.id, record.at.millis());
    let (amount, currency) = (record.amount.amount, record.amount.currency.code());
    let reference = record.reference.as_ref().map_or("NULL".to_owned(), |text| format!("'{text}'"));
    // A refund has the number of its payment.
    let payment = key.replace("-000001", "-000000");
    let (deposits, gateway) = (format!("deposits:{store}"), "gateway:stripe".to_owned());
    let (kind, debit, credit, ours) = if record.kind == RecordKind::Payment {
        let row = format!(
            "('{key}','{key}','{store}','{store}','stripe',{reference},'completed',{amount},{amount},'{currency}','{key}','{key}','{key}','','',{at},{at})"
        );
        ("payment_captured", gateway, deposits, (PAYMENT, row))
    } else {
        let row = format!("('{key}','{payment}','{key}',{at},{reference},'completed',{amount},'','{key}',{at})");
        ("payment_refunded", deposits, gateway, (REFUND, row))
    };
    let lines = json!([{"debit": debit, "credit": credit, "amount": amount}]);
    let booked = format!("('{kind}/{key}','{kind}','{currency}',{at},{at},'{payment}','{lines}')");
    [ours, (BOOKED, booked)]
}

/// All of them as SQL, payments before what is of them.
fn sql(records: &[OurRecord]) -> String {
    let rows: Vec<_> = records.iter().flat_map(written).collect();
    let mut sql = String::from("BEGIN;\n");
    for table in [PAYMENT, REFUND, BOOKED] {
        let of_table: Vec<_> = rows.iter().filter(|(of, _)| *of == table).map(|(_, row)| row.as_str()).collect();
        for some in of_table.chunks(TOGETHER) {
            writeln!(sql, "INSERT INTO {table} VALUES {};", some.join(",\n")).unwrap();
        }
    }
    sql + "COMMIT;\n"
}

fn report(begin: i64, csv: &str, part: &Value) -> Value {
    let terms = terms();
    let moment = |millis: i64| Timestamp::from_millis(millis).to_string();
    let agreed = |currency: &str| json!({"rate": 29_000, "fixed": {"amount": 30, "currency": currency}, "tax": 0});
    json!({"gateway": "stripe", "format": {"type": "stripe"}, "csv": csv, "part": part,
        "window": {"name": "day", "from": moment(begin), "until": moment(begin + 86_400_000)},
        "date_tolerance_s": terms.date_tolerance_s, "settles_within_s": terms.settles_within_s, "fee_tolerance": terms.fee_tolerance,
        "fees": [agreed("THB"), agreed("JPY")], "post": {"bank": "main", "fee_tax": {"place": "TH", "tax": "vat"}}})
}

/// Sends the file, the last part first: that one waits for the others. Answers what came of it.
fn sent(admin: &Client, begin: i64, file: &str) -> Value {
    let parts: Vec<&str> = file.as_bytes().chunks(PART).map(|part| std::str::from_utf8(part).unwrap()).collect();
    let send = |number: usize| {
        let part = json!({"of": "the-day", "number": number, "count": parts.len()});
        admin.post("/api/v1/payments/reconcile", &report(begin, parts[number - 1], &part)).unwrap()
    };
    assert!(parts.len() > 1, "{} bytes", file.len());
    for (of, number, count, path) in
        [("a day", 1, 2, "part.of"), ("the-day", 3, 2, "part.number"), ("the-day", 1, 9, "part.count")]
    {
        let wrong = report(begin, "", &json!({"of": of, "number": number, "count": count}));
        let refused = admin.post("/api/v1/payments/reconcile", &wrong).unwrap().expect(422).unwrap();
        assert_eq!(refused["errors"][0]["path"], path, "{refused}");
    }
    assert_eq!(send(parts.len()).expect(409).unwrap()["code"], "parts_missing");
    (1..parts.len()).for_each(|number| assert_eq!(send(number).status, 202));
    send(parts.len()).expect(200).unwrap()
}

#[test]
fn of_ten_thousand_payments_each_fault_is_found_and_nothing_else() {
    if !wanted() {
        return;
    }
    let (day, begin) = seeded();
    let mut platform = Platform::start("reconcile-day").unwrap();
    platform.kill_then(|state| sqlite::on(state, "ledger_transactions", &sql(&day.records)).map(|_| ())).unwrap();
    let nobody = platform.client();
    let who = json!({"secret": SECRET, "email": "admin@example.com", "password": "correct horse battery"});
    let session = nobody.post("/api/v1/auth/bootstrap", &who).unwrap().expect(201).unwrap();
    let admin = nobody.with_token(session["access_token"].as_str().unwrap());

    let answer = sent(&admin, begin, &files::stripe(&day.rows));
    let found = answer["reconciliation"]["exceptions"].as_array().unwrap();
    let of = |one: &Value, name: &str| one[name].as_str().map(str::to_owned);
    let key = |one: &Value| (of(one, "kind").unwrap(), of(one, "record").or_else(|| of(one, "reference")).unwrap());
    let told: BTreeSet<_> = found.iter().map(key).collect();
    let injected: BTreeSet<_> = day.faults.iter().map(|(kind, name)| (kind.name().to_owned(), name.clone())).collect();
    let (missed, invented): (Vec<_>, Vec<_>) =
        (injected.difference(&told).collect(), told.difference(&injected).collect());
    assert!(missed.is_empty() && invented.is_empty(), "missed {missed:?}, invented {invented:?}");
    assert_eq!((found.len(), answer["rows"].as_u64()), (injected.len(), u64::try_from(day.rows.len()).ok()));
    let open = answer["reconciliation"]["open"].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned());
    assert_eq!(open.collect::<BTreeSet<_>>(), day.open);
    let missing = day.faults.iter().filter(|(kind, _)| *kind == ExceptionKind::MissingAtGateway).count();
    assert_eq!(answer["reconciliation"]["matched"], json!(day.records.len() - missing - day.open.len()));
    assert_eq!(answer["reconciliation"]["matched_by_order"], json!(day.by_order));
    let kept = admin.all("/api/v1/payments/exceptions?status=open&limit=100").unwrap();
    assert_eq!(kept.len(), found.len(), "each waits for somebody's decision");

    // With the report's fees and payouts in the books, what they have more than the gateway is explained to the minor unit.
    let ledger = admin.get("/api/v1/payments/ledger").unwrap().expect(200).unwrap();
    let clearing = |currency: &str| {
        let of = |row: &&Value| row["account"] == "gateway:stripe" && row["currency"] == currency;
        ledger.as_array().unwrap().iter().find(of).map_or(0, |row| row["balance"].as_i64().unwrap())
    };
    for (currency, holds) in held(&day) {
        let explained = answer["differences"][currency.as_str()].as_i64().unwrap_or(0);
        assert_eq!(clearing(&currency) - holds, explained, "{currency}");
    }
    eprintln!("{} rows, {} faults, each found", day.rows.len(), found.len());
}

/// What the gateway holds at the end of the day, by currency: what is in the file twice under one id happened once.
fn held(day: &Day) -> BTreeMap<String, i64> {
    let (mut holds, mut seen) = (BTreeMap::new(), BTreeSet::new());
    for row in &day.rows {
        if !day.copies.contains(&row.id) || seen.insert(&row.id) {
            let Money { amount, currency } = row.net().unwrap();
            *holds.entry(currency.code().to_owned()).or_default() += amount;
        }
    }
    holds
}
