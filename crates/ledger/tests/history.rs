//! Random histories: what holds after every step, whatever happened.

#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy takes only functions marked as tests for tests")]

mod common;
#[path = "common/model.rs"]
mod model;

use common::{DAY, NOVEMBER, name};
use kirana_kernel::{Currency, Money, Timestamp};
use kirana_ledger::report::statement;
use kirana_ledger::{Account, BusinessEvent, Ledger, LedgerError, Period, Posted, What};
use model::{Expected, Model, any_what, at};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Step {
    /// It happened so many days ago, after so many hours.
    Record(What, i64, i64),
    /// One that was posted before, told again.
    Again(usize),
    Reverse(usize),
    Close(i64),
}

struct History;

impl ReferenceStateMachine for History {
    type State = Model;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Model> {
        Just(Model::default()).boxed()
    }

    fn transitions(_: &Model) -> BoxedStrategy<Step> {
        prop_oneof![
            20 => (any_what(), 0..3_i64, 0..24_i64).prop_map(|(what, days, hours)| Step::Record(what, days, hours)),
            2 => any::<usize>().prop_map(Step::Again),
            3 => any::<usize>().prop_map(Step::Reverse),
            1 => (1..5_i64).prop_map(Step::Close),
        ]
        .boxed()
    }

    fn apply(mut model: Model, step: &Step) -> Model {
        model.expected = match step {
            Step::Record(..) => {
                model.now += 3_600_000;
                let event = event(&model, step);
                event.map(|event| model.record(&event))
            }
            Step::Again(_) => event(&model, step).map(|event| model.record(&event)),
            Step::Reverse(place) => model.reverse(*place).map(|(_, expected)| expected),
            Step::Close(days) => {
                model.closed += days * DAY;
                model.now = model.now.max(model.closed);
                Some(Expected::Posted)
            }
        };
        model
    }
}

fn event(model: &Model, step: &Step) -> Option<BusinessEvent> {
    match step {
        Step::Record(what, days, hours) => {
            let time = model.now - days * DAY - hours * 3_600_000;
            let key = format!("at {}", model.now);
            Some(BusinessEvent { key, at: at(time), order: None, what: what.clone() })
        }
        Step::Again(place) => {
            let place = place.checked_rem(model.posted.len())?;
            model.posted.get(place).map(|(event, _)| event.clone())
        }
        _ => None,
    }
}

struct Books;

impl StateMachineTest for Books {
    type SystemUnderTest = Ledger;
    type Reference = History;

    fn init_test(_: &Model) -> Ledger {
        Ledger::new()
    }

    fn apply(mut ledger: Ledger, model: &Model, step: Step) -> Ledger {
        let before = ledger.clone();
        let result = match &step {
            // The model has taken the step already; what it does not have yet is what it was refused.
            Step::Record(..) | Step::Again(_) => event(model, &step).map(|event| ledger.record(&event)),
            Step::Reverse(place) => {
                model.posted.get(place.checked_rem(model.posted.len()).unwrap_or(0)).map(|(event, _)| {
                    let id = format!("{}/{}", kirana_ledger::rules::kind(&event.what), event.key);
                    ledger.reverse(&id, Timestamp::from_millis(NOVEMBER), "a mistake")
                })
            }
            Step::Close(days) => {
                let (from, until) = (at(model.closed - days * DAY), at(model.closed));
                let from = ledger.books().open_from.unwrap_or(from);
                ledger.close(&Period { name: format!("until {until}"), from, until }, &name("chain")).unwrap();
                Some(Ok(Posted::New))
            }
        };
        match (result, model.expected) {
            (Some(Ok(Posted::New)), Some(Expected::Posted)) | (None, None) => {}
            (Some(Ok(Posted::Known)), Some(Expected::Known)) | (Some(Ok(Posted::Nothing)), Some(Expected::Nothing)) => {
                assert_eq!(ledger.transactions(), before.transactions());
                assert_eq!(ledger.balances(), before.balances(), "a second time changes nothing");
            }
            (Some(Err(LedgerError::BelowZero { .. })), Some(Expected::Refused)) => {
                assert_eq!(ledger.transactions(), before.transactions());
                assert_eq!(ledger.balances(), before.balances(), "refused is not done in part");
            }
            (result, expected) => panic!("{step:?} gave {result:?}, and {expected:?} was expected"),
        }
        ledger
    }

