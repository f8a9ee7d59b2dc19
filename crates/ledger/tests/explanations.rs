//! What a person reads of each kind of exception.

#![allow(clippy::unwrap_used, reason = "clippy takes only functions marked as tests for tests")]

mod common;
#[path = "common/day.rs"]
#[allow(dead_code, reason = "only its words are used")]
mod day;

use common::at;
use day::{row, terms};
use kirana_kernel::{Currency, Money};
use kirana_ledger::reconcile::*;

const NOON: i64 = 43_200;

fn thb(amount: i64) -> Money {
    Money::new(amount, Currency::THB)
}

fn record(id: &str, reference: &str, amount: i64) -> OurRecord {
    OurRecord {
        id: id.into(),
        kind: RecordKind::Payment,
        reference: Some(reference.into()),
        order_reference: Some(format!("order-{reference}")),
        amount: thb(amount),
        at: at(NOON * 1_000),
        expected_fee: Some(thb(320)),
    }
}

fn paid(id: &str, reference: &str, amount: i64) -> GatewayRow {
    row(id, RowKind::Payment, reference, thb(amount), 320, NOON)
}

fn explained(records: &[OurRecord], rows: Vec<GatewayRow>) -> Vec<(ExceptionKind, String)> {
    let rows: Vec<_> = rows.into_iter().zip(2..).map(|(row, line)| GatewayRow { line, ..row }).collect();
    let found = reconcile(records, &rows, &terms()).unwrap().exceptions;
    found.into_iter().map(|exception| (exception.kind, exception.explanation)).collect()
}

fn one(record: Option<OurRecord>, row: Option<GatewayRow>) -> String {
    let found = explained(&record.into_iter().collect::<Vec<_>>(), row.into_iter().collect());
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].1.clone()
}

#[test]
fn each_says_what_it_is_and_what_to_look_at() {
    let ours = || Some(record("cap-1", "pi_1", 10_000));
    let theirs = || paid("txn_1", "pi_1", 10_000);
    let with = |change: &dyn Fn(&mut GatewayRow)| {
        let mut row = theirs();
        change(&mut row);
        Some(row)
    };
    assert_eq!(explained(&[record("cap-1", "pi_1", 10_000)], vec![theirs()]), []);
    assert_eq!(
        one(ours(), None),
        "The payment cap-1 of 100.00 THB on 2026-11-01T12:00:00.000Z is not in the report of stripe. \
         Look for it there under pi_1: if it did not happen, reverse it and ask to be paid."
    );
    assert_eq!(
        one(None, Some(theirs())),
        "stripe has pi_1 of 100.00 THB on 2026-11-01T12:00:00.000Z, and we have nothing like it. It \
         names no order: ask the gateway who paid for what."
    );
    assert_eq!(
        one(ours(), with(&|row| row.gross = thb(9_000))),
        "We have 100.00 THB for cap-1 and stripe has 90.00 THB: 10.00 THB between them. A capture of a \
         part, or a change of the order after it was paid, is the usual reason."
    );
    assert_eq!(
        one(ours(), with(&|row| row.gross = Money::new(10_000, Currency::USD))),
        "We have 100.00 THB for cap-1 and stripe has 100.00 USD. Either the wrong currency was sent, or \
         the gateway converted it: correct ours to what it holds."
    );
    assert_eq!(
        one(ours(), with(&|row| row.fee = thb(420))),
        "stripe took 4.20 THB for cap-1, a payment of 100.00 THB, and 3.20 THB was agreed: 1.00 THB \
         more. Claim it, or set the agreed fee right."
    );
    assert_eq!(
        one(ours(), with(&|row| row.fee = thb(300))),
        "stripe took 3.00 THB for cap-1, a payment of 100.00 THB, and 3.20 THB was agreed: 0.20 THB \
         less. Set the agreed fee right, unless the gateway takes the rest later."
    );
    assert_eq!(
        one(ours(), with(&|row| row.settled_at = Some(at((NOON + 8 * 86_400) * 1_000)))),
        "cap-1 of 100.00 THB was settled on 2026-11-09T12:00:00.000Z, after 8 days; 3 days was agreed. A \
         reserve, a holiday, or a bank account that refuses payouts: look at stripe's payouts."
    );
    assert_eq!(
        one(ours(), with(&|row| row.settled_at = None)),
        "cap-1 of 100.00 THB is not settled after 19 days; 3 days was agreed. A reserve, a holiday, or a \
         bank account that refuses payouts: look at stripe's payouts."
    );
    assert_eq!(
        one(ours(), with(&|row| row.at = at((NOON + 7_200) * 1_000))),
        "We have cap-1 on 2026-11-01T12:00:00.000Z and stripe has it on 2026-11-01T14:00:00.000Z, 2 h \
         apart. A time zone that was read wrongly shifts all rows alike; one row by itself was captured \
         at another time than we were told."
    );
    assert_eq!(
        explained(&[record("cap-1", "pi_1", 10_000)], vec![theirs(), paid("txn_2", "pi_1", 10_000)])[0].1,
        "pi_1 is in the report of stripe on line 2 and again, with 100.00 THB, on line 3. The lines have \
         ids of their own: the customer was charged twice. Give one back."
    );
    assert_eq!(
        explained(&[record("cap-1", "pi_1", 10_000)], vec![theirs(), theirs()])[0].1,
        "pi_1 is in the report of stripe on line 2 and again, with 100.00 THB, on line 3. Both lines \
         have the same id: the file has a part twice, or two files overlap. Read it again without."
    );
    assert_eq!(
        one(None, Some(row("txn_3", RowKind::Refund, "re_1", thb(-500), 0, NOON))),
        "stripe gave back 5.00 THB on 2026-11-01T12:00:00.000Z as re_1, a refund that names no payment. \
         Somebody may have made it in the gateway's own pages, or it belongs to another shop with the \
         same account."
    );
    assert_eq!(
        one(None, Some(row("txn_4", RowKind::Other, "adj_1", thb(-500), 0, NOON))),
        "stripe moved -5.00 THB on 2026-11-01T12:00:00.000Z as adj_1 on line 2, which is no payment, \
         refund, dispute, fee or payout. Ask what it is for."
    );
}
