//! The table of posting rules is what is done, and what docs/ledger.md says.

#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy takes only functions marked as tests for tests")]

mod common;

use common::*;
use kirana_ledger::account::CHART;
use kirana_ledger::rules::{RULES, table, transaction};
use kirana_ledger::{BusinessEvent, Ledger, LedgerError, Posted, Split, Tender, What};
use std::collections::{BTreeMap, BTreeSet};

const DOCUMENT: &str = include_str!("../../../docs/ledger.md");

/// The kinds that a cell of the table names: `gateway, store-cash or points`.
fn kinds(cell: &str, account: &str) -> bool {
    let of = |class: &str| {
        CHART.iter().any(|chart| chart.name == account && class.contains(&format!("{:?}", chart.account_type)))
    };
    match cell {
        "each income" => of("Income"),
        "each expense" => of("Expense"),
        _ => cell.split([',', ' ']).any(|word| word == account),
    }
}

#[test]
fn the_table_and_the_postings_agree() {
    let mut used = BTreeSet::new();
    let rules: Vec<_> = RULES.iter().copied().flatten().collect();
    for event in one_of_each() {
        for line in transaction(&event).unwrap().unwrap().lines {
            let kind = event_kind(&event);
            let (debit, credit) = (line.debit.chart().name, line.credit.chart().name);
            let fits = |rule: &&&kirana_ledger::rules::Rule| {
                let usual = kinds(rule.debit, debit) && kinds(rule.credit, credit);
                let turned =
                    rule.amount.contains("other way round") && kinds(rule.debit, credit) && kinds(rule.credit, debit);
                rule.event == kind && (usual || turned)
            };
            let rule = rules.iter().find(fits).unwrap_or_else(|| panic!("{kind}: {debit} {credit} is in no row"));
            used.insert((rule.event, rule.debit, rule.credit));
        }
    }
    let all: BTreeSet<_> = rules.iter().map(|rule| (rule.event, rule.debit, rule.credit)).collect();
    assert_eq!(used, all, "each row is done by one of the events");
}

fn event_kind(event: &BusinessEvent) -> String {
    let json = serde_json::to_value(event).unwrap();
    assert_eq!(serde_json::from_value::<BusinessEvent>(json.clone()).unwrap(), *event, "events survive being stored");
    json["what"]["type"].as_str().unwrap().to_owned()
}

#[test]
fn an_event_is_called_in_json_what_its_transaction_is_called() {
    for event in one_of_each() {
        let posted = transaction(&event).unwrap().unwrap();
        assert_eq!(posted.kind, event_kind(&event));
        assert_eq!(posted.id, format!("{}/{}", posted.kind, event.key));
        let json = serde_json::to_string(&posted).unwrap();
        assert_eq!(serde_json::from_str::<kirana_ledger::Transaction>(&json).unwrap(), posted);
    }
}

#[test]
fn the_document_has_the_table_and_the_chart() {
    assert!(DOCUMENT.contains(&table()), "docs/ledger.md should have:\n{}", table());
    let mut chart =
        String::from("| account | type | whose | below zero | what it holds |\n| --- | --- | --- | --- | --- |\n");
    for one in CHART {
        let (name, owner, meaning) = (one.name, one.owner, one.meaning.trim_end_matches('.'));
        let negative = if one.may_be_negative { "may be" } else { "never" };
        let row = format!(
            "| `{name}` | {} | {owner} | {negative} | {meaning} |\n",
            format!("{:?}", one.account_type).to_lowercase()
        );
        chart.push_str(&row);
    }
    assert!(DOCUMENT.contains(&chart), "docs/ledger.md should have:\n{chart}");
}

#[test]
fn one_of_each_can_be_posted_and_balances() {
    let mut ledger = Ledger::new();
    for event in one_of_each() {
        assert_eq!(ledger.record(&event), Ok(Posted::New), "{event:?}");
    }
    assert!(ledger.trial_balance().unwrap().is_balanced());
}

/// Every amount in an event, made negative one after the other, is refused; those that may be are not.
#[test]
fn wrong_amounts_are_refused_in_words() {
    let may_be = BTreeSet::from([
        "gateway_settled",
        "gateway_fee_charged",
        "difference_accepted",
        "franchisee_credited",
        "period_closed",
    ]);
    let mut refused = BTreeMap::new();
    for event in one_of_each() {
        let json = serde_json::to_string(&event).unwrap();
        let kind = event_kind(&event);
        for (place, _) in json.match_indices("\"amount\":") {
            let at = place + "\"amount\":".len();
            if !json[at..].starts_with(|next: char| next.is_ascii_digit()) || json[at..].starts_with('0') {
                continue;
            }
            let text = format!("{}-{}", &json[..at], &json[at..]);
            let wrong: BusinessEvent = serde_json::from_str(&text).unwrap();
            match transaction(&wrong) {
                Ok(_) => assert!(may_be.contains(kind.as_str()), "{text}"),
                Err(fault) => {
                    assert!(fault.to_string().contains("expected"), "{fault}");
                    *refused.entry(kind.clone()).or_insert(0) += 1;
                }
            }
        }
    }
    assert!(refused.len() >= 25, "{refused:?}");
}

#[test]
fn parts_that_are_not_the_whole_are_refused() {
    let wrong = Split { total: baht(10_001), ..split(10_000) };
    let fault = transaction(&event("o1", 0, Some(1), What::OrderCompleted { store: id(1), split: wrong })).unwrap_err();
    assert_eq!(fault.to_string(), "the parts of an order come to 100.00 THB: expected 100.01 THB");
}

#[test]
fn two_currencies_in_one_event_are_refused() {
    let released = kirana_kernel::Money::new(5, kirana_kernel::Currency::USD);
    let what = What::PaymentCaptured { gateway: name("stripe"), store: id(1), amount: baht(5), released };
    let fault = transaction(&event("c1", 0, None, what)).unwrap_err().to_string();
    assert_eq!(fault, "what of the hold ends is in USD: expected THB, as the first amount of payment_captured/c1");
}

#[test]
fn what_moves_nothing_posts_nothing() {
    let failed = What::PaymentFailed { gateway: name("stripe"), store: id(1), released: baht(0) };
    assert_eq!(transaction(&event("p1", 0, None, failed)), Ok(None));
    let free = What::OrderCompleted { store: id(1), split: split(0) };
    assert_eq!(transaction(&event("o1", 0, None, free)), Ok(None));
    let nameless = What::GiftBalanceSpent { customer: id(2), store: id(1), amount: baht(1) };
    assert!(matches!(transaction(&event("", 0, None, nameless)), Err(LedgerError::Incomplete { .. })));
}

#[test]
fn gift_balance_is_not_bought_with_gift_balance() {
    let paid_with = Tender::Balance { customer: id(3) };
    let what = What::GiftBalanceBought { customer: id(2), paid_with, amount: baht(100) };
    assert!(transaction(&event("g1", 0, None, what)).is_err());
}