    fn check_invariants(ledger: &Ledger, model: &Model) {
        let trial = ledger.trial_balance().unwrap();
        assert!(trial.totals().unwrap().values().all(|total| *total == 0));
        let kept: BTreeMap<_, _> = ledger.balances().clone();
        for row in &trial.rows {
            let kept = kept.get(&(row.account.clone(), row.currency)).copied().unwrap_or(0);
            assert_eq!(kept, row.balance, "{:?}", row.account);
            let natural = row.account.natural(row.balance);
            assert!(natural >= 0 || row.account.chart().may_be_negative, "{:?} is at {natural}", row.account);
        }
        for currency in [Currency::THB, "JPY".parse().unwrap()] {
            let of = |takes: &dyn Fn(&Account) -> bool| -> i64 {
                let all = kept.iter().filter(|((account, of), _)| *of == currency && takes(account));
                all.map(|((account, _), balance)| account.natural(*balance)).sum()
            };
            let model = |sum: &str| model.sums.get(&(sum.to_owned(), currency)).copied().unwrap_or(0);
            use Account::*;
            let held =
                of(&|account| matches!(account, Bank(_) | Gateway(_) | Disputed(_) | RiderCash(_) | StoreCash(_)));
            assert_eq!(held, model("money"), "money in is money out and what is held");
            assert_eq!(of(&|account| matches!(account, Tax(_))), model("tax"));
            for gateway in ["stripe", "razorpay"] {
                assert_eq!(of(&|account| *account == Authorised(name(gateway))), model(&format!("held {gateway}")));
                assert_eq!(of(&|account| *account == Disputed(name(gateway))), model(&format!("disputed {gateway}")));
            }
            for number in 1..3 {
                let id = common::id;
                let (store, customer, rider) = (id(number), id(10 + number), id(20 + number));
                assert_eq!(of(&|account| *account == Deposits(store)), model(&format!("deposits {store}")));
                assert_eq!(of(&|account| *account == AuthorisedFor(store)), model(&format!("held {store}")));
                assert_eq!(of(&|account| *account == Tips(store)), model(&format!("tips {store}")));
                assert_eq!(of(&|account| *account == StoreCash(store)), model(&format!("drawer {store}")));
                assert_eq!(of(&|account| *account == CustomerBalance(customer)), model(&format!("balance {customer}")));
                assert_eq!(of(&|account| *account == Points(customer)), model(&format!("points {customer}")));
                assert_eq!(of(&|account| *account == RiderCash(rider)), model(&format!("rider {rider}")));
            }
        }
    }

    fn teardown(ledger: Ledger, _: Model) {
        // Statements of consecutive periods hang together, and the last says what the account holds.
        let cuts = [-90 * DAY, 0, DAY, 3 * DAY, 400 * DAY];
        for ((account, currency), balance) in ledger.balances() {
            let mut carried = Money::zero(*currency);
            for cut in cuts.windows(2) {
                let period = Period { name: "p".into(), from: at(cut[0]), until: at(cut[1]) };
                let told = statement(account, *currency, &period, ledger.transactions()).unwrap();
                assert_eq!(told.opening, carried);
                let sum: i64 = told.lines.iter().map(|line| line.amount).sum();
                assert_eq!(told.closing.amount, told.opening.amount + sum);
                assert!(told.lines.is_sorted_by_key(|line| line.booked_at));
                carried = told.closing;
            }
            assert_eq!(carried.amount, account.natural(*balance));
        }
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_books_are_right(sequential 1..80 => Books);
}

/// What a payout may take depends on what others did to an account that may be below zero.
fn any_but_payouts() -> impl Strategy<Value = What> {
    let payout = |what: &What| matches!(what, What::FranchiseePaid { .. } | What::TipsPaid { .. });
    any_what().prop_filter("payouts depend on others", move |what| !payout(what))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Chains of events that need each other's order (a hold and its capture, a balance bought and spent), put together in two ways.
    #[test]
    fn another_order_that_is_allowed_gives_the_same_balances(
        (chains, one, other) in prop::collection::vec(prop::collection::vec(any_but_payouts(), 1..6), 1..12).prop_flat_map(|chains| {
            let turns: Vec<usize> = chains.iter().enumerate().flat_map(|(chain, whats)| vec![chain; whats.len()]).collect();
            (Just(chains), Just(turns.clone()).prop_shuffle(), Just(turns).prop_shuffle())
        })
    ) {
        // A chain lives in an account of its own where order matters: so which are refused is the same in both.
        let posted = |turns: &[usize]| {
            let mut next = vec![0; chains.len()];
            let mut ledgers = vec![Ledger::new(); chains.len()];
            let mut together = Ledger::new();
            for chain in turns {
                let what = chains[*chain][next[*chain]].clone();
                let event = BusinessEvent { key: format!("{chain}-{}", next[*chain]), at: at(0), order: None, what };
                next[*chain] += 1;
                if ledgers[*chain].record(&event).is_ok() {
                    assert!(together.record(&event).is_ok(), "what a chain can do alone it can do among others");
                }
            }
            (together.balances().clone(), together.trial_balance().unwrap())
        };
        let (one, other) = (posted(&one), posted(&other));
        prop_assert_eq!(one.0, other.0);
        prop_assert_eq!(one.1, other.1);
    }
}
