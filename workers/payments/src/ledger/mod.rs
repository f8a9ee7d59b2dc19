//! What payments posts: captures and refunds, and completed orders.

#[cfg(test)]
mod tests;

pub use kirana_books::{orders, post, stores};

use crate::db::Payment;
use crate::gateways::{CASH, GIFT_BALANCE, POINTS};
use kirana_edge::Result;
use kirana_edge::db::Statement;
use kirana_kernel::{Id, Money, Timestamp};
use kirana_ledger::{BusinessEvent, Tender, What};

/// The statements that post a capture: a gateway took the money, or gift balance or points paid.
///
/// # Errors
/// 422 for a gateway whose name no account can have.
pub fn captured(payment: &Payment, amount: Money, at: Timestamp) -> Result<Vec<Statement>> {
    let (store, released, customer) = (payment.store_id, Money::zero(amount.currency), payment.customer_id);
    let event = |what| BusinessEvent { key: payment.id.to_string(), at, order: Some(payment.order_id), what };
    match payment.gateway.as_str() {
        GIFT_BALANCE => post(&event(What::GiftBalanceSpent { customer, store, amount })),
        // Loyalty holds the points. What they cost the chain is in the books when they are spent, and not before.
        POINTS => both(
            &event(What::PointsEarned { customer, store, value: amount }),
            &event(What::PointsRedeemed { customer, store, value: amount }),
        ),
        CASH => post(&event(match payment.inner.collected {
            Some((rider, true)) => What::CashCollected { rider, store, due: amount, collected: amount },
            _ => What::CashTaken { store, due: amount, taken: amount },
        })),
        name => post(&event(What::PaymentCaptured { gateway: kirana_books::name(name)?, store, amount, released })),
    }
}

/// The statements that post a refund: money went back to where it came from.
///
/// # Errors
/// As [`captured`].
pub fn refunded(payment: &Payment, refund: Id, amount: Money, at: Timestamp) -> Result<Vec<Statement>> {
    let (store, customer) = (payment.store_id, payment.customer_id);
    let event = |what| BusinessEvent { key: refund.to_string(), at, order: Some(payment.order_id), what };
    let back = |to| event(What::PaymentRefunded { to, store, amount });
    match payment.gateway.as_str() {
        GIFT_BALANCE => post(&back(Tender::Balance { customer })),
        POINTS => {
            both(&back(Tender::Points { customer }), &event(What::PointsExpired { customer, store, value: amount }))
        }
        // The store hands it back, whoever took it. What was collected before hands were told stands with the name itself.
        CASH if payment.inner.collected.is_some() => post(&back(Tender::Cash { store })),
        name => post(&back(Tender::Gateway { gateway: kirana_books::name(name)? })),
    }
}

fn both(one: &BusinessEvent, other: &BusinessEvent) -> Result<Vec<Statement>> {
    let mut statements = post(one)?;
    statements.extend(post(other)?);
    Ok(statements)
}
