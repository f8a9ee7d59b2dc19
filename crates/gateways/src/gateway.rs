//! All gateways behind one front: what a worker needs to know is which call, not whose.

use crate::call::{Call, Invalid};
use crate::config::ConfigError;
use crate::notice::{Received, Rejected};
use crate::outcome::{Failure, Outcome};
use crate::paypal::AccessToken;
use crate::request::{Answer, Headers, Request};
use crate::{d2i, paypal, razorpay, stripe, swish};
use kirana_kernel::Timestamp;
use serde::Deserialize;

/// A gateway with the account that a deployment has there, read from a secret such as
/// `{"gateway": "stripe", "secret_key": "...", "webhook_secrets": ["..."], "live": false}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "gateway", rename_all = "lowercase")]
pub enum Gateway {
    /// Stripe.
    Stripe(stripe::Config),
    /// Razorpay.
    Razorpay(razorpay::Config),
    /// PayPal.
    PayPal(paypal::Config),
    /// Swish.
    Swish(swish::Config),
    /// D2I.
    D2i(d2i::Config),
}

impl Gateway {
    /// Its name in paths and tables: `stripe`, `razorpay`, `paypal`, `swish`, `d2i`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Stripe(_) => "stripe",
            Self::Razorpay(_) => "razorpay",
            Self::PayPal(_) => "paypal",
            Self::Swish(_) => "swish",
            Self::D2i(_) => "d2i",
        }
    }

    /// Is the configuration whole? To be asked once, before anything is sent.
    ///
    /// # Errors
    /// What is wrong, without any secret.
    pub fn check(&self) -> Result<(), ConfigError> {
        match self {
            Self::Stripe(config) => config.check(),
            Self::Razorpay(config) => config.check(),
            Self::PayPal(config) => config.check(),
            Self::Swish(config) => config.check(),
            Self::D2i(config) => config.check(),
        }
    }

    /// The request for an access token, with gateways that want one (PayPal); [`paypal::read_token`] reads its answer.
    #[must_use]
    pub fn token(&self) -> Option<Request> {
        match self {
            Self::PayPal(config) => Some(paypal::token(config)),
            _ => None,
        }
    }

    /// The request that asks for this. `token` where [`Gateway::token`] asked for one.
    ///
    /// # Errors
    /// [`Invalid`]: nothing is to be sent.
    pub fn request(&self, call: &Call, token: Option<&AccessToken>) -> Result<Request, Invalid> {
        match self {
            Self::Stripe(config) => stripe::request(config, call),
            Self::Razorpay(config) => razorpay::request(config, call),
            Self::PayPal(config) => paypal::request(config, call, token),
            Self::Swish(config) => swish::request(config, call),
            Self::D2i(config) => d2i::request(config, call),
        }
    }

    /// What the answer to a call means.
    ///
    /// # Errors
    /// [`Failure`]: refused, or unknown.
    pub fn parse(&self, call: &Call, answer: &Answer<'_>) -> Result<Outcome, Failure> {
        match self {
            Self::Stripe(_) => stripe::parse(call, answer),
            Self::Razorpay(_) => razorpay::parse(call, answer),
            Self::PayPal(_) => paypal::parse(call, answer),
            Self::Swish(_) => swish::parse(call, answer),
            Self::D2i(_) => d2i::parse(call, answer),
        }
    }

    /// A webhook, verified as far as it can be without asking; `body` is the bytes as they came.
    ///
    /// # Errors
    /// [`Rejected`]: to be answered 401 or 400, and nothing changes.
    pub fn receive(&self, headers: &Headers, body: &[u8], now: Timestamp) -> Result<Received, Rejected> {
        match self {
            Self::Stripe(config) => stripe::receive(config, headers, body, now),
            Self::Razorpay(config) => razorpay::receive(config, headers, body),
            Self::PayPal(config) => paypal::receive(config, headers, body),
            Self::Swish(config) => swish::receive(config, body),
            Self::D2i(config) => d2i::receive(config, headers, body, now),
        }
    }
}
