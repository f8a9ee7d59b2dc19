//! What we have: payments, refunds and disputes, as they are held against a report.

use super::row::RowKind;
use crate::name::Name;
use crate::report::Period;
use kirana_kernel::{Money, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a record of ours is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// A capture.
    Payment,
    /// A refund.
    Refund,
    /// A refund that came back.
    RefundReversal,
    /// A dispute that was opened.
    Dispute,
    /// A dispute that was won.
    DisputeReversal,
}

/// A movement at a gateway as we know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OurRecord {
    /// Our id: the capture's, the refund's.
    pub id: String,
    /// What it is.
    pub kind: RecordKind,
    /// The gateway's id of it, where it told us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What we told the gateway to call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_reference: Option<String>,
    /// How much, above zero.
    pub amount: Money,
    /// When it happened.
    pub at: Timestamp,
    /// What the gateway should take for it, with tax: see [`super::FeeSchedule`]. None: it is not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_fee: Option<Money>,
}

impl OurRecord {
    /// The amount as it changes what the gateway holds for us.
    #[must_use]
    pub const fn signed(&self) -> Money {
        match self.kind {
            RecordKind::Payment | RecordKind::RefundReversal | RecordKind::DisputeReversal => self.amount,
            RecordKind::Refund | RecordKind::Dispute => {
                Money::new(self.amount.amount.saturating_neg(), self.amount.currency)
            }
        }
    }
}

impl RecordKind {
    /// The word for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::RefundReversal => "refund that came back",
            Self::Dispute => "dispute",
            Self::DisputeReversal => "dispute that was won",
        }
    }
}

impl RowKind {
    /// The kind of record that a row like this belongs to; none for rows that stand for themselves.
    pub(crate) const fn record(self) -> Option<RecordKind> {
        match self {
            Self::Payment | Self::PaymentReversal => Some(RecordKind::Payment),
            Self::Refund => Some(RecordKind::Refund),
            Self::RefundReversal => Some(RecordKind::RefundReversal),
            Self::Dispute => Some(RecordKind::Dispute),
            Self::DisputeReversal => Some(RecordKind::DisputeReversal),
            Self::Fee | Self::Settlement | Self::Other => None,
        }
    }
}

/// What is held against what, and how exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Terms {
    /// The gateway.
    #[schema(value_type = String, example = "stripe")]
    pub gateway: Name,
    /// What the report covers.
    pub window: Period,
    /// How far our time and the gateway's may be apart, in seconds. What is that close to an end of the window may be in another
    /// report: it is open, and no exception.
    pub date_tolerance_s: i64,
    /// How far a fee may be from what was expected, in minor units: gateways round where they please.
    pub fee_tolerance: i64,
    /// How long after a payment its money should be ours, in seconds. None: it is not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settles_within_s: Option<i64>,
    /// When this is looked at: what is not settled may still be in time.
    pub as_of: Timestamp,
}

impl Terms {
    /// How many seconds two moments are apart.
    pub(crate) const fn apart(one: Timestamp, other: Timestamp) -> i64 {
        one.millis().saturating_sub(other.millis()).saturating_abs() / 1_000
    }

    /// Must a record of this time be in the report?
    pub(crate) fn is_due(&self, at: Timestamp) -> bool {
        let inside = |edge: Timestamp| Self::apart(at, edge) > self.date_tolerance_s;
        self.window.contains(at) && inside(self.window.from) && inside(self.window.until)
    }
}
