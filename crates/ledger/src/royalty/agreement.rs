//! A franchise agreement's terms of payment.

use crate::name::TaxName;
use crate::rate::Rate;
use kirana_kernel::{Currency, Money};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// What of a sale counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RoyaltyBase)]
pub enum Base {
    /// List prices, before discounts.
    Gross,
    /// What is left after discounts.
    Net,
}

/// From this amount of the base on, this rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RoyaltyTier)]
pub struct Tier {
    /// Minor units; the first tier begins at zero.
    pub from: i64,
    /// The rate.
    pub rate: Rate,
}

/// How the royalty follows from the base.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Royalty {
    /// The same each period.
    Fixed {
        /// How much.
        amount: Money,
    },
    /// A rate of the base.
    Percentage {
        /// The rate.
        rate: Rate,
    },
    /// Each part of the base at the rate of its tier, as income tax is.
    Marginal {
        /// By `from`, the first at zero.
        tiers: Vec<Tier>,
    },
    /// All of the base at the rate of the tier that it reaches.
    Reached {
        /// By `from`, the first at zero.
        tiers: Vec<Tier>,
    },
}

/// A tax on what the franchisee owes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaxRate {
    /// Which.
    pub tax: TaxName,
    /// Its rate.
    pub rate: Rate,
}

/// What a franchisee owes for a period's sales. Tax, tips and gift balance never count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = RoyaltyAgreement)]
pub struct Agreement {
    /// Of all its amounts.
    pub currency: Currency,
    /// What of a sale counts.
    pub base: Base,
    /// Do delivery and other fees count?
    pub fees_count: bool,
    /// Categories that do not count, such as `tobacco`.
    pub excluded_categories: BTreeSet<String>,
    /// Ways of paying that do not count, such as `points`.
    pub excluded_tenders: BTreeSet<String>,
    /// How the royalty follows.
    pub royalty: Royalty,
    /// It is at least this in a period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Money>,
    /// For the marketing fund, of the same base.
    pub marketing_rate: Rate,
    /// Taxes on royalty and marketing fee together.
    pub taxes: Vec<TaxRate>,
}

/// What is wrong with an agreement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgreementError {
    /// A rate above the whole.
    #[error("{what} is {found} millionths: expected no more than 1000000, a hundred per cent")]
    Rate {
        /// Which.
        what: &'static str,
        /// What it is.
        found: u32,
    },
    /// Tiers that do not begin at zero or do not rise.
    #[error("tier {number} begins at {found} minor units: expected {expected}")]
    Tiers {
        /// Which, from 1.
        number: usize,
        /// Where it begins.
        found: i64,
        /// What would be right.
        expected: String,
    },
    /// Tiered without tiers.
    #[error("there are no tiers: expected at least one, from 0")]
    NoTiers,
    /// An amount below zero or of another currency.
    #[error("{what} is {found}: expected zero or more, in {expected}")]
    Amount {
        /// Which.
        what: &'static str,
        /// What it is.
        found: Money,
        /// The agreement's currency.
        expected: Currency,
    },
}

impl Agreement {
    /// Does it make sense?
    ///
    /// # Errors
    /// [`AgreementError`] with the first thing that does not.
    pub fn check(&self) -> Result<(), AgreementError> {
        let rate = |what, rate: Rate| match rate > Rate::WHOLE {
            true => Err(AgreementError::Rate { what, found: rate.0 }),
            false => Ok(()),
        };
        let amount = |what, found: Money| match found.currency != self.currency || found.amount < 0 {
            true => Err(AgreementError::Amount { what, found, expected: self.currency }),
            false => Ok(()),
        };
        match &self.royalty {
            Royalty::Fixed { amount: fixed } => amount("the fixed royalty", *fixed)?,
            Royalty::Percentage { rate: of } => rate("the royalty", *of)?,
            Royalty::Marginal { tiers } | Royalty::Reached { tiers } => {
                for tier in tiers {
                    rate("the rate of a tier", tier.rate)?;
                }
                rising(tiers)?;
            }
        }
        if let Some(minimum) = self.minimum {
            amount("the minimum", minimum)?;
        }
        rate("the marketing fee", self.marketing_rate)?;
        self.taxes.iter().try_for_each(|tax| rate("a tax", tax.rate))
    }
}

fn rising(tiers: &[Tier]) -> Result<(), AgreementError> {
    let first = tiers.first().ok_or(AgreementError::NoTiers)?;
    if first.from != 0 {
        return Err(AgreementError::Tiers { number: 1, found: first.from, expected: "0".to_owned() });
    }
    for (place, pair) in tiers.windows(2).enumerate() {
        if let [before, after] = pair
            && after.from <= before.from
        {
            let expected = format!("more than the {} of the tier before", before.from);
            return Err(AgreementError::Tiers { number: place + 2, found: after.from, expected });
        }
    }
    Ok(())
}
