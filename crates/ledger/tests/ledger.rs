//! Posting once, reversing, accounts that stay above zero, closed periods, statements: by hand.

mod common;

use common::*;
use kirana_ledger::report::{order_balance, statement};
use kirana_ledger::{Account, BusinessEvent, Ledger, LedgerError, Period, Posted, Tender, What};

fn captured(key: &str, millis: i64, order: u64, amount: i64) -> BusinessEvent {
    let (gateway, store) = (name("stripe"), id(1));
    event(key, millis, Some(order), What::PaymentCaptured { gateway, store, amount: baht(amount), released: baht(0) })
}

fn completed(order: u64, millis: i64, total: i64) -> BusinessEvent {
    event(id(order).to_string(), millis, Some(order), What::OrderCompleted { store: id(1), split: split(total) })
}

fn gateway() -> Account {
    Account::Gateway(name("stripe"))
}

#[test]
fn the_same_event_is_posted_once_and_another_under_its_key_is_refused() {
    let mut ledger = Ledger::new();
    assert_eq!(ledger.record(&captured("c1", 0, 9, 500)), Ok(Posted::New));
    assert_eq!(ledger.record(&captured("c1", 0, 9, 500)), Ok(Posted::Known));
    assert_eq!(ledger.record(&captured("c1", 5_000, 9, 500)), Ok(Posted::Known), "told later, by a poll");
    assert_eq!(ledger.transactions()[0].occurred_at, at(0), "the first told counts");
    let fault = ledger.record(&captured("c1", 0, 9, 501)).unwrap_err();
    assert_eq!(fault, LedgerError::Conflict { id: "payment_captured/c1".into() });
    assert_eq!(ledger.holds(&gateway(), THB), baht(500));
}

#[test]
fn what_is_reversed_is_as_if_it_had_not_been_and_both_stay() {
    let mut ledger = Ledger::new();
    ledger.record(&captured("c1", 0, 9, 500)).unwrap();
    assert_eq!(ledger.reverse("payment_captured/c1", at(DAY), "typed twice"), Ok(Posted::New));
    assert_eq!(ledger.reverse("payment_captured/c1", at(DAY), "typed twice"), Ok(Posted::Known));
    assert!(ledger.balances().values().all(|balance| *balance == 0));
    assert_eq!(ledger.transactions().len(), 2);
    let again = ledger.reverse("reversal/payment_captured/c1", at(DAY), "no");
    assert!(matches!(again, Err(LedgerError::NotReversible { .. })), "{again:?}");
    assert!(matches!(ledger.reverse("payment_captured/c2", at(0), "no"), Err(LedgerError::NotReversible { .. })));
}

#[test]
fn nobody_spends_what_is_not_there() {
    let mut ledger = Ledger::new();
    let (customer, store) = (id(2), id(1));
    let paid_with = Tender::Gateway { gateway: name("stripe") };
    ledger.record(&event("g1", 0, None, What::GiftBalanceBought { customer, paid_with, amount: baht(500) })).unwrap();
    let spend =
        |key: &str, amount| event(key, 1, None, What::GiftBalanceSpent { customer, store, amount: baht(amount) });
    let fault = ledger.record(&spend("s1", 501)).unwrap_err().to_string();
    let account = Account::CustomerBalance(customer);
    assert_eq!(
        fault,
        format!("{account} holds 5.00 THB and gift_balance_spent/s1 takes 5.01 THB: expected no more than it holds")
    );
    assert_eq!(ledger.record(&spend("s1", 500)), Ok(Posted::New));
    // Taking the purchase back would leave less than nothing.
    assert!(matches!(ledger.reverse("gift_balance_bought/g1", at(2), "x"), Err(LedgerError::BelowZero { .. })));
}

#[test]
fn a_payout_takes_no_more_than_is_owed_though_the_franchisee_may_owe() {
    let mut ledger = Ledger::new();
    let franchisee = id(4);
    let accrued = |key: &str, royalty| {
        let (fund, marketing) = (name("th"), baht(0));
        event(key, 0, None, What::RoyaltyAccrued { franchisee, fund, royalty: baht(royalty), marketing, taxes: vec![] })
    };
    let paid = |key: &str, amount| {
        event(key, 0, None, What::FranchiseePaid { franchisee, bank: name("main"), amount: baht(amount) })
    };
    ledger
        .record(&event("f1", 0, None, What::FranchiseeCredited { franchisee, store: id(1), amount: baht(900) }))
        .unwrap();
    assert!(matches!(ledger.record(&paid("p1", 901)), Err(LedgerError::BelowZero { .. })));
    assert_eq!(ledger.record(&paid("p1", 900)), Ok(Posted::New));
    assert_eq!(ledger.record(&accrued("r1", 50)), Ok(Posted::New), "now they owe");
    assert!(matches!(ledger.record(&paid("p2", 1)), Err(LedgerError::BelowZero { .. })));
}

