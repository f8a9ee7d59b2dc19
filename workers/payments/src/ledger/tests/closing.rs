//! Closing periods.

use super::{Books, NOON, apply, at, order, told, with_vat};
use kirana_books::periods::close;
use kirana_events::EventData;
use kirana_ledger::report::Period;

fn period(name: &str, from: i64, until: i64) -> Period {
    Period { name: name.into(), from: at(from), until: at(until) }
}

#[test]
fn closing_takes_income_to_equity_and_periods_follow_each_other() {
    let books = Books::open();
    let order = order(with_vat(10_700));
    apply(&books, &told(&order, 1, EventData::OrderCompleted));
    let shut = |period: &Period| books.batch(close(period, &"chain".parse().unwrap(), "admin", at(99)).unwrap());
    shut(&period("one", 0, 5)).unwrap();
    assert_eq!(
        books.short(),
        [("deposits".into(), 10_700), ("retained-earnings".into(), -10_000), ("tax".into(), -700)]
    );
    for wrong in [period("two", 6, 9), period("two", 0, 9), period("two", 4, 9), period("one", 5, 9)] {
        assert!(shut(&wrong).is_err(), "{wrong:?}");
    }
    shut(&period("two", 5, 9)).unwrap();
    assert_eq!(books.ids().len(), 2, "nothing was earned in it");
    // A refund of before is told later, in the open period, and leaves it at a loss.
    let back = super::refund(&order, 10_700, 6);
    apply(&books, &told(&back, 7, EventData::OrderRefunded));
    assert_eq!(books.short(), [("retained-earnings".into(), -10_000), ("sales".into(), 10_000)]);
    let booked: i64 =
        books.0.query_row("SELECT MAX(booked_at) FROM ledger_transactions", [], |row| row.get(0)).unwrap();
    assert_eq!(booked, NOON + 9 * 60_000);
    shut(&period("three", 9, 20)).unwrap();
    assert_eq!(books.short(), []);
}
