//! What is wrong with a promotion, before anybody prices by it.

use super::{Benefit, MAX_USES, Promotion, Selector, Tier, WHOLE_BP};
use crate::menu::Fault;
use kirana_kernel::Money;
use kirana_kernel::money::MAX_AMOUNT;

impl Selector {
    /// Are all lines meant, but for those that are left out?
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.variants.is_empty() && self.products.is_empty() && self.categories.is_empty()
    }
}

impl Benefit {
    /// Which goods it looks at: one selector for most, two for buy-X-get-Y (bought, given), one for each part of a bundle.
    #[must_use]
    pub fn selectors(&self) -> Vec<&Selector> {
        match self {
            Self::Percentage { on, .. }
            | Self::AmountOff { on, .. }
            | Self::AmountOffEach { on, .. }
            | Self::BulkTiers { on, .. } => vec![on],
            Self::BuyGet { buy_on, get_on, .. } => vec![buy_on, get_on],
            Self::Bundle { parts, .. } => parts.iter().map(|part| &part.on).collect(),
        }
    }
}

impl Promotion {
    /// All amounts in it, with the way to each.
    #[must_use]
    pub fn amounts(&self) -> Vec<(&'static str, Money)> {
        let benefit = match &self.benefit {
            Benefit::AmountOff { amount, .. } | Benefit::AmountOffEach { amount, .. } => {
                Some(("benefit.amount", *amount))
            }
            Benefit::Bundle { price, .. } => Some(("benefit.price", *price)),
            Benefit::Percentage { .. } | Benefit::BuyGet { .. } | Benefit::BulkTiers { .. } => None,
        };
        let optional = [
            ("conditions.min_subtotal", self.conditions.min_subtotal),
            ("caps.per_use", self.caps.per_use),
            ("caps.per_order", self.caps.per_order),
        ];
        benefit.into_iter().chain(optional.into_iter().filter_map(|(path, money)| Some((path, money?)))).collect()
    }

    /// What is wrong with it; nothing for one that can be priced by.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut wrong = |path: &str, message: String| faults.push(Fault { path: path.into(), message });
        let amounts = self.amounts();
        for (path, money) in &amounts {
            if !(0..=MAX_AMOUNT).contains(&money.amount) {
                wrong(path, format!("expected 0 to {MAX_AMOUNT} minor units"));
            }
            if amounts.first().is_some_and(|(_, first)| first.currency != money.currency) {
                wrong(path, "expected the same currency everywhere in a promotion".into());
            }
        }
        let uses = self.caps.uses.unwrap_or(MAX_USES);
        if !(1..=MAX_USES).contains(&uses) {
            wrong("caps.uses", format!("expected 1 to {MAX_USES}"));
        }
        if self.conditions.coupon.as_ref().is_some_and(String::is_empty) {
            wrong("conditions.coupon", "expected a code, or none".into());
        }
        if self.conditions.dates.iter().any(|window| window.from >= window.until) {
            wrong("conditions.dates", "expected windows that end after they begin".into());
        }
        match &self.benefit {
            Benefit::Percentage { percent_bp, .. } if !is_percent(*percent_bp) => {
                wrong("benefit.percent_bp", PERCENT.into());
            }
            Benefit::BuyGet { buy, get, percent_bp, .. } => {
                if !is_percent(*percent_bp) {
                    wrong("benefit.percent_bp", PERCENT.into());
                }
                if !is_count(*buy) || !is_count(*get) {
                    wrong("benefit.buy", "expected 1 to 1000 pieces to buy and to get".into());
                }
            }
            Benefit::Bundle { parts, .. }
                if !(1..=20).contains(&parts.len()) || !parts.iter().all(|part| is_count(part.pieces)) =>
            {
                wrong("benefit.parts", "expected 1 to 20 parts of 1 to 1000 pieces".into());
            }
            Benefit::BulkTiers { tiers, .. } if !rise(tiers) => {
                wrong("benefit.tiers", "expected tiers that rise in `from` and `percent_bp`, from 1 on".into());
            }
            _ => {}
        }
        faults
    }
}

const PERCENT: &str = "expected 1 to 10000 hundredths of a per cent";

fn is_percent(percent_bp: u32) -> bool {
    (1..=WHOLE_BP).contains(&percent_bp)
}

fn is_count(pieces: u32) -> bool {
    (1..=1_000).contains(&pieces)
}

fn rise(tiers: &[Tier]) -> bool {
    !tiers.is_empty()
        && tiers.iter().all(|tier| tier.from > 0 && is_percent(tier.percent_bp))
        && tiers.is_sorted_by(|one, next| one.from < next.from && one.percent_bp < next.percent_bp)
}
