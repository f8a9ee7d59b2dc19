//! A day of ten thousand payments with known faults: each is found, and nothing else.

#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy takes only functions marked as tests for tests")]

mod common;
#[path = "common/day.rs"]
mod day;
#[path = "common/files.rs"]
mod files;

use common::{id, name, vat};
use day::{Day, day, terms};
use kirana_kernel::{Currency, Money};
use kirana_ledger::reconcile::*;
use kirana_ledger::{Account, BusinessEvent, Ledger, Tender, What};
use std::collections::{BTreeMap, BTreeSet};

fn read(format: &str, rows: &[GatewayRow]) -> Report {
    match format {
        "stripe" => stripe::read(files::stripe(rows).as_bytes(), Notation::Point),
        "razorpay" => razorpay::read(files::razorpay(rows).as_bytes()),
        "paypal" => paypal::read(files::paypal(rows).as_bytes()),
        _ => generic::read(files::semicolons(rows).as_bytes(), &files::mapping()),
    }
    .unwrap()
}

/// What a file cannot say: where its rows stand, and each gateway something of its own.
fn comparable(format: &str, rows: &[GatewayRow]) -> Vec<GatewayRow> {
    let plain = |row: &GatewayRow| {
        let mut row = GatewayRow { line: 0, settlement: None, ..row.clone() };
        match format {
            "stripe" => row.references.truncate(1),
            "razorpay" | "paypal" => row.id.clear(),
            _ => {}
        }
        // Razorpay's order stands for both.
        row.order_references.retain(|name| format != "razorpay" || !row.related.contains(name));
        row
    };
    rows.iter().map(plain).collect()
}

fn key(exception: &Exception) -> (ExceptionKind, String) {
    (exception.kind, exception.record.clone().unwrap_or_else(|| exception.reference.clone()))
}

fn check(format: &str, seed: u64, count: u64) {
    let mut day = day(seed, count, matches!(format, "stripe" | "generic"));
    if format == "razorpay" {
        day.rows.retain(|row| row.kind != RowKind::Fee);
    }
    let report = read(format, &day.rows);
    assert_eq!(
        comparable(format, &report.rows),
        comparable(format, &day.rows),
        "{format} {seed}: what was written is read"
    );
    if matches!(format, "razorpay" | "paypal") {
        // These call a payment and its line the same: two lines with one id are one line that is there twice.
        let again = day.faults.iter().filter(|(kind, _)| *kind == ExceptionKind::DuplicatedAtGateway);
        day.copies = again.map(|(_, reference)| reference.clone()).collect();
    }
    let result = reconcile(&day.records, &report.rows, &terms()).unwrap();
    let found: BTreeSet<_> = result.exceptions.iter().map(key).collect();
    let missed: Vec<_> = day.faults.difference(&found).collect();
    let invented: Vec<_> = found.difference(&day.faults).collect();
    assert!(missed.is_empty() && invented.is_empty(), "{format} {seed}: missed {missed:?}, invented {invented:?}");
    assert_eq!(result.exceptions.len(), day.faults.len(), "each once");
    assert_eq!(result.open.iter().cloned().collect::<BTreeSet<_>>(), day.open);
    let missing = day.faults.iter().filter(|(kind, _)| *kind == ExceptionKind::MissingAtGateway).count();
    assert_eq!(result.matched, day.records.len() - missing - day.open.len());
    assert_eq!(result.matched_by_order, day.by_order);
    let ids: BTreeSet<_> = result.exceptions.iter().map(|exception| &exception.id).collect();
    assert_eq!(ids.len(), result.exceptions.len(), "each has an id of its own");
    for exception in &result.exceptions {
        assert!(!exception.resolutions.is_empty() && exception.explanation.len() > 60, "{exception:?}");
        assert!(exception.explanation.contains("stripe"), "{}", exception.explanation);
    }
    clearing(&day, &report, &result);
}

/// Once the report's fees and payouts are posted, the clearing account holds what the gateway holds, but for what is explained.
fn clearing(day: &Day, report: &Report, result: &Reconciliation) {
    let (gateway, mut ledger) = (name("stripe"), Ledger::new());
    for record in &day.records {
        let (store, amount) = (id(1), record.amount);
        let what = match record.kind {
            RecordKind::Payment => {
                let released = Money::zero(amount.currency);
                What::PaymentCaptured { gateway: gateway.clone(), store, amount, released }
            }
            _ => What::PaymentRefunded { to: Tender::Gateway { gateway: gateway.clone() }, store, amount },
        };
        ledger.record(&BusinessEvent { key: record.id.clone(), at: record.at, order: None, what }).unwrap();
    }
    let mut holds: BTreeMap<Currency, i64> = BTreeMap::new();
    let (mut seen, mut rows) = (BTreeSet::new(), Vec::new());
    for row in &report.rows {
        // What is in the file twice happened once.
        let copied = day.copies.contains(&row.id);
        if copied && !seen.insert(row.id.clone()) {
            continue;
        }
        let net = row.net().unwrap();
        *holds.entry(net.currency).or_default() += net.amount;
        rows.push(row.clone());
    }
    for _ in 0..2 {
        for event in postings(&report.rows, &gateway, &name("main"), &vat()).unwrap() {
            ledger.record(&event).unwrap();
        }
    }
    let explained = result.differences().unwrap();
    for (currency, holds) in holds {
        let ours = ledger.balance(&Account::Gateway(gateway.clone()), currency);
        let explained = explained.get(&currency).copied().unwrap_or(0);
        assert_eq!(ours - holds, explained, "{currency}: what is different is explained");
    }
}

#[test]
fn every_fault_is_found_and_nothing_else() {
    for seed in [1, 2, 3, 20_261_101] {
        check("stripe", seed, 10_000);
    }
}

#[test]
fn in_the_files_of_every_gateway() {
    for (format, seed) in [("razorpay", 11), ("paypal", 12), ("generic", 13)] {
        check(format, seed, 10_000);
    }
}

#[test]
fn in_many_small_days() {
    for seed in 100..160 {
        check(["stripe", "razorpay", "paypal", "generic"][usize::try_from(seed % 4).unwrap()], seed, 400);
    }
}

#[test]
fn the_order_of_records_and_rows_is_all_the_same() {
    let one = day(7, 2_000, true);
    let rows = read("stripe", &one.rows).rows;
    let (mut records, mut other) = (one.records.clone(), rows.clone());
    records.reverse();
    other.reverse();
    assert_eq!(reconcile(&one.records, &rows, &terms()), reconcile(&records, &other, &terms()));
}
