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
    /// Offers that are not given there now, and why: quotes say so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<ClosedOffer>,
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

/// An offer that is not given in a store now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedOffer {
    /// The offer.
    pub promotion_id: Id,
    /// What it is called.
    pub name: String,
    /// The coupon that it needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<String>,
    /// Why: [`ClosedOffer::USED_UP`] and the others beside it. A newer version may know further reasons.
    pub reason: String,
}

impl ClosedOffer {
    /// It runs, and nothing is left of it or of its campaign's budget.
    pub const USED_UP: &str = "used_up";
    /// Somebody stopped its campaign.
    pub const PAUSED: &str = "paused";
    /// Its campaign begins later.
    pub const NOT_YET: &str = "not_yet";
    /// Its campaign is over.
    pub const OVER: &str = "over";
    /// It is for other stores.
    pub const OTHER_STORE: &str = "other_store";
    /// It is for the stores of others.
    pub const OTHER_FRANCHISEE: &str = "other_franchisee";

    /// Is a quote to speak of it? Of what runs and is used up always, of all else to whoever shows its coupon: nobody asked for the
    /// others, and a coupon is told to nobody who has not got it.
    #[must_use]
    pub fn concerns(&self, coupons: &[String]) -> bool {
        let shown = |code: &String| coupons.iter().any(|one| one.eq_ignore_ascii_case(code));
        self.reason == Self::USED_UP || self.coupon.as_ref().is_some_and(shown)
    }
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
