//! What a gateway tells unasked, in one vocabulary.

use crate::outcome::Refusal;
use kirana_kernel::{Id, Money};

/// The most that a notice may be long, in bytes: what is longer is not read.
pub const MAX_NOTICE: usize = 256 * 1024;

/// Seconds that a signed time may differ from ours.
pub const TOLERANCE: u64 = 300;

/// What a gateway says has happened. Notices come late, twice and in any order: what stands in one is held against what is
/// known, and where that does not settle it the gateway is asked ([`crate::Call::Look`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The gateway's id of this notice; the same twice is one.
    pub event_id: String,
    /// What happened.
    pub kind: NoticeKind,
    /// Our payment, where the gateway repeats it.
    pub payment: Option<Id>,
    /// Our refund, where the gateway repeats it.
    pub refund: Option<Id>,
    /// The gateway's id of the payment, as [`crate::Outcome::reference`].
    pub reference: Option<String>,
    /// As [`crate::Outcome::transaction`].
    pub transaction: Option<String>,
    /// The gateway's id of the refund or the dispute.
    pub about: Option<String>,
    /// How much it is about; see [`NoticeKind`].
    pub amount: Option<Money>,
    /// Why not, where something was refused or is disputed.
    pub refusal: Option<Refusal>,
    /// Is it about real money? None where the gateway does not say.
    pub livemode: Option<bool>,
}

/// What can have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// The customer has consented: [`crate::Call::Complete`] goes on.
    Approved,
    /// The amount is held.
    Authorised,
    /// The amount is taken.
    Captured,
    /// The customer has to do something.
    ActionRequired,
    /// The gateway or a bank works on it.
    Pending,
    /// Refused. The customer may try again with another method.
    Failed,
    /// Ended without money.
    Cancelled,
    /// The amount is given back by one refund.
    Refunded,
    /// A refund is on its way.
    RefundPending,
    /// A refund did not get there, or was taken back.
    RefundFailed,
    /// So much is given back by now, by all refunds of the payment.
    RefundedInAll,
    /// The customer disputes the payment at their bank, which takes the amount back until it has decided; without an amount it only asks.
    Disputed,
    /// A dispute was decided for us: the amount comes back.
    DisputeWon,
    /// A dispute was decided for the customer: the amount stays away.
    DisputeLost,
    /// Something that nobody here needs: taken, and nothing done.
    Other,
}

/// A notice, and how far it is proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// Signed by the gateway.
    Genuine(Notice),
    /// Claims to be of the gateway: it has to be asked whether it said that ([`crate::paypal::postback`]).
    Unproved(Notice),
    /// Proves nothing, and is signed by nobody: only a reason to look ([`crate::Call::Look`], [`crate::Call::LookRefund`]).
    Hint(Notice),
}

/// Why a notice is not believed: no state changes by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// There is no signature of a kind that we trust.
    #[error("there is no signature that could be verified")]
    NoSignature,
    /// The signature is another's, or of other bytes.
    #[error("the signature is not of these bytes with a secret of ours")]
    BadSignature,
    /// It was signed more than five minutes ago, or ahead.
    #[error("it was signed more than five minutes from now")]
    Stale,
    /// It is about play money and this is not, or the other way round.
    #[error("it is of the other mode: test or live")]
    Mode,
    /// It is about somebody else's account.
    #[error("it is about another account")]
    Account,
    /// The certificate lies where anybody could put one, or is not good now.
    #[error("expected a certificate of the gateway's own host that is valid now")]
    Certificate,
    /// It is none of the documented shape, or longer than 256 kB.
    #[error("it is none of the documented shape, or longer than 256 kB")]
    Malformed,
}

/// The first look at every notice.
pub(crate) fn fits(body: &[u8]) -> Result<&[u8], Rejected> {
    if body.len() <= MAX_NOTICE { Ok(body) } else { Err(Rejected::Malformed) }
}

/// An id of a notice, as it may be kept: of visible ASCII, and not long.
pub(crate) fn event_id(id: &str) -> Result<String, Rejected> {
    let good = (1..=255).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    if good { Ok(id.to_owned()) } else { Err(Rejected::Malformed) }
}
