//! Orders: what was paid for them is earned, or owed to others. And paying those others.

use super::{Rule, rule};
use crate::account::Account;
use crate::error::LedgerError;
use crate::event::{Split, What};
use crate::transaction::Draft;
use kirana_kernel::{Id, Money, MoneyError};

pub(super) const RULES: &[Rule] = &[
    rule("order_completed", "deposits", "sales", "net sales"),
    rule("order_completed", "deposits", "tax", "each tax, or component of one"),
    rule("order_completed", "deposits", "tips", "tips"),
    rule("order_completed", "deposits", "fees", "fees"),
    rule("order_completed", "deposits", "rounding", "rounding; below zero the other way round"),
    rule("order_credited", "sales", "deposits", "net sales that it is less of"),
    rule("order_credited", "tax", "deposits", "each tax that it is less of"),
    rule("order_credited", "tips", "deposits", "tips that it is less of"),
    rule("order_credited", "fees", "deposits", "fees that it is less of"),
    rule("order_credited", "rounding", "deposits", "rounding; below zero the other way round"),
    rule("tips_paid", "tips", "bank", "what was paid to the people of the store"),
    rule("tax_paid", "tax", "bank", "what was paid to the authority"),
];

pub(super) fn post(what: &What, draft: Draft) -> Draft {
    match what {
        What::OrderCompleted { store, split } => {
            parts(*store, split, draft, |deposits, other| (deposits, other)) //
        }
        What::OrderCredited { store, split } => parts(*store, split, draft, |deposits, other| (other, deposits)),
        What::TipsPaid { store, bank, amount } => {
            draft.required("the payout", Account::Tips(*store), Account::Bank(bank.clone()), *amount)
        }
        What::TaxPaid { tax, bank, amount } => {
            draft.required("the tax", Account::Tax(tax.clone()), Account::Bank(bank.clone()), *amount)
        }
        _ => draft,
    }
}

/// What the parts of an order come to.
fn sum(split: &Split) -> Result<Money, MoneyError> {
    let taxes = split.taxes.iter().map(|share| share.amount);
    let all = [split.net_sales, split.tips, split.fees, split.rounding].into_iter().chain(taxes);
    Money::sum(split.total.currency, all)
}

fn parts(store: Id, split: &Split, draft: Draft, side: impl Fn(Account, Account) -> (Account, Account)) -> Draft {
    let draft = match sum(split) {
        Ok(found) if found == split.total => draft,
        Ok(found) => draft.fail(LedgerError::Sum { what: "an order", found, expected: split.total }),
        Err(fault) => draft.fail(LedgerError::Money(fault)),
    };
    let line = |draft: Draft, what, other: Account, amount| {
        let (debit, credit) = side(Account::Deposits(store), other);
        draft.line(what, debit, credit, amount)
    };
    let mut draft = line(draft, "net sales", Account::Sales(store), split.net_sales);
    for share in &split.taxes {
        draft = line(draft, "a tax", Account::Tax(share.tax.clone()), share.amount);
    }
    let draft = line(draft, "tips", Account::Tips(store), split.tips);
    let draft = line(draft, "fees", Account::FeeIncome(store), split.fees);
    let (debit, credit) = side(Account::Deposits(store), Account::Rounding(store));
    draft.signed("rounding", debit, credit, split.rounding)
}
