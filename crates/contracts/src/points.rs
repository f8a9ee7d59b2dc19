//! What payments asks of loyalty: points as a tender.

use kirana_kernel::{Id, Money};
use serde::{Deserialize, Serialize};

/// Points pay for an order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SpendPoints {
    /// The payment: it takes points once.
    pub payment_id: Id,
    /// The order.
    pub order_id: Id,
    /// Its store.
    pub store_id: Id,
    /// Whose points.
    pub customer_id: Id,
    /// How much they pay.
    pub amount: Money,
}

/// They paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// So many.
    pub points: i64,
}

/// What points paid, or a part of it, goes back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RestorePoints {
    /// The refund: it gives back once.
    pub refund_id: Id,
    /// The payment.
    pub payment_id: Id,
    /// How much of it.
    pub amount: Money,
}

/// They are back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// So many.
    pub points: i64,
}
