//! Payments through gateways: holds, captures, refunds, disputes, fees, settlements.

use super::{Rule, rule};
use crate::account::Account;
use crate::event::What;
use crate::transaction::Draft;

pub(super) const RULES: &[Rule] = &[
    rule("payment_authorised", "authorised", "authorised-for", "the hold"),
    rule("payment_captured", "authorised-for", "authorised", "what of the hold ends"),
    rule("payment_captured", "gateway", "deposits", "what was captured"),
    rule("payment_failed", "authorised-for", "authorised", "the hold, where there was one"),
    rule("payment_voided", "authorised-for", "authorised", "the hold, or what is left of it"),
    rule(
        "payment_refunded",
        "deposits",
        "gateway, store-cash, customer-balance or points",
        "the refund, to where it goes",
    ),
    rule("refund_reversed", "gateway, store-cash, customer-balance or points", "deposits", "the refund that failed"),
    rule("dispute_opened", "disputed", "gateway", "what the bank takes back"),
    rule("dispute_opened", "gateway-fees", "gateway", "the fee of the dispute"),
    rule("dispute_won", "gateway", "disputed", "what comes back"),
    rule("dispute_won", "gateway", "gateway-fees", "the fee, where it comes back"),
    rule("dispute_lost", "dispute-losses", "disputed", "what stays away"),
    rule(
        "gateway_fee_charged",
        "gateway-fees",
        "gateway",
        "the fee without tax; below zero, where it was returned, the other way round",
    ),
    rule("gateway_fee_charged", "input-tax", "gateway", "the tax on it; below zero the other way round"),
    rule("gateway_settled", "bank", "gateway", "what was paid out; below zero the other way round"),
    rule("difference_accepted", "gateway-differences", "gateway", "what is missing; below zero the other way round"),
];

pub(super) fn post(what: &What, draft: Draft) -> Draft {
    use Account::{Authorised, AuthorisedFor, Bank, Deposits, Disputed, Gateway, GatewayDifferences, GatewayFees};
    match what {
        What::PaymentAuthorised { gateway, store, amount } => {
            draft.required("the hold", Authorised(gateway.clone()), AuthorisedFor(*store), *amount)
        }
        What::PaymentCaptured { gateway, store, amount, released } => draft
            .line("what of the hold ends", AuthorisedFor(*store), Authorised(gateway.clone()), *released)
            .required("what was captured", Gateway(gateway.clone()), Deposits(*store), *amount),
        What::PaymentFailed { gateway, store, released } => {
            draft.line("the hold", AuthorisedFor(*store), Authorised(gateway.clone()), *released)
        }
        What::PaymentVoided { gateway, store, released } => {
            draft.required("the hold", AuthorisedFor(*store), Authorised(gateway.clone()), *released)
        }
        What::PaymentRefunded { to, store, amount } => {
            draft.required("the refund", Deposits(*store), to.account(), *amount)
        }
        What::RefundReversed { to, store, amount } => {
            draft.required("the refund", to.account(), Deposits(*store), *amount)
        }
        What::DisputeOpened { gateway, amount, fee } => draft
            .required("the dispute", Disputed(gateway.clone()), Gateway(gateway.clone()), *amount)
            .line("the fee of the dispute", GatewayFees(gateway.clone()), Gateway(gateway.clone()), *fee),
        What::DisputeWon { gateway, amount, fee_returned } => draft
            .required("the dispute", Gateway(gateway.clone()), Disputed(gateway.clone()), *amount)
            .line("the fee of the dispute", Gateway(gateway.clone()), GatewayFees(gateway.clone()), *fee_returned),
        What::DisputeLost { gateway, store, amount } => {
            draft.required("the dispute", Account::DisputeLosses(*store), Disputed(gateway.clone()), *amount)
        }
        What::GatewayFeeCharged { gateway, fee, tax } => {
            let draft = draft.signed("the fee", GatewayFees(gateway.clone()), Gateway(gateway.clone()), *fee);
            tax.iter().fold(draft, |draft, share| {
                let account = Account::InputTax(share.tax.clone());
                draft.signed("the tax on the fee", account, Gateway(gateway.clone()), share.amount)
            })
        }
        What::GatewaySettled { gateway, bank, amount } => {
            draft.signed("the settlement", Bank(bank.clone()), Gateway(gateway.clone()), *amount)
        }
        What::DifferenceAccepted { gateway, amount } => {
            draft.signed("the difference", GatewayDifferences(gateway.clone()), Gateway(gateway.clone()), *amount)
        }
        _ => draft,
    }
}
