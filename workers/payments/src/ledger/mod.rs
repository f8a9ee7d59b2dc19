//! What payments posts: captures and refunds, and completed orders.

#[cfg(test)]
mod tests;

pub use kirana_books::{orders, post, stores};

use crate::db::Payment;
use crate::gateways::GIFT_BALANCE;
use kirana_edge::Result;
use kirana_kernel::{Id, Money, Timestamp};
use kirana_ledger::{BusinessEvent, Tender, What};

/// A gateway has captured a payment, or gift balance paid it.
///
/// # Errors
/// 422 for a gateway whose name no account can have.
pub fn captured(payment: &Payment, amount: Money, gateway: &str, at: Timestamp) -> Result<BusinessEvent> {
    let (store, released) = (payment.store_id, Money::zero(amount.currency));
    let what = match gateway {
        GIFT_BALANCE => What::GiftBalanceSpent { customer: payment.customer_id, store, amount },
        name => What::PaymentCaptured { gateway: kirana_books::name(name)?, store, amount, released },
    };
    Ok(BusinessEvent { key: payment.id.to_string(), at, order: Some(payment.order_id), what })
}

/// Money went back to where it came from.
///
/// # Errors
/// As [`captured`].
pub fn refunded(payment: &Payment, refund: Id, amount: Money, gateway: &str, at: Timestamp) -> Result<BusinessEvent> {
    let to = match gateway {
        GIFT_BALANCE => Tender::Balance { customer: payment.customer_id },
        name => Tender::Gateway { gateway: kirana_books::name(name)? },
    };
    let what = What::PaymentRefunded { to, store: payment.store_id, amount };
    Ok(BusinessEvent { key: refund.to_string(), at, order: Some(payment.order_id), what })
}
