//! Posting once, or not at all.

use super::{Books, NOON, at, baht, id};
use kirana_books::{Time, post, post_all, post_at};
use kirana_kernel::Money;
use kirana_ledger::{BusinessEvent, Tender, What};

fn event(key: &str, what: What) -> BusinessEvent {
    BusinessEvent { key: key.into(), at: at(0), order: Some(id(1)), what }
}

fn captured(key: &str, amount: i64) -> BusinessEvent {
    let gateway = "sandbox".parse().unwrap();
    event(
        key,
        What::PaymentCaptured { gateway, store: id(2), amount: baht(amount), released: Money::zero(baht(0).currency) },
    )
}

#[test]
fn the_same_event_twice_moves_money_once_and_another_under_its_key_breaks_the_batch() {
    let books = Books::open();
    let twice = || [post(&captured("a", 500)).unwrap(), post(&captured("a", 500)).unwrap()].concat();
    books.batch(twice()).unwrap();
    let later = BusinessEvent { at: at(5), ..captured("a", 500) };
    books.batch(post(&later).unwrap()).unwrap();
    assert_eq!(books.short(), [("deposits".into(), -500), ("gateway".into(), 500)]);
    let error =
        books.batch([post(&captured("b", 1)).unwrap(), post(&captured("a", 501)).unwrap()].concat()).unwrap_err();
    assert!(error.contains("UNIQUE constraint failed: ledger_transactions.id"), "{error}");
    assert_eq!(books.ids(), ["payment_captured/a"]);
    // A second currency of the same amount is other content, too.
    let mut dollars = captured("a", 500);
    let usd = Money::new(500, "USD".parse().unwrap());
    dollars.what = What::PaymentCaptured {
        gateway: "sandbox".parse().unwrap(),
        store: id(2),
        amount: usd,
        released: Money::zero(usd.currency),
    };
    assert!(books.batch(post(&dollars).unwrap()).is_err());
}

#[test]
fn many_at_once_are_one_statement() {
    let books = Books::open();
    let events: Vec<_> = (0..450).map(|number| captured(&number.to_string(), 2)).collect();
    let statements = post_all(&events).unwrap();
    assert_eq!(statements.len(), 3);
    books.batch(statements).unwrap();
    books.batch(post_all(&events).unwrap()).unwrap();
    assert_eq!((books.ids().len(), books.short()), (450, vec![("deposits".into(), -900), ("gateway".into(), 900)]));
}

#[test]
fn what_may_not_fall_below_zero_does_not() {
    let books = Books::open();
    let spent = |amount| event("s", What::GiftBalanceSpent { customer: id(3), store: id(2), amount: baht(amount) });
    let paid_with = Tender::Gateway { gateway: "sandbox".parse().unwrap() };
    books
        .batch(post(&event("g", What::GiftBalanceBought { customer: id(3), paid_with, amount: baht(100) })).unwrap())
        .unwrap();
    let error = books.batch(post(&spent(101)).unwrap()).unwrap_err();
    assert!(error.contains("CHECK constraint failed: balance"), "{error}");
    books.batch(post(&spent(100)).unwrap()).unwrap();

    // A franchisee may owe, and is not paid what is not owed.
    let bank = || "main".parse().unwrap();
    let paid =
        |key: &str, amount| event(key, What::FranchiseePaid { franchisee: id(9), bank: bank(), amount: baht(amount) });
    assert!(books.batch(post(&paid("1", 1)).unwrap()).unwrap_err().contains("malformed JSON"));
    books
        .batch(
            post(&event("c", What::FranchiseeCredited { franchisee: id(9), store: id(2), amount: baht(80) })).unwrap(),
        )
        .unwrap();
    books.batch(post(&paid("1", 80)).unwrap()).unwrap();
    let owes = What::RoyaltyAccrued {
        franchisee: id(9),
        fund: bank(),
        royalty: baht(10),
        marketing: baht(0),
        taxes: Vec::new(),
    };
    books.batch(post(&event("r", owes)).unwrap()).unwrap();
    // The payout that was made is told again when the franchisee owes: it was made.
    books.batch(post(&paid("1", 80)).unwrap()).unwrap();
    assert!(books.batch(post(&paid("2", 1)).unwrap()).is_err());
}

#[test]
fn nothing_is_changed_and_what_old_scripts_write_is_carried_over() {
    let books = Books::open();
    let old = "INSERT INTO ledger (id, debit, credit, amount, currency, order_id, at) VALUES";
    let store = id(2);
    let rows = [
        format!("{old} ('p', 'gateway:sandbox', 'sales:{store}', 700, 'THB', '{}', {NOON})", id(1)),
        format!("{old} ('r', 'sales:{store}', 'gateway:sandbox', 200, 'THB', '{}', {NOON})", id(1)),
    ];
    books.0.execute_batch(&rows.join(";")).unwrap();
    books.check();
    assert_eq!(books.ids(), ["payment_captured/p", "payment_refunded/r"]);
    assert_eq!(books.short(), [("deposits".into(), -500), ("gateway".into(), 500)]);
    // What the new rules post for the same is the same.
    books.batch(post(&captured("p", 700)).unwrap()).unwrap();
    assert_eq!(books.ids().len(), 2);
    for change in [
        "UPDATE ledger_lines SET amount = 1",
        "DELETE FROM ledger_lines",
        "UPDATE ledger_transactions SET note = ''",
        "DELETE FROM ledger_transactions",
        "DELETE FROM ledger_balances",
    ] {
        assert!(books.0.execute_batch(change).is_err(), "{change}");
    }
}

#[test]
fn rows_of_before_are_carried_over_by_the_migration() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection.execute_batch(super::MIGRATIONS[0]).unwrap();
    let store = id(2);
    let row = "INSERT INTO ledger (id, debit, credit, amount, currency, order_id, at) VALUES";
    connection
        .execute_batch(&format!(
            "{row} ('p', 'gateway:sandbox', 'sales:{store}', 700, 'THB', '{}', {NOON});
        {row} ('r', 'sales:{store}', 'gateway:sandbox', 700, 'THB', '{}', {NOON})",
            id(1),
            id(1)
        ))
        .unwrap();
    for migration in &super::MIGRATIONS[1..] {
        connection.execute_batch(migration).unwrap();
    }
    let books = Books(connection);
    books.check();
    assert_eq!((books.ids().len(), books.short()), (2, Vec::new()));
}

#[test]
fn a_chosen_time_in_a_closed_period_is_refused_and_what_comes_late_counts_later() {
    let books = Books::open();
    books.0.execute("INSERT INTO ledger_periods VALUES ('2026-10', 0, ?1, 0, 'x')", [NOON + 1_000]).unwrap();
    let error = books.batch(post_at(&captured("a", 5), Time::Strict).unwrap()).unwrap_err();
    assert!(error.contains("the period is closed"), "{error}");
    books.batch(post(&captured("a", 5)).unwrap()).unwrap();
    let (booked, note): (i64, String) = books
        .0
        .query_row("SELECT booked_at, note FROM ledger_transactions", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!(
        (booked, note),
        (NOON + 1_000, format!("came late: happened on {}, in a period that was closed", at(0)))
    );
}
