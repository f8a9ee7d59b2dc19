//! The posting rules: what each business event does to the books. One function for each family of events, and beside it the
//! table that people read; a test holds the two together, and [`table`] is what stands in docs/ledger.md.

mod balances;
mod cash;
mod franchise;
mod orders;
mod payments;

use crate::error::LedgerError;
use crate::event::{BusinessEvent, What};
use crate::transaction::{Draft, Transaction};
use kirana_kernel::{Currency, Money};
use std::fmt::Write;

/// One line of a rule: which kinds of accounts it moves what between.
#[derive(Debug)]
pub struct Rule {
    /// The event, as its `type` in JSON.
    pub event: &'static str,
    /// The kind of account that is debited.
    pub debit: &'static str,
    /// The kind that is credited.
    pub credit: &'static str,
    /// Which amount.
    pub amount: &'static str,
}

const fn rule(event: &'static str, debit: &'static str, credit: &'static str, amount: &'static str) -> Rule {
    Rule { event, debit, credit, amount }
}

/// All rules, family by family. Amounts that may be below zero turn their line round, and say so.
pub const RULES: &[&[Rule]] = &[payments::RULES, cash::RULES, balances::RULES, orders::RULES, franchise::RULES];

/// The event's name, as its `type` in JSON.
#[must_use]
pub const fn kind(what: &What) -> &'static str {
    match what {
        What::PaymentAuthorised { .. } => "payment_authorised",
        What::PaymentCaptured { .. } => "payment_captured",
        What::PaymentFailed { .. } => "payment_failed",
        What::PaymentVoided { .. } => "payment_voided",
        What::PaymentRefunded { .. } => "payment_refunded",
        What::RefundReversed { .. } => "refund_reversed",
        What::CashCollected { .. } => "cash_collected",
        What::RiderSettled { .. } => "rider_settled",
        What::CashTaken { .. } => "cash_taken",
        What::CashBanked { .. } => "cash_banked",
        What::GiftBalanceBought { .. } => "gift_balance_bought",
        What::GiftCardRedeemed { .. } => "gift_card_redeemed",
        What::GiftCardVoided { .. } => "gift_card_voided",
        What::GiftBalanceSpent { .. } => "gift_balance_spent",
        What::PointsEarned { .. } => "points_earned",
        What::PointsRedeemed { .. } => "points_redeemed",
        What::PointsExpired { .. } => "points_expired",
        What::OrderCompleted { .. } => "order_completed",
        What::OrderCredited { .. } => "order_credited",
        What::DisputeOpened { .. } => "dispute_opened",
        What::DisputeWon { .. } => "dispute_won",
        What::DisputeLost { .. } => "dispute_lost",
        What::GatewayFeeCharged { .. } => "gateway_fee_charged",
        What::GatewaySettled { .. } => "gateway_settled",
        What::DifferenceAccepted { .. } => "difference_accepted",
        What::FranchiseeCredited { .. } => "franchisee_credited",
        What::RoyaltyAccrued { .. } => "royalty_accrued",
        What::FranchiseePaid { .. } => "franchisee_paid",
        What::FranchiseeCollected { .. } => "franchisee_collected",
        What::TipsPaid { .. } => "tips_paid",
        What::TaxPaid { .. } => "tax_paid",
        What::PeriodClosed { .. } => "period_closed",
    }
}

/// The currency of the event's first amount; all others must have it too.
fn currency(what: &What) -> Option<Currency> {
    let money: &Money = match what {
        What::PaymentAuthorised { amount, .. }
        | What::PaymentCaptured { amount, .. }
        | What::PaymentRefunded { amount, .. }
        | What::RefundReversed { amount, .. }
        | What::CashBanked { amount, .. }
        | What::GiftBalanceBought { amount, .. }
        | What::GiftCardRedeemed { amount, .. }
        | What::GiftCardVoided { amount, .. }
        | What::GiftBalanceSpent { amount, .. }
        | What::DisputeOpened { amount, .. }
        | What::DisputeWon { amount, .. }
        | What::DisputeLost { amount, .. }
        | What::GatewaySettled { amount, .. }
        | What::DifferenceAccepted { amount, .. }
        | What::FranchiseeCredited { amount, .. }
        | What::FranchiseePaid { amount, .. }
        | What::FranchiseeCollected { amount, .. }
        | What::TipsPaid { amount, .. }
        | What::TaxPaid { amount, .. } => amount,
        What::PaymentFailed { released, .. } | What::PaymentVoided { released, .. } => released,
        What::CashCollected { due, .. } | What::CashTaken { due, .. } => due,
        What::RiderSettled { owed, .. } => owed,
        What::PointsEarned { value, .. } | What::PointsRedeemed { value, .. } | What::PointsExpired { value, .. } => {
            value
        }
        What::OrderCompleted { split, .. } | What::OrderCredited { split, .. } => &split.total,
        What::GatewayFeeCharged { fee, .. } => fee,
        What::RoyaltyAccrued { royalty, .. } => royalty,
        What::PeriodClosed { balances, .. } => match balances.first() {
            Some(first) => &first.balance,
            None => return None,
        },
    };
    Some(money.currency)
}

/// The transaction of an event. None where no money moves: a payment that failed before anything was held, an order that costs
/// nothing.
///
/// # Errors
/// [`LedgerError`] for an amount of the wrong sign or currency, parts that do not come to their sum, or no key.
pub fn transaction(event: &BusinessEvent) -> Result<Option<Transaction>, LedgerError> {
    let Some(currency) = currency(&event.what) else { return Ok(None) };
    let draft = Draft::new(kind(&event.what), &event.key, event.at, event.order, currency);
    match &event.what {
        What::PaymentAuthorised { .. }
        | What::PaymentCaptured { .. }
        | What::PaymentFailed { .. }
        | What::PaymentVoided { .. }
        | What::PaymentRefunded { .. }
        | What::RefundReversed { .. }
        | What::DisputeOpened { .. }
        | What::DisputeWon { .. }
        | What::DisputeLost { .. }
        | What::GatewayFeeCharged { .. }
        | What::GatewaySettled { .. }
        | What::DifferenceAccepted { .. } => payments::post(&event.what, draft),
        What::CashCollected { .. } | What::RiderSettled { .. } | What::CashTaken { .. } | What::CashBanked { .. } => {
            cash::post(&event.what, draft)
        }
        What::GiftBalanceBought { .. }
        | What::GiftCardRedeemed { .. }
        | What::GiftCardVoided { .. }
        | What::GiftBalanceSpent { .. }
        | What::PointsEarned { .. }
        | What::PointsRedeemed { .. }
        | What::PointsExpired { .. } => balances::post(&event.what, draft),
        What::OrderCompleted { .. } | What::OrderCredited { .. } | What::TipsPaid { .. } | What::TaxPaid { .. } => {
            orders::post(&event.what, draft)
        }
        What::FranchiseeCredited { .. }
        | What::RoyaltyAccrued { .. }
        | What::FranchiseePaid { .. }
        | What::FranchiseeCollected { .. }
        | What::PeriodClosed { .. } => franchise::post(&event.what, draft),
    }
    .done()
}

/// The table of posting rules, in Markdown, as it stands in docs/ledger.md.
#[must_use]
pub fn table() -> String {
    let mut text = String::from("| event | debit | credit | amount |\n| --- | --- | --- | --- |\n");
    for Rule { event, debit, credit, amount } in RULES.iter().copied().flatten() {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "| `{event}` | `{debit}` | `{credit}` | {amount} |");
    }
    text
}
