//! Wire formats of payment gateways: what Stripe, Razorpay, PayPal, Swish and D2I are asked, what they answer, what they tell.
//!
//! Pure: no I/O, no clock, no worker. A worker makes a [`Request`] of a [`Call`], sends it, and gives the answer back to
//! [`Gateway::parse`]; it gives webhooks to [`Gateway::receive`]. What a bank or a customer refuses is an [`Outcome`]; what a gateway
//! does not do is [`Failure::Refused`]; a timeout, a fault and a riddle are [`Failure::Unknown`], never a failed payment: the same
//! call with the same key may be sent again. Cash on delivery has no wire format.
//! What was checked with what is told in `docs/gateways.md`.

pub mod amount;
mod answer;
mod call;
mod config;
pub mod d2i;
mod gateway;
mod mac;
mod notice;
mod outcome;
pub mod paypal;
pub mod razorpay;
mod request;
mod secret;
pub mod stripe;
pub mod swish;
#[cfg(test)]
mod tests;

pub use amount::AmountError;
pub use call::{Call, Capture, Charge, Invalid, Known};
pub use config::ConfigError;
pub use gateway::Gateway;
pub use notice::{MAX_NOTICE, Notice, NoticeKind, Received, Rejected, TOLERANCE};
pub use outcome::{Action, Doubt, Failure, Outcome, Reason, Refusal, State};
pub use request::{Answer, Headers, Method, Request};
pub use secret::Secret;
