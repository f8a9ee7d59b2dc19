//! The royalty of a period, explained to the minor unit.

use super::{Agreement, Base, Royalty, Sold, SoldKind, Tier};
use crate::event::{BusinessEvent, TaxShare, What};
use crate::name::Name;
use crate::rate::Rate;
use crate::report::Period;
use kirana_kernel::{Id, Money, MoneyError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;
use utoipa::ToSchema;

/// Why a sale does not count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", content = "name", rename_all = "snake_case")]
pub enum ExclusionReason {
    /// Tax, tips, gift balance; fees where they do not count.
    Kind(SoldKind),
    /// Its category.
    Category(String),
    /// What it was paid with.
    Tender(String),
}

/// Sales that do not count, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Exclusion {
    /// Why.
    pub reason: ExclusionReason,
    /// How much.
    pub amount: Money,
}

/// A part of the base and what is owed for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Band {
    /// The rate of its tier.
    pub rate: Rate,
    /// How much of the base it is.
    pub base: Money,
    /// What is owed for it, rounded half up by itself, so that the statement adds up.
    pub royalty: Money,
}

/// What a franchisee owes for a period: `sales - exclusions + carried_in = base`, or, where that is below zero, `carried_out`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoyaltyStatement {
    /// Everything that was asked for, by the agreement's base.
    pub sales: Money,
    /// What of it does not count.
    pub exclusions: Vec<Exclusion>,
    /// What the period before was short of: zero or less.
    pub carried_in: Money,
    /// What counts: zero or more.
    pub base: Money,
    /// What was taken back beyond what was sold, for the next period: zero or less.
    pub carried_out: Money,
    /// How the royalty comes about; none where it is fixed.
    pub bands: Vec<Band>,
    /// What the minimum added.
    pub minimum_added: Money,
    /// The royalty.
    pub royalty: Money,
    /// For the marketing fund.
    pub marketing: Money,
    /// Each tax on both.
    pub taxes: Vec<TaxShare>,
    /// All of it.
    pub total: Money,
}

/// Computes a period's royalty. `carried_in` is `carried_out` of the period before. The order of `sold` is all the same.
///
/// # Errors
/// [`MoneyError`] for amounts of another currency than the agreement's, or beyond what is exact.
pub fn compute(agreement: &Agreement, sold: &[Sold], carried_in: Money) -> Result<RoyaltyStatement, MoneyError> {
    let zero = Money::zero(agreement.currency);
    let (mut sales, mut counts, mut out) = (zero, zero.plus(carried_in)?, BTreeMap::new());
    for one in sold {
        let amount = if agreement.base == Base::Gross { one.list } else { one.net };
        sales = sales.plus(amount)?;
        match excluded(agreement, one) {
            None => counts = counts.plus(amount)?,
            Some(reason) => {
                let sum = out.entry(reason).or_insert(zero);
                *sum = sum.plus(amount)?;
            }
        }
    }
    let (base, carried_out) = if counts.amount < 0 { (zero, counts) } else { (counts, zero) };
    let bands = bands(agreement, base)?;
    let by_rate = match &agreement.royalty {
        Royalty::Fixed { amount } => zero.plus(*amount)?,
        _ => Money::sum(agreement.currency, bands.iter().map(|band| band.royalty))?,
    };
    let short = agreement.minimum.unwrap_or(zero).minus(by_rate)?;
    let minimum_added = if short.amount > 0 { short } else { zero };
    let (royalty, marketing) = (by_rate.plus(minimum_added)?, agreement.marketing_rate.of(base)?);
    let owed = royalty.plus(marketing)?;
    let share = |tax: &super::TaxRate| Ok(TaxShare { tax: tax.tax.clone(), amount: tax.rate.of(owed)? });
    let taxes: Vec<_> = agreement.taxes.iter().map(share).collect::<Result<_, MoneyError>>()?;
    let total = taxes.iter().try_fold(owed, |sum, share| sum.plus(share.amount))?;
    let exclusions = out.into_iter().map(|(reason, amount)| Exclusion { reason, amount }).collect();
    Ok(RoyaltyStatement {
        sales,
        exclusions,
        carried_in,
        base,
        carried_out,
        bands,
        minimum_added,
        royalty,
        marketing,
        taxes,
        total,
    })
}

/// The first reason why a sale does not count.
fn excluded(agreement: &Agreement, sold: &Sold) -> Option<ExclusionReason> {
    let counts = match sold.kind {
        SoldKind::Goods => true,
        SoldKind::Fee => agreement.fees_count,
        SoldKind::Tip | SoldKind::Tax | SoldKind::GiftBalance => false,
    };
    if !counts {
        return Some(ExclusionReason::Kind(sold.kind));
    }
    let in_set = |name: &Option<String>, set: &std::collections::BTreeSet<String>| {
        name.clone().filter(|name| set.contains(name))
    };
    in_set(&sold.category, &agreement.excluded_categories)
        .map(ExclusionReason::Category)
        .or_else(|| in_set(&sold.tender, &agreement.excluded_tenders).map(ExclusionReason::Tender))
}

fn bands(agreement: &Agreement, base: Money) -> Result<Vec<Band>, MoneyError> {
    let band = |rate: Rate, amount: i64| {
        let part = Money::new(amount, base.currency);
        Ok(Band { rate, base: part, royalty: rate.of(part)? })
    };
    match &agreement.royalty {
        Royalty::Fixed { .. } => Ok(Vec::new()),
        Royalty::Percentage { rate } => Ok(vec![band(*rate, base.amount)?]),
        Royalty::Reached { tiers } => {
            let reached = tiers.iter().rev().find(|tier| tier.from <= base.amount);
            reached.map(|tier| band(tier.rate, base.amount)).into_iter().collect()
        }
        Royalty::Marginal { tiers } => {
            let ends = tiers.iter().skip(1).map(|tier| tier.from).chain([i64::MAX]);
            let part = |(tier, end): (&Tier, i64)| (tier.rate, base.amount.min(end).saturating_sub(tier.from));
            tiers
                .iter()
                .zip(ends)
                .map(part)
                .filter(|(_, part)| *part > 0)
                .map(|(rate, part)| band(rate, part))
                .collect()
        }
    }
}

impl RoyaltyStatement {
    /// The event that books it at the end of its period. `key` is the statement's id.
    #[must_use]
    pub fn event(&self, key: String, period: &Period, franchisee: Id, fund: Name) -> BusinessEvent {
        let what = What::RoyaltyAccrued {
            franchisee,
            fund,
            royalty: self.royalty,
            marketing: self.marketing,
            taxes: self.taxes.clone(),
        };
        BusinessEvent { key, at: period.until - Duration::from_millis(1), order: None, what }
    }
}
