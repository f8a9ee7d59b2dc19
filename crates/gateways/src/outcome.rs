//! What a gateway's answer means, in one vocabulary.

use crate::call::Call;
use crate::secret::Secret;
use kirana_kernel::{Id, Money};

/// How it stands with a payment or a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it stands.
    pub state: State,
    /// Our id of the payment or the refund, where the gateway repeats it.
    pub ours: Option<Id>,
    /// The gateway's id of what was asked about: a PaymentIntent, an order, a refund.
    pub reference: Option<String>,
    /// The gateway's id of what captures and refunds are of, where that is another: PayPal's authorisation or capture, Razorpay's
    /// payment, Swish's paymentReference.
    pub transaction: Option<String>,
    /// How much was asked for, in the gateway's words: to be held against ours.
    pub amount: Option<Money>,
}

/// A state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The customer has to do something.
    ActionRequired(Action),
    /// The customer has consented: [`crate::Call::Complete`] takes or holds the money.
    Approved,
    /// The gateway or a bank works on it: ask again later.
    Pending,
    /// So much is held.
    Authorised(Money),
    /// So much is taken.
    Captured(Money),
    /// Nothing is held and nothing was taken.
    Cancelled,
    /// Not with this method, or not at all.
    Refused(Refusal),
    /// So much is given back by this refund.
    Refunded(Money),
    /// It is being given back.
    RefundPending,
    /// It is not given back, though it was to be.
    RefundRefused(Refusal),
}

/// What the customer has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Their browser goes there.
    Redirect(String),
    /// The gateway's script in their browser goes on with this; for nobody else's eyes.
    ClientSecret(Secret),
    /// The gateway's checkout in their browser opens this order.
    Checkout(String),
    /// The gateway's app on their phone opens this request.
    OpenApp(Secret),
    /// Their phone asks them.
    Wait,
}

/// Why not. Of what a gateway writes only its code is kept: its sentences repeat what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// In our words.
    pub reason: Reason,
    /// The gateway's code, of letters, digits and `_`; may be empty.
    pub code: String,
}

/// Reasons, in our words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The bank says no, and no more.
    Declined,
    /// There is not enough money.
    InsufficientFunds,
    /// The card has ended.
    Expired,
    /// Something was typed wrongly: number, code, address.
    WrongDetails,
    /// The bank wants to ask the customer, who was not there.
    AuthenticationRequired,
    /// The bank asked, and was not convinced.
    AuthenticationFailed,
    /// Stolen, lost, blocked, or looks like fraud. Not to be told to whoever pays: say `Declined`.
    Suspicious,
    /// More than the customer may spend at once or in a while.
    LimitExceeded,
    /// Not with this kind of method, in this currency or country.
    NotSupported,
    /// The customer said no.
    Cancelled,
    /// The customer said nothing for too long.
    TimedOut,
    /// Something between gateway and bank did not work; another try may.
    ProcessingError,
    /// Less than the gateway takes, or more; for a refund more than is left.
    AmountOutOfRange,
    /// The gateway does not know what the call is about.
    NotFound,
    /// What the call is about is not in a state for it: look.
    WrongState,
    /// The key of idempotency was used for something else.
    KeyReused,
    /// The call itself is wrong: ours to mend.
    BadCall,
    /// Something else.
    Other,
}

impl Reason {
    /// Its name in tables and documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declined => "declined",
            Self::InsufficientFunds => "insufficient_funds",
            Self::Expired => "expired",
            Self::WrongDetails => "wrong_details",
            Self::AuthenticationRequired => "authentication_required",
            Self::AuthenticationFailed => "authentication_failed",
            Self::Suspicious => "suspicious",
            Self::LimitExceeded => "limit_exceeded",
            Self::NotSupported => "not_supported",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed_out",
            Self::ProcessingError => "processing_error",
            Self::AmountOutOfRange => "amount_out_of_range",
            Self::NotFound => "not_found",
            Self::WrongState => "wrong_state",
            Self::KeyReused => "key_reused",
            Self::BadCall => "bad_call",
            Self::Other => "other",
        }
    }
}

impl State {
    /// Refused: what the call was about.
    pub(crate) const fn refused(call: &Call, refusal: Refusal) -> Self {
        if call.is_refund() { Self::RefundRefused(refusal) } else { Self::Refused(refusal) }
    }
}

impl Refusal {
    /// With a gateway's code.
    #[must_use]
    pub fn new(reason: Reason, code: &str) -> Self {
        let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
        Self { reason, code: code.chars().filter(plain).take(60).collect() }
    }
}

/// Why a call has no outcome.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The gateway does not do this, and nothing happened.
    #[error("the gateway refuses this call: {}, code {:?}", .0.reason.as_str(), .0.code)]
    Refused(Refusal),
    /// Nobody knows whether it was done. Never to be taken for a failure: ask again with the same key, or look.
    #[error("nobody knows what became of the call: {0}")]
    Unknown(Doubt),
}

impl Failure {
    /// A timeout, a line that broke, a peer that was not there.
    #[must_use]
    pub const fn no_answer() -> Self {
        Self::Unknown(Doubt::NoAnswer)
    }

    /// Refused, with a gateway's code.
    #[must_use]
    pub fn refused(reason: Reason, code: &str) -> Self {
        Self::Refused(Refusal::new(reason, code))
    }
}

/// Why nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// There was no answer.
    #[error("there was no answer")]
    NoAnswer,
    /// The gateway has a fault.
    #[error("the gateway answered {0}")]
    Fault(u16),
    /// The gateway has too much of us. Nothing happened, this time.
    #[error("the gateway has too much of us")]
    Busy {
        /// Seconds after which it wants to be asked again.
        retry_after: Option<u32>,
    },
    /// The same call is on its way already.
    #[error("the same call is on its way already")]
    InFlight,
    /// Our credentials are not, or no longer, known. Nothing happened, this time.
    #[error("the gateway does not know our credentials")]
    Credentials,
    /// The answer is none of the documented shape.
    #[error("the answer is none of the documented shape")]
    Unreadable,
}
