//! What workers tell each other of prices: what a store sells by, and shares of offers of which there are only so many.

use crate::fees::FeeRules;
use crate::tax::TaxTable;
use kirana_kernel::{Id, Money, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// `GET /internal/stores/{id}/terms` of pricing: what a store sells by, besides its menu.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct StoreTerms {
    /// The offers that run there.
    pub offers: Vec<ActiveOffer>,
    /// Its fees.
    pub fees: FeeRules,
    /// What is asked for the way to the customer; absent where nothing is.
    #[serde(default)]
    pub delivery_fee: Option<Money>,
    /// The taxes of its place; absent where the one rate of its menu counts.
    #[serde(default)]
    pub taxes: Option<TaxTable>,
}

/// An offer that runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ActiveOffer {
    /// Its campaign.
    pub campaign_id: Id,
    /// Are there only so many of it? Then a share is claimed before it is given.
    pub claimed: bool,
    /// Until when its campaign runs.
    #[serde(default)]
    pub ends_at: Option<Timestamp>,
    /// The [`crate::Promotion`], as it was written. Whoever does not understand all of it, as it comes from a newer version,
    /// gives nothing by it: a condition that is passed over would be a gift.
    pub promotion: Box<RawValue>,
}

/// `POST /internal/claims` of pricing: a share of offers for one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRequest {
    /// The order's idempotency key: asked again by it, it is the same claim.
    pub scope: String,
    /// The key within the scope.
    pub key: String,
    /// What the order is.
    pub fingerprint: String,
    /// The store that is asked for the order.
    pub store_number: u32,
    /// Who orders.
    pub customer_id: Id,
    /// The offers, each once.
    pub items: Vec<ClaimItem>,
}

/// One offer of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimItem {
    /// The offer.
    pub offer_id: Id,
    /// Its campaign.
    pub campaign_id: Id,
    /// What it takes off, which counts against its campaign's budget.
    pub amount: Money,
}

/// `POST /internal/claims/check` of pricing: which offers a customer may still have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimCheck {
    /// Who.
    pub customer_id: Id,
    /// Which offers.
    pub items: Vec<ClaimItem>,
}
