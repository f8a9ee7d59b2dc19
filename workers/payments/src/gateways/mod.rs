//! Payment gateways behind one trait.

pub mod sandbox;

use kirana_edge::Result;
use kirana_kernel::{Id, Money};
use serde::{Deserialize, Serialize};

/// A gateway that takes and gives back money. What became of a request it tells later, by webhook.
#[allow(async_fn_in_trait)] // JavaScript's promises are not Send; nothing here leaves its thread
pub trait Gateway {
    /// Asks for money. The payment's id makes it happen once, however often it is asked.
    ///
    /// # Errors
    /// 503 when nobody knows what became of the request; asking again is safe.
    async fn charge(&self, payment: Id, amount: Money, token: &str) -> Result<String>;

    /// Asks to give money back. The refund's id makes it happen once.
    ///
    /// # Errors
    /// As for a charge.
    async fn refund(&self, refund: Id, charge: &str, amount: Money) -> Result<String>;
}

/// What a gateway says became of something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The gateway's id of this notice; the same twice is one.
    pub id: String,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: NoticeKind,
    /// Our id of the payment or the refund.
    pub reference: Id,
    /// What was moved.
    pub amount: Money,
    /// Why not, where it failed.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What can happen at a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoticeKind {
    /// The customer is asked by their bank; more will be said.
    #[serde(rename = "charge.pending")]
    ChargePending,
    /// The money is captured.
    #[serde(rename = "charge.succeeded")]
    ChargeSucceeded,
    /// The gateway refused.
    #[serde(rename = "charge.failed")]
    ChargeFailed,
    /// The money is given back.
    #[serde(rename = "refund.succeeded")]
    RefundSucceeded,
}
