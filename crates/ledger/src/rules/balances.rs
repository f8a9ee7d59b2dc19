//! What customers hold with the chain: gift balances and points.

use super::{Rule, rule};
use crate::account::Account;
use crate::error::LedgerError;
use crate::event::{Tender, What};
use crate::transaction::Draft;

pub(super) const RULES: &[Rule] = &[
    rule("gift_balance_bought", "gateway, store-cash or points", "customer-balance", "what was paid"),
    rule(
        "gift_card_redeemed",
        "customer-balance",
        "customer-balance",
        "what the card holds, from it to who redeems it",
    ),
    rule(
        "gift_card_voided",
        "customer-balance",
        "gateway, store-cash or points",
        "what the card holds, back to whoever paid",
    ),
    rule("gift_balance_spent", "customer-balance", "deposits", "what of it pays for the order"),
    rule("points_earned", "loyalty-cost", "points", "what the points are worth"),
    rule("points_redeemed", "points", "deposits", "what of them pays for the order"),
    rule("points_expired", "points", "loyalty-cost", "what they were worth"),
];

pub(super) fn post(what: &What, draft: Draft) -> Draft {
    use Account::{CustomerBalance, Deposits, LoyaltyCost, Points};
    match what {
        What::GiftBalanceBought { customer, paid_with, amount } => {
            // Balance for balance would be money from nowhere to nowhere; between customers it is no purchase.
            if let Tender::Balance { customer } = paid_with {
                let (id, account) = ("gift_balance_bought".to_owned(), CustomerBalance(*customer));
                return draft.fail(LedgerError::SameAccount { id, account });
            }
            draft.required("what was paid", paid_with.account(), CustomerBalance(*customer), *amount)
        }
        What::GiftCardRedeemed { card, customer, amount } => {
            draft.required("what the card holds", CustomerBalance(*card), CustomerBalance(*customer), *amount)
        }
        What::GiftCardVoided { card, paid_back, amount } => {
            draft.required("what the card holds", CustomerBalance(*card), paid_back.account(), *amount)
        }
        What::GiftBalanceSpent { customer, store, amount } => {
            draft.required("what was spent", CustomerBalance(*customer), Deposits(*store), *amount)
        }
        What::PointsEarned { customer, store, value } => {
            draft.line("what the points are worth", LoyaltyCost(*store), Points(*customer), *value)
        }
        What::PointsRedeemed { customer, store, value } => {
            draft.required("what the points are worth", Points(*customer), Deposits(*store), *value)
        }
        What::PointsExpired { customer, store, value } => {
            draft.line("what the points were worth", Points(*customer), LoyaltyCost(*store), *value)
        }
        _ => draft,
    }
}
