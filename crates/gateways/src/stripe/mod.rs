//! Stripe: PaymentIntents, refunds, saved methods, webhooks ("Stripe API Reference", "Verify webhook signatures manually").
//!
//! The key of idempotency of a charge is our payment's id, that of a capture or a refund its own; Stripe keeps keys for a day at
//! least, so whoever got no answer asks the same again. Cards are typed into Stripe's own fields or page, never here.

mod answers;
mod declines;
mod methods;
mod requests;
#[cfg(test)]
mod tests;
mod webhooks;

pub use methods::{
    CardFacts, SavedMethod, card, customer, forget_customer, forget_method, read_card, read_customer, read_forgotten,
    read_saved_methods, saved_methods,
};

use crate::amount::{self, AmountError};
use crate::config::{BASE, ConfigError, may_ask, require};
use crate::secret::Secret;
use kirana_kernel::{Currency, Money};
use serde::Deserialize;

pub(crate) use answers::parse;
pub(crate) use requests::request;
pub(crate) use webhooks::receive;

/// The name of this gateway in errors.
const NAME: &str = "stripe";

/// The version of Stripe's API that is asked for and whose answers are read: that of the SDK which the tests hold this against.
pub const API_VERSION: &str = "2026-10-28.endive";

/// Where our ids stand in Stripe's metadata.
const PAYMENT: &str = "kirana_payment";
const REFUND: &str = "kirana_refund";

/// An account at Stripe.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it answers.
    #[serde(default = "base")]
    pub base: String,
    /// `sk_...`, or a restricted `rk_...`.
    pub secret_key: Secret,
    /// `pk_...`, for the browser; public.
    #[serde(default)]
    pub publishable_key: String,
    /// Secrets of the webhook's endpoint, `whsec_...`: while one is being replaced, the old and the new.
    #[serde(default)]
    pub webhook_secrets: Vec<Secret>,
    /// Is it about real money?
    pub live: bool,
    /// The connected account (`acct_...`) that is acted for. Without one, notices about connected accounts are refused.
    #[serde(default)]
    pub account: Option<String>,
}

fn base() -> String {
    "https://api.stripe.com".to_owned()
}

impl Config {
    /// Is everything there, and of one mode?
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), ConfigError> {
        let mode = if self.live { "live" } else { "test" };
        let of_mode = |key: &str, kinds: &[&str]| kinds.iter().any(|kind| key.starts_with(&format!("{kind}_{mode}_")));
        require(may_ask(&self.base), NAME, BASE)?;
        let key = "`secret_key` must begin with sk_ or rk_ and the mode that `live` says";
        require(of_mode(self.secret_key.expose(), &["sk", "rk"]), NAME, key)?;
        let key = "`publishable_key` must begin with pk_ and the mode that `live` says";
        require(self.publishable_key.is_empty() || of_mode(&self.publishable_key, &["pk"]), NAME, key)?;
        let good = !self.webhook_secrets.is_empty() && self.webhook_secrets.iter().all(|secret| !secret.is_empty());
        require(good, NAME, "`webhook_secrets` must hold the endpoint's secret")
    }
}

/// The decimals that Stripe counts a currency in. Its own list: ariary without decimals though ISO 4217 gives it two; Iceland's
/// krona and Uganda's shilling with two that must be zero ("Currencies: zero-decimal, special cases").
fn digits(currency: Currency) -> u32 {
    match currency.code() {
        "MGA" => 0,
        "ISK" | "UGX" => 2,
        _ => currency.exponent(),
    }
}

/// An amount in Stripe's smallest units. Of currencies with three decimals the last must be zero.
fn units(money: Money) -> Result<i64, AmountError> {
    let units = amount::in_units(money, digits(money.currency))?;
    if money.currency.exponent() == 3 && units % 10 != 0 {
        return Err(AmountError::TooFine { currency: money.currency, step: 10 });
    }
    Ok(units)
}

/// What Stripe counts so.
fn money(units: Option<i64>, currency: Option<&str>) -> Option<Money> {
    let currency = amount::currency(currency?)?;
    amount::from_units(units?, digits(currency), currency).ok()
}