#[test]
fn an_order_that_is_settled_is_at_zero() {
    let mut ledger = Ledger::new();
    ledger.record(&completed(9, 5, 10_000)).unwrap();
    assert_eq!(order_balance(id(9), THB, ledger.transactions()), Ok(baht(-10_000)), "earned, not paid");
    ledger.record(&captured("c1", 7, 9, 12_000)).unwrap();
    assert_eq!(order_balance(id(9), THB, ledger.transactions()), Ok(baht(2_000)));
    let to = Tender::Gateway { gateway: name("stripe") };
    ledger.record(&event("r1", 8, Some(9), What::PaymentRefunded { to, store: id(1), amount: baht(2_000) })).unwrap();
    assert_eq!(order_balance(id(9), THB, ledger.transactions()), Ok(baht(0)));
}

#[test]
fn a_closed_period_takes_nothing_and_what_comes_late_says_so() {
    let mut ledger = Ledger::new();
    ledger.record(&captured("c1", 1, 9, 10_000)).unwrap();
    ledger.record(&completed(9, DAY, 10_000)).unwrap();
    let sales = Account::Sales(id(1));
    assert!(ledger.holds(&sales, THB).amount > 0);
    ledger.close(&november(), &name("chain")).unwrap();
    assert_eq!(ledger.holds(&sales, THB), baht(0), "the next period begins at zero");
    let earned = ledger.holds(&Account::RetainedEarnings(name("chain")), THB);
    assert_eq!(earned, baht(10_000 - 10_000 / 7 - 10_000 / 20));

    assert_eq!(ledger.record(&completed(10, 2 * DAY, 700)), Ok(Posted::New));
    assert_eq!(ledger.record(&completed(10, 2 * DAY, 700)), Ok(Posted::Known), "also once it was moved");
    let late = ledger.transactions().last().unwrap().clone();
    assert_eq!((late.booked_at, late.occurred_at), (at(30 * DAY), at(2 * DAY)));
    let note = late.note.clone().unwrap();
    assert_eq!(note, "came late: happened on 2026-11-03T00:00:00.000Z, in a period that was closed");
    // An event that was posted in time is known, though its period is closed now.
    assert_eq!(ledger.record(&captured("c1", 1, 9, 10_000)), Ok(Posted::Known));

    let mut forced = late;
    (forced.id, forced.booked_at) = ("x/1".into(), at(DAY));
    let fault = ledger.post(forced).unwrap_err().to_string();
    assert!(fault.contains("everything before 2026-12-01T00:00:00.000Z is closed"), "{fault}");
    let again = ledger.close(&november(), &name("chain")).unwrap_err().to_string();
    assert!(again.contains("expected a period that begins at 2026-12-01T00:00:00.000Z"), "{again}");
    assert!(ledger.trial_balance().unwrap().is_balanced());
}

#[test]
fn a_statement_tells_what_was_what_came_and_what_is() {
    let mut ledger = Ledger::new();
    ledger.record(&captured("c1", -DAY, 8, 1_000)).unwrap();
    ledger.record(&captured("c3", 2 * DAY, 9, 700)).unwrap();
    ledger.record(&captured("c2", DAY, 9, 500)).unwrap();
    let settled = What::GatewaySettled { gateway: name("stripe"), bank: name("main"), amount: baht(1_500) };
    ledger.record(&event("s1", 3 * DAY, None, settled)).unwrap();
    ledger.record(&captured("c4", 30 * DAY, 9, 9_999)).unwrap();

    let told = statement(&gateway(), THB, &november(), ledger.transactions()).unwrap();
    assert_eq!((told.opening, told.closing), (baht(1_000), baht(700)));
    let lines: Vec<_> = told.lines.iter().map(|line| (line.transaction.as_str(), line.amount, line.balance)).collect();
    let expected =
        [("payment_captured/c2", 500, 1_500), ("payment_captured/c3", 700, 2_200), ("gateway_settled/s1", -1_500, 700)];
    assert_eq!(lines, expected);

    // The other side of a liability: what is credited is more.
    let deposits = Account::Deposits(id(1));
    let december = Period { name: "2026-12".into(), from: at(30 * DAY), until: at(61 * DAY) };
    let told = statement(&deposits, THB, &december, ledger.transactions()).unwrap();
    assert_eq!((told.opening, told.closing), (baht(2_200), baht(12_199)));
}
