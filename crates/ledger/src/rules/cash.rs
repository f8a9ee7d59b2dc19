//! Cash: at the door, at the counter, to the bank.

use super::{Rule, rule};
use crate::account::Account;
use crate::error::LedgerError;
use crate::event::What;
use crate::transaction::Draft;
use kirana_kernel::{Id, Money};

pub(super) const RULES: &[Rule] = &[
    rule("cash_collected", "rider-cash", "deposits", "what was collected"),
    rule(
        "cash_collected",
        "rounding",
        "deposits",
        "what was due above it; the other way round where more was collected",
    ),
    rule("rider_settled", "store-cash", "rider-cash", "what was handed over"),
    rule("rider_settled", "cash-differences", "rider-cash", "what is missing"),
    rule("rider_settled", "store-cash", "cash-differences", "what is too much"),
    rule("cash_taken", "store-cash", "deposits", "what was taken"),
    rule("cash_taken", "rounding", "deposits", "what was due above it; the other way round where more was taken"),
    rule("cash_banked", "bank", "store-cash", "the deposit"),
];

pub(super) fn post(what: &What, draft: Draft) -> Draft {
    match what {
        What::CashCollected { rider, store, due, collected } => {
            came(draft, Account::RiderCash(*rider), *store, *due, *collected)
        }
        What::CashTaken { store, due, taken } => came(draft, Account::StoreCash(*store), *store, *due, *taken),
        What::RiderSettled { rider, store, owed, handed } => settled(draft, *rider, *store, *owed, *handed),
        What::CashBanked { store, bank, amount } => {
            draft.required("the deposit", Account::Bank(bank.clone()), Account::StoreCash(*store), *amount)
        }
        _ => draft,
    }
}

/// The customer's debt is cleared by what was due; what coins made of it is rounding.
fn came(draft: Draft, cash: Account, store: Id, due: Money, came: Money) -> Draft {
    if due.amount <= 0 {
        return draft.fail(LedgerError::Amount { what: "what was due", found: due, expected: "more than zero" });
    }
    match due.minus(came) {
        Ok(rounding) => draft.required("what was taken", cash, Account::Deposits(store), came).signed(
            "the rounding",
            Account::Rounding(store),
            Account::Deposits(store),
            rounding,
        ),
        Err(fault) => draft.fail(LedgerError::Money(fault)),
    }
}

/// The rider is rid of what is owed, whatever was counted: a difference is the store's until somebody is asked for it.
fn settled(draft: Draft, rider: Id, store: Id, owed: Money, handed: Money) -> Draft {
    let (till, bag, difference) =
        (Account::StoreCash(store), Account::RiderCash(rider), Account::CashDifferences(store));
    let draft = if owed.amount > 0 && handed.amount >= 0 {
        draft
    } else {
        let (found, expected) = if owed.amount > 0 { (handed, "zero or more") } else { (owed, "more than zero") };
        draft.fail(LedgerError::Amount { what: "what is owed or handed over", found, expected })
    };
    match owed.minus(handed) {
        Ok(missing) if missing.amount >= 0 => draft.line("what was handed over", till, bag.clone(), handed).line(
            "what is missing",
            difference,
            bag,
            missing,
        ),
        Ok(_) => match handed.minus(owed) {
            Ok(more) => {
                draft.line("what is owed", till.clone(), bag, owed).line("what is too much", till, difference, more)
            }
            Err(fault) => draft.fail(LedgerError::Money(fault)),
        },
        Err(fault) => draft.fail(LedgerError::Money(fault)),
    }
}
