//! How payments and refunds stand.

use kirana_kernel::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is written down, and its gateway has said nothing yet.
    Initiated,
    /// The gateway was asked, and nobody knows what became of it. It is asked again with the same key: this is no failure.
    Unknown,
    /// The customer has to do something: see `action`.
    RequiresAction,
    /// The gateway, a bank, or whoever collects the cash is at it.
    Pending,
    /// The money is held and not taken.
    Authorised,
    /// The money is taken, in whole or the part that was wanted.
    Completed,
    /// What was taken has gone back whole.
    Refunded,
    /// Refused. Nothing was taken.
    Failed,
    /// Given free, or called off. Nothing was taken.
    Cancelled,
}

impl Status {
    /// Its name in tables and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initiated => "initiated",
            Self::Unknown => "unknown",
            Self::RequiresAction => "requires_action",
            Self::Pending => "pending",
            Self::Authorised => "authorised",
            Self::Completed => "completed",
            Self::Refunded => "refunded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Is there nothing more to wait for? Money that comes all the same is still taken note of.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Completed | Self::Refunded | Self::Failed | Self::Cancelled)
    }
}

/// When the money is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMode {
    /// With the customer's consent.
    #[default]
    Automatic,
    /// Later, by `POST /payments/{id}/capture`; until then it is held.
    Manual,
}

impl CaptureMode {
    /// Its name in tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Manual => "manual",
        }
    }
}

/// How a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// To be asked for, or asked for.
    Initiated,
    /// The gateway is at it.
    Pending,
    /// The money is given back.
    Completed,
    /// It is not given back: a person has to look.
    Failed,
}

impl RefundStatus {
    /// Its name in tables and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initiated => "initiated",
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }
}

/// What the rules need to know of a payment.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// How it stands.
    pub status: Status,
    /// When the money is to be taken.
    pub capture: CaptureMode,
    /// What was asked for.
    pub amount: Money,
    /// What was taken.
    pub captured: Money,
    /// How much of what is held somebody wants taken.
    pub capture_amount: Option<i64>,
    /// The gateway's id of what was taken.
    pub transaction: Option<&'a str>,
}
