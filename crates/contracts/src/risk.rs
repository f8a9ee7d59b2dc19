//! What payments tells of somebody who is about to pay, and what the fraud rules say to it.

use kirana_kernel::{Id, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is done with an attempt to pay, the mildest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It goes on.
    #[default]
    Allow,
    /// Whoever pays is asked by their bank (3-D Secure) or by the gateway; where nobody asks, it is looked at.
    StepUp,
    /// Nobody is asked for money until a person of the store has approved it.
    Review,
}

/// An attempt to pay. Told by payments to the rules, and to nobody else.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PaymentAttempt {
    /// The payment that it is going to be.
    pub payment_id: Id,
    /// The order it pays.
    pub order_id: Id,
    /// The order's store.
    pub store_id: Id,
    /// Who pays. When they came is in the id.
    pub customer_id: Id,
    /// By which gateway.
    pub gateway: String,
    /// Does money move there?
    pub moves_money: bool,
    /// Does somebody ask whoever pays: a bank, the gateway itself?
    pub can_step_up: bool,
    /// How much.
    pub amount: Money,
    /// What the browser or app calls itself.
    #[serde(default)]
    pub device: Option<String>,
    /// The address in the network.
    #[serde(default)]
    pub network: Option<String>,
    /// The country of that: ISO 3166-1, two letters.
    #[serde(default)]
    pub network_country: Option<String>,
    /// Where the goods go.
    #[serde(default)]
    pub address: Option<String>,
    /// Can it be found out what the card is known by? It costs a question, so it is asked only where a rule wants to know.
    #[serde(default)]
    pub card_can_be_known: bool,
    /// What is the same for the same card, whatever its token.
    #[serde(default)]
    pub card: Option<String>,
    /// The country of the card's bank.
    #[serde(default)]
    pub card_country: Option<String>,
}

/// What the rules say.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Assessed {
    /// To this attempt.
    pub verdict: Verdict,
    /// Nothing yet: a rule is about the card, and it can be found out. Nothing was noted.
    #[serde(default)]
    pub wants_card: bool,
}

/// How a review of a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PaymentReview)]
pub enum Review {
    /// Nobody has looked yet: nobody is asked for money.
    Open,
    /// Somebody approved it: it goes on.
    Approved,
    /// Somebody rejected it: it ends without money.
    Rejected,
}

impl Review {
    /// Its name in tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }
}

impl Verdict {
    /// Its name in tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::StepUp => "step_up",
            Self::Review => "review",
        }
    }
}
