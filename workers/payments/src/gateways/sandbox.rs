//! The built-in sandbox: a provider without an account, for the local demo and tests. It moves no money and says so. What became of a
//! request it tells later, by webhook.

use kirana_edge::{Result, call, principal};
use kirana_gateways::NoticeKind;
use kirana_kernel::{Id, Money};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use worker::Env;

async fn post(env: &Env, path: &str, body: &Value) -> Result<String> {
    let caller = principal::service("payments");
    let object = call::object(env, "SANDBOX_GATEWAY", "sandbox".into(), &caller).repeatable();
    let answer: Value = object.post(path, body).await?;
    Ok(answer["id"].as_str().unwrap_or_default().to_owned())
}

/// Asks for money. The payment's id makes it happen once, however often it is asked.
///
/// # Errors
/// 503 when nobody knows what became of the request; asking again is safe.
pub async fn charge(env: &Env, payment: Id, amount: Money, token: &str) -> Result<String> {
    post(env, "/charges", &json!({"reference": payment, "amount": amount, "token": token})).await
}

/// Asks to give money back. The refund's id makes it happen once.
///
/// # Errors
/// As for a charge.
pub async fn refund(env: &Env, refund: Id, charge: &str, amount: Money) -> Result<String> {
    post(env, "/refunds", &json!({"reference": refund, "charge": charge, "amount": amount})).await
}

/// What the sandbox says became of something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Its id of this notice; the same twice is one.
    pub id: String,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// Our id of the payment or the refund.
    pub reference: Id,
    /// What was moved.
    pub amount: Money,
    /// Why not, where it failed.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What can happen at the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// The customer is asked by their bank; more will be said.
    #[serde(rename = "charge.pending")]
    ChargePending,
    /// The money is captured.
    #[serde(rename = "charge.succeeded")]
    ChargeSucceeded,
    /// The sandbox refused.
    #[serde(rename = "charge.failed")]
    ChargeFailed,
    /// The money is given back.
    #[serde(rename = "refund.succeeded")]
    RefundSucceeded,
}

impl Kind {
    /// The same in the vocabulary of all gateways.
    #[must_use]
    pub const fn notice(self) -> NoticeKind {
        match self {
            Self::ChargePending => NoticeKind::Pending,
            Self::ChargeSucceeded => NoticeKind::Captured,
            Self::ChargeFailed => NoticeKind::Failed,
            Self::RefundSucceeded => NoticeKind::Refunded,
        }
    }
}
