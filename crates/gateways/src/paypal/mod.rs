//! PayPal: orders v2, payments v2, webhooks ("Orders API", "Payments API", "Webhooks Management API").
//!
//! A charge is an order that the payer consents to at PayPal; then [`crate::Call::Complete`] takes the money or holds it. Every call
//! that changes something has a `PayPal-Request-Id`: our payment's id, or that of the attempt, the capture, the refund. The order's
//! invoice is our payment's id as well: PayPal takes money for one invoice once, also when it has forgotten the request's id.
//! [`crate::Outcome::transaction`] is the authorisation after a hold and the capture after a capture: of several captures each is
//! given back by its own.

mod answers;
mod issues;
mod offline;
mod requests;
#[cfg(test)]
mod tests;
mod token;
mod webhooks;

pub use offline::{certificate, verify};
pub use token::{AccessToken, read_token, token};
pub use webhooks::{postback, read_postback};

use crate::amount::{self, AmountError};
use crate::config::{BASE, ConfigError, may_ask, require};
use crate::secret::Secret;
use kirana_kernel::{Currency, Money};
use serde::{Deserialize, Serialize};

pub(crate) use answers::parse;
pub(crate) use requests::request;
pub(crate) use webhooks::receive;

/// The name of this gateway in errors.
const NAME: &str = "paypal";

/// What PayPal takes ("Currency codes").
const CURRENCIES: &[&str] = &[
    "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "JPY", "MXN", "MYR", "NOK",
    "NZD", "PHP", "PLN", "SEK", "SGD", "THB", "TWD", "USD",
];

/// An app of an account at PayPal.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it answers: `https://api-m.paypal.com`, or `https://api-m.sandbox.paypal.com` when `live` is false.
    pub base: String,
    /// The app's id; public.
    pub client_id: String,
    /// What belongs to it.
    pub client_secret: Secret,
    /// The id of the webhook, which its signatures are bound to.
    pub webhook_id: String,
    /// Is it about real money?
    pub live: bool,
}

impl Config {
    /// Is everything there, and of one mode?
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), ConfigError> {
        require(may_ask(&self.base), NAME, BASE)?;
        let here = self.base.starts_with("http://") && !self.live;
        let own = if self.live { "https://api-m.paypal.com" } else { "https://api-m.sandbox.paypal.com" };
        let mode = "`base` must be https://api-m.paypal.com when `live`, https://api-m.sandbox.paypal.com when not";
        require(here || self.base == own, NAME, mode)?;
        require(!self.client_id.is_empty() && !self.client_id.contains(':'), NAME, "`client_id` is missing")?;
        require(!self.client_secret.is_empty(), NAME, "`client_secret` is missing")?;
        let good = !self.webhook_id.is_empty() && self.webhook_id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        require(good, NAME, "`webhook_id` must be the webhook's id, of letters and digits")
    }
}

/// An amount as PayPal writes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Amount {
    currency_code: String,
    value: String,
}

/// The decimals that PayPal takes: none of forint and Taiwan's dollar, though ISO 4217 gives them two.
fn digits(currency: Currency) -> u32 {
    if matches!(currency.code(), "HUF" | "JPY" | "TWD") { 0 } else { 2 }
}

impl Amount {
    fn of(money: Money) -> Result<Self, AmountError> {
        let currency = money.currency;
        if !CURRENCIES.contains(&currency.code()) {
            return Err(AmountError::Currency(currency));
        }
        Ok(Self { currency_code: currency.code().to_owned(), value: amount::to_decimal(money, digits(currency))? })
    }

    fn money(&self) -> Option<Money> {
        amount::from_decimal(&self.value, amount::currency(&self.currency_code)?).ok()
    }
}
