//! What a gateway can be asked for, in one vocabulary.

use crate::amount::AmountError;
use kirana_kernel::{Id, Money};

/// When the money is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Capture {
    /// With the customer's consent.
    #[default]
    Automatic,
    /// Later, by [`Call::Capture`]; until then it is held.
    Manual,
}

/// Money asked of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Our payment: with gateways that know idempotency it is the key, and asking again is safe.
    pub payment: Id,
    /// How much: above zero.
    pub amount: Money,
    /// When it is taken.
    pub capture: Capture,
    /// The gateway's token of a method (`pm_...`); Swish: the payer's number, with which their phone rings. Without one
    /// the customer chooses at the gateway.
    pub method: Option<String>,
    /// The gateway's id of the customer, whose method it is (`cus_...`).
    pub customer: Option<String>,
    /// Keep the method for later payments of this customer.
    pub save_method: bool,
    /// Their bank is to ask whoever pays, also where it would not by itself (3-D Secure). PayPal, Swish and Razorpay's checkout ask always.
    pub challenge: bool,
    /// The customer is not there to be asked by their bank.
    pub off_session: bool,
    /// What the customer sees beside the amount; gateways cut it.
    pub description: String,
    /// Where the gateway sends the customer's browser afterwards; it proves nothing.
    pub return_url: Option<String>,
    /// Where it sends the browser of who changed their mind; [`Charge::return_url`] without.
    pub cancel_url: Option<String>,
    /// Where Swish and D2I tell us what became of it.
    pub notice_url: Option<String>,
}

impl Charge {
    /// So much, for this payment, taken at once; all else is empty.
    #[must_use]
    pub fn new(payment: Id, amount: Money) -> Self {
        Self {
            payment,
            amount,
            capture: Capture::Automatic,
            method: None,
            customer: None,
            save_method: false,
            challenge: false,
            off_session: false,
            description: String::new(),
            return_url: None,
            cancel_url: None,
            notice_url: None,
        }
    }
}

/// What is known of a payment that a gateway was asked for: our id, and the ids of [`crate::Outcome`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Our payment.
    pub payment: Id,
    /// The gateway's id of it: a PaymentIntent, an order.
    pub reference: Option<String>,
    /// The gateway's id of what captures and refunds are of, where that is another.
    pub transaction: Option<String>,
}

/// Something to ask of a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Money of a customer.
    Charge(Charge),
    /// The customer has consented, or names another method: go on.
    Complete {
        /// Of what.
        known: Known,
        /// This attempt: the key of idempotency.
        attempt: Id,
        /// As the charge had it.
        capture: Capture,
        /// Another method, where the first was refused.
        method: Option<String>,
        /// As the charge had it.
        return_url: Option<String>,
    },
    /// What became of it. Changes nothing.
    Look(Known),
    /// Take what is held, or a part of it.
    Capture {
        /// Of what.
        known: Known,
        /// This capture: the key of idempotency.
        capture: Id,
        /// How much.
        amount: Money,
        /// Nothing more will be taken: the rest is given free.
        is_final: bool,
    },
    /// Give free what is held, or end what nobody consented to yet. Twice is [`crate::Reason::WrongState`]: look.
    Void(Known),
    /// Give back what was taken, or a part of it.
    Refund {
        /// Of what.
        known: Known,
        /// This refund: the key of idempotency.
        refund: Id,
        /// How much.
        amount: Money,
        /// As [`Charge::notice_url`].
        notice_url: Option<String>,
    },
    /// What became of a refund. Changes nothing.
    LookRefund {
        /// Of what.
        known: Known,
        /// Ours.
        refund: Id,
        /// The gateway's id of the refund.
        reference: Option<String>,
    },
}

impl Call {
    /// Is it about money that goes back?
    #[must_use]
    pub const fn is_refund(&self) -> bool {
        matches!(self, Self::Refund { .. } | Self::LookRefund { .. })
    }
}

/// Why a call cannot be written for a gateway: nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The amount.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// The gateway has nothing of the kind.
    #[error("{gateway} has no {what}")]
    Unsupported {
        /// Which.
        gateway: &'static str,
        /// What it has not.
        what: &'static str,
    },
    /// Something is missing that this gateway needs.
    #[error("{gateway} needs {what}")]
    Missing {
        /// Which.
        gateway: &'static str,
        /// What it needs.
        what: &'static str,
    },
    /// An id of the gateway's is none: it would be read as something else in an address.
    #[error("expected an id of letters, digits, _ and -")]
    Reference,
}

/// An id of a gateway's that may stand in a path.
pub(crate) fn segment(id: &str) -> Result<&str, Invalid> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if (1..=200).contains(&id.len()) && id.bytes().all(plain) { Ok(id) } else { Err(Invalid::Reference) }
}

/// The same, of one that must be there.
pub(crate) fn needed<'a>(
    id: Option<&'a String>,
    gateway: &'static str,
    what: &'static str,
) -> Result<&'a str, Invalid> {
    segment(id.ok_or(Invalid::Missing { gateway, what })?)
}

/// The first so many characters.
pub(crate) fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
