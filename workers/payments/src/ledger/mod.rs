//! What payments posts: captures and refunds, and completed orders.

#[cfg(test)]
mod tests;

pub use kirana_books::{orders, post, stores};

use crate::db::Payment;
use kirana_edge::Result;
use kirana_kernel::{Id, Money, Timestamp};
use kirana_ledger::{BusinessEvent, Tender, What};

/// A gateway has captured a payment.
///
/// # Errors
/// 422 for a gateway whose name no account can have.
pub fn captured(payment: &Payment, amount: Money, gateway: &str, at: Timestamp) -> Result<BusinessEvent> {
    let (store, gateway) = (payment.store_id, kirana_books::name(gateway)?);
    let what = What::PaymentCaptured { gateway, store, amount, released: Money::zero(amount.currency) };
    Ok(BusinessEvent { key: payment.id.to_string(), at, order: Some(payment.order_id), what })
}

/// A gateway has given money back.
///
/// # Errors
/// As [`captured`].
pub fn refunded(payment: &Payment, refund: Id, amount: Money, gateway: &str, at: Timestamp) -> Result<BusinessEvent> {
    let to = Tender::Gateway { gateway: kirana_books::name(gateway)? };
    let what = What::PaymentRefunded { to, store: payment.store_id, amount };
    Ok(BusinessEvent { key: refund.to_string(), at, order: Some(payment.order_id), what })
}
