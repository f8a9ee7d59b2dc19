//! What a campaign may be, and how it moves from draft to its end.

use kirana_edge::FieldError;
use kirana_kernel::{Currency, Money, Timestamp};
use kirana_pricing::Promotion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CampaignStatus {
    /// Being written: it never begins by itself.
    Draft,
    /// It begins when its time comes.
    Scheduled,
    /// It runs.
    Active,
    /// Somebody stopped it; it can go on.
    Paused,
    /// Its time is over, or somebody ended it.
    Ended,
}

impl CampaignStatus {
    /// Its name, as JSON and tables have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Ended => "ended",
        }
    }

    /// The status of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Draft, Self::Scheduled, Self::Active, Self::Paused, Self::Ended]
            .into_iter()
            .find(|one| one.name() == name)
    }

    /// May somebody move it there? What has ended stays so: what it gave is on receipts.
    #[must_use]
    pub const fn may_become(self, to: Self) -> bool {
        matches!(
            (self, to),
            (Self::Draft, Self::Scheduled)
                | (Self::Scheduled, Self::Draft)
                | (Self::Active, Self::Paused)
                | (Self::Paused, Self::Scheduled)
                | (Self::Draft | Self::Scheduled | Self::Active | Self::Paused, Self::Ended)
        ) || self as u8 == to as u8
    }
}

/// What a campaign is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignDetails {
    /// Its name, 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100, example = "Monsoon")]
    pub name: String,
    /// When it begins.
    pub starts_at: Timestamp,
    /// The first moment after it; absent for one that goes on until somebody ends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// What all amounts of it are in.
    #[schema(value_type = String, example = "THB")]
    pub currency: Currency,
    /// What all its offers together may take off; absent for as much as it comes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Money>,
}

/// What is wrong with a campaign; `spent` is what it has taken off already.
#[must_use]
pub fn campaign_faults(details: &CampaignDetails, spent: i64) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut wrong = |path: &str, message: String| faults.push(FieldError { path: path.into(), message });
    if !(1..=100).contains(&details.name.trim().chars().count()) {
        wrong("name", "expected 1 to 100 characters".into());
    }
    if details.ends_at.is_some_and(|end| end <= details.starts_at) {
        wrong("ends_at", "expected a moment after starts_at".into());
    }
    match details.budget {
        Some(budget) if budget.currency != details.currency => {
            wrong("budget", format!("expected an amount of {}", details.currency));
        }
        Some(budget) if budget.amount < spent.max(1) => {
            wrong("budget", format!("expected {} minor units at least: so much it has taken off", spent.max(1)));
        }
        _ => {}
    }
    faults
}

/// What is wrong with an offer beside its promotion's own faults: its coupon, its limits, its currency.
#[must_use]
pub fn offer_faults(
    promotion: &Promotion,
    currency: Currency,
    total_limit: Option<i64>,
    customer_limit: Option<i64>,
) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut wrong = |path: String, message: String| faults.push(FieldError { path, message });
    for (path, limit) in [("total_limit", total_limit), ("customer_limit", customer_limit)] {
        if limit.is_some_and(|limit| !(1..=1_000_000_000).contains(&limit)) {
            wrong(path.into(), "expected 1 to 1000000000".into());
        }
    }
    if let Some(code) = &promotion.conditions.coupon
        && !is_coupon(code)
    {
        wrong("promotion.conditions.coupon".into(), "expected 3 to 40 letters, digits and hyphens".into());
    }
    for (path, amount) in promotion.amounts() {
        if amount.currency != currency {
            wrong(format!("promotion.{path}"), format!("expected an amount of {currency}, as the campaign is in it"));
        }
    }
    faults
}

/// Can this be a coupon's code: what people type from a leaflet?
#[must_use]
pub fn is_coupon(code: &str) -> bool {
    (3..=40).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details() -> CampaignDetails {
        CampaignDetails {
            name: "Monsoon".into(),
            starts_at: Timestamp::from_millis(1_000),
            ends_at: Some(Timestamp::from_millis(2_000)),
            currency: Currency::THB,
            budget: Some(Money::new(100, Currency::THB)),
        }
    }

    #[test]
    fn what_ended_stays_ended() {
        use CampaignStatus::{Active, Draft, Ended, Paused, Scheduled};
        for to in [Draft, Scheduled, Active, Paused] {
            assert!(!Ended.may_become(to));
        }
        assert!(Draft.may_become(Scheduled) && Scheduled.may_become(Draft) && Active.may_become(Paused));
        assert!(Paused.may_become(Scheduled) && Active.may_become(Ended) && Active.may_become(Active));
        assert!(!Draft.may_become(Active), "it begins when its time comes");
    }

    #[test]
    fn a_campaign_makes_sense() {
        assert_eq!(campaign_faults(&details(), 0), []);
        let paths = |details: &CampaignDetails, spent| -> Vec<String> {
            campaign_faults(details, spent).into_iter().map(|fault| fault.path).collect()
        };
        assert_eq!(paths(&CampaignDetails { name: " ".into(), ..details() }, 0), ["name"]);
        assert_eq!(
            paths(&CampaignDetails { ends_at: Some(Timestamp::from_millis(1_000)), ..details() }, 0),
            ["ends_at"]
        );
        assert_eq!(paths(&details(), 101), ["budget"], "it has given more away");
        let dollars = Some(Money::new(100, Currency::USD));
        assert_eq!(paths(&CampaignDetails { budget: dollars, ..details() }, 0), ["budget"]);
    }

    #[test]
    fn coupons_can_be_typed() {
        assert!(is_coupon("MONSOON-26") && is_coupon("a1b"));
        assert!(!is_coupon("ab") && !is_coupon("with space") && !is_coupon(&"x".repeat(41)) && !is_coupon("ÄÖÜ"));
    }
}
