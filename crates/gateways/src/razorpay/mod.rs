//! Razorpay: orders, payments, refunds, webhooks ("Razorpay API Reference", "Validate and Test Webhooks").
//!
//! A charge is an order that Razorpay's checkout in the browser opens; what is paid there is a payment of the order. Making an order
//! knows no idempotency, and needs none: one that nobody opens takes no money, and the receipt, which is our payment's id, finds it.
//! Refunds have a key (`X-Refund-Idempotency`). A payment is captured whole; one that is only authorised cannot be given free, it goes
//! back by itself after days. What comes back from the checkout is signed with the key's secret, webhooks with another.

mod answers;
mod reasons;
mod requests;
#[cfg(test)]
mod tests;
mod webhooks;

use crate::amount::{self, AmountError};
use crate::config::{BASE, ConfigError, may_ask, require};
use crate::mac::is_signed;
use crate::secret::Secret;
use kirana_kernel::Money;
use serde::Deserialize;

pub(crate) use answers::parse;
pub(crate) use requests::request;
pub(crate) use webhooks::receive;

/// The name of this gateway in errors.
const NAME: &str = "razorpay";

/// Where our ids stand in Razorpay's notes.
const PAYMENT: &str = "kirana_payment";
const REFUND: &str = "kirana_refund";

/// An account at Razorpay.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it answers.
    #[serde(default = "base")]
    pub base: String,
    /// `rzp_test_...` or `rzp_live_...`; the checkout needs it as well, it is public.
    pub key_id: String,
    /// What belongs to it.
    pub key_secret: Secret,
    /// Secrets of the webhook: while one is being replaced, the old and the new, as older notices keep their signature.
    #[serde(default)]
    pub webhook_secrets: Vec<Secret>,
    /// Is it about real money?
    pub live: bool,
    /// Whose notices are taken, `acc_...`. Without one, those of every account whose webhook has our secret.
    #[serde(default)]
    pub account: Option<String>,
}

fn base() -> String {
    "https://api.razorpay.com".to_owned()
}

impl Config {
    /// Is everything there, and of one mode?
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), ConfigError> {
        require(may_ask(&self.base), NAME, BASE)?;
        let mode = if self.live { "rzp_live_" } else { "rzp_test_" };
        require(self.key_id.starts_with(mode), NAME, "`key_id` must begin with rzp_ and the mode that `live` says")?;
        require(!self.key_secret.is_empty(), NAME, "`key_secret` is missing")?;
        let good = !self.webhook_secrets.is_empty() && self.webhook_secrets.iter().all(|secret| !secret.is_empty());
        require(good, NAME, "`webhook_secrets` must hold the webhook's secret")
    }
}

/// Is this what the checkout handed to the customer's browser for that order? It says that the payment was authorised or captured;
/// which of them, and how much, is to be looked up.
#[must_use]
pub fn is_return(config: &Config, order: &str, payment: &str, signature: &str) -> bool {
    is_signed(config.key_secret.expose(), &[order.as_bytes(), b"|", payment.as_bytes()], signature)
}

/// An amount in the currency's smallest units. Of currencies with three decimals the last must be zero ("International currencies").
fn units(money: Money) -> Result<i64, AmountError> {
    let digits = money.currency.exponent();
    let units = amount::in_units(money, digits)?;
    if digits == 3 && units % 10 != 0 {
        return Err(AmountError::TooFine { currency: money.currency, step: 10 });
    }
    Ok(units)
}

/// What Razorpay counts so.
fn money(units: Option<i64>, currency: Option<&str>) -> Option<Money> {
    let currency = amount::currency(currency?)?;
    amount::from_units(units?, currency.exponent(), currency).ok()
}
