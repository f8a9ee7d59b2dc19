//! What payments posts: captures, refunds and disputes, and completed orders.

#[cfg(test)]
mod tests;

pub use kirana_books::{orders, post, stores};

use crate::db::Payment;
use crate::gateways::{CASH, GIFT_BALANCE, POINTS};
use kirana_edge::Result;
use kirana_edge::db::Statement;
use kirana_gateways::{Notice, NoticeKind};
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

/// The statements that post what a bank does in a dispute, each once however often and in whatever order it is told; nothing where no money is
/// moved, or the notice is about something else. What the dispute costs is a fee of the gateway's report.
///
/// # Errors
/// As [`captured`].
pub fn disputed(payment: &Payment, notice: &Notice, at: Timestamp) -> Result<Vec<Statement>> {
    // PayPal tells of one dispute under several names, and holds money before it takes it: its report says what it moved.
    if !matches!(payment.gateway.as_str(), "stripe" | "razorpay") {
        return Ok(Vec::new());
    }
    let (Some(amount), Some(dispute)) = (notice.amount.filter(|money| money.amount > 0), &notice.about) else {
        return Ok(Vec::new());
    };
    let (gateway, fee) = (kirana_books::name(&payment.gateway)?, Money::zero(amount.currency));
    let event = |what| BusinessEvent { key: dispute.clone(), at, order: Some(payment.order_id), what };
    let opened = event(What::DisputeOpened { gateway: gateway.clone(), amount, fee });
    match notice.kind {
        NoticeKind::Disputed => post(&opened),
        // What was not told before has happened all the same.
        NoticeKind::DisputeWon => both(&opened, &event(What::DisputeWon { gateway, amount, fee_returned: fee })),
        NoticeKind::DisputeLost => {
            both(&opened, &event(What::DisputeLost { gateway, store: payment.store_id, amount }))
        }
        _ => Ok(Vec::new()),
    }
}

fn both(one: &BusinessEvent, other: &BusinessEvent) -> Result<Vec<Statement>> {
    let mut statements = post(one)?;
    statements.extend(post(other)?);
    Ok(statements)
}
