//! Franchisees: what is theirs, what they owe, what they are paid. And closing a period.

use super::{Rule, rule};
use crate::account::Account;
use crate::error::LedgerError;
use crate::event::What;
use crate::transaction::Draft;

pub(super) const RULES: &[Rule] = &[
    rule(
        "franchisee_credited",
        "franchise-cost",
        "franchisee",
        "the store's takings of a period; below zero the other way round",
    ),
    rule("royalty_accrued", "franchisee", "royalties", "the royalty"),
    rule("royalty_accrued", "franchisee", "marketing-fund", "the marketing fee"),
    rule("royalty_accrued", "franchisee", "tax", "each tax on them"),
    rule("franchisee_paid", "franchisee", "bank", "the payout, no more than is owed"),
    rule("franchisee_collected", "bank", "franchisee", "what the franchisee paid"),
    rule("period_closed", "each income", "retained-earnings", "its balance; below zero the other way round"),
    rule("period_closed", "retained-earnings", "each expense", "its balance; below zero the other way round"),
];

pub(super) fn post(what: &What, draft: Draft) -> Draft {
    use Account::{Bank, FranchiseCost, Franchisee, MarketingFund, RetainedEarnings, RoyaltyIncome, Tax};
    match what {
        What::FranchiseeCredited { franchisee, store, amount } => {
            draft.signed("the takings", FranchiseCost(*store), Franchisee(*franchisee), *amount)
        }
        What::RoyaltyAccrued { franchisee, fund, royalty, marketing, taxes } => {
            let owes = || Franchisee(*franchisee);
            let draft = draft.line("the royalty", owes(), RoyaltyIncome(*franchisee), *royalty).line(
                "the marketing fee",
                owes(),
                MarketingFund(fund.clone()),
                *marketing,
            );
            taxes.iter().fold(draft, |draft, share| {
                draft.line("a tax on the royalty", owes(), Tax(share.tax.clone()), share.amount)
            })
        }
        What::FranchiseePaid { franchisee, bank, amount } => {
            draft.required("the payout", Franchisee(*franchisee), Bank(bank.clone()), *amount)
        }
        What::FranchiseeCollected { franchisee, bank, amount } => {
            draft.required("what was paid", Bank(bank.clone()), Franchisee(*franchisee), *amount)
        }
        What::PeriodClosed { entity, balances, .. } => balances.iter().fold(draft, |draft, closing| {
            if !closing.account.account_type().is_temporary() {
                let (what, expected) = ("the close of an account that is no income and no expense", "none");
                return draft.fail(LedgerError::Amount { what, found: closing.balance, expected });
            }
            // What was debited is credited: the account begins the next period at zero.
            let equity = RetainedEarnings(entity.clone());
            draft.signed("a balance", equity, closing.account.clone(), closing.balance)
        }),
        _ => draft,
    }
}
