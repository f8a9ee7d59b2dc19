//! Prices that follow what is left of a shelf life, and demand; within bounds that somebody set.

use crate::menu::Fault;
use crate::rules::WHOLE_BP;
use crate::share::half_up;
use kirana_kernel::Money;
use kirana_kernel::money::MAX_AMOUNT;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A price moves by what is left of the shelf life.
pub const SHELF_LIFE: &str = "shelf_life";

/// It moves by demand.
pub const DEMAND: &str = "demand";

/// It moves by both.
pub const BOTH: &str = "shelf_life_and_demand";

/// How a price moves. Parts are in hundredths of a per cent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DynamicRule {
    /// Never below this part of the list price.
    #[schema(minimum = 0, maximum = 10000, example = 5000)]
    pub floor_bp: u32,
    /// Never above this part of it.
    #[schema(minimum = 10000, maximum = 50000, example = 11000)]
    pub ceiling_bp: u32,
    /// As long as more than this part of the shelf life is left, age takes nothing off. From there on it falls in a straight
    /// line, to `last_bp` at the very end.
    #[schema(minimum = 0, maximum = 10000, example = 5000)]
    pub fresh_until_bp: u32,
    /// What is left of the price at the end of the shelf life, before demand and bounds.
    #[schema(minimum = 0, maximum = 10000, example = 3000)]
    pub last_bp: u32,
    /// By how much of itself the price moves when demand is twice what was expected; half of it when it is half more. The
    /// other way when it is less.
    #[schema(minimum = 0, maximum = 10000, example = 1000)]
    pub demand_bp: u32,
    /// Prices are a multiple of this many minor units, such as 100 for whole baht: the nearest within the bounds.
    #[schema(minimum = 1, maximum = 1000000)]
    pub step: i64,
}

/// What is known of goods at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shelf {
    /// Seconds until they may not be sold any more.
    pub left_seconds: i64,
    /// Seconds for which they can be sold in all.
    pub life_seconds: i64,
    /// What was sold of late.
    pub sold: u32,
    /// What is sold in the same time as a rule; 0: nothing is known, and demand moves nothing.
    pub expected: u32,
}

impl DynamicRule {
    /// What is wrong with it; nothing for one that can be priced by.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let checks = [
            ("floor_bp", self.floor_bp <= WHOLE_BP, "expected 0 to 10000"),
            ("ceiling_bp", (WHOLE_BP..=5 * WHOLE_BP).contains(&self.ceiling_bp), "expected 10000 to 50000"),
            ("fresh_until_bp", self.fresh_until_bp <= WHOLE_BP, "expected 0 to 10000"),
            ("last_bp", self.last_bp <= WHOLE_BP, "expected 0 to 10000"),
            ("demand_bp", self.demand_bp <= WHOLE_BP, "expected 0 to 10000"),
            ("step", (1..=1_000_000).contains(&self.step), "expected 1 to 1000000"),
        ];
        let wrong = checks.into_iter().filter(|(_, good, _)| !good);
        wrong.map(|(path, _, message)| Fault { path: path.into(), message: message.into() }).collect()
    }

    /// The price of goods whose list price is `list`. Nothing for what has no shelf life left: it is not for sale.
    ///
    /// The older, the cheaper, and the more wanted, the dearer, never the other way; never outside floor and ceiling.
    #[must_use]
    pub fn price(&self, list: Money, shelf: Shelf) -> Option<Money> {
        if shelf.left_seconds <= 0 {
            return None;
        }
        let whole = i128::from(WHOLE_BP);
        let moved = self.age_bp(shelf) * self.demand_factor_bp(shelf);
        // Bounds first in minor units, and only then steps between them: a step may not lead out.
        let amount = i128::from(list.amount.clamp(0, MAX_AMOUNT / 10));
        let part = |bp: u32| half_up(amount * i128::from(bp), whole);
        let (floor, ceiling) = (part(self.floor_bp), part(self.ceiling_bp.max(self.floor_bp)));
        let wanted = half_up(amount * moved, whole * whole).clamp(floor, ceiling);
        let step = i128::from(self.step.max(1));
        let nearest = half_up(wanted, step) * step;
        let lowest = (floor + step - 1).div_euclid(step) * step;
        let highest = ceiling.div_euclid(step) * step;
        // Bounds so narrow that no multiple lies between them: the price is what it is.
        let priced = if lowest > highest { wanted } else { nearest.clamp(lowest, highest) };
        Some(Money::new(i64::try_from(priced).unwrap_or(MAX_AMOUNT), list.currency))
    }

    /// What moves the price of such goods: a code that stays the same while the price does, so that a menu is not another by it.
    #[must_use]
    pub fn why(&self, shelf: Shelf) -> Option<&'static str> {
        let whole = i128::from(WHOLE_BP);
        match (self.age_bp(shelf) != whole, self.demand_factor_bp(shelf) != whole) {
            (true, true) => Some(BOTH),
            (true, false) => Some(SHELF_LIFE),
            (false, true) => Some(DEMAND),
            // By its step or its bounds alone.
            (false, false) => None,
        }
    }

    /// What age leaves of the price.
    fn age_bp(&self, shelf: Shelf) -> i128 {
        let whole = i128::from(WHOLE_BP);
        let (fresh, last) = (i128::from(self.fresh_until_bp), i128::from(self.last_bp).min(whole));
        let life = i128::from(shelf.life_seconds.max(1));
        let left_bp = (i128::from(shelf.left_seconds) * whole / life).min(whole);
        if left_bp >= fresh { whole } else { last + (whole - last) * left_bp / fresh }
    }

    /// What demand makes of it: from no sales at all to three times what was expected.
    fn demand_factor_bp(&self, shelf: Shelf) -> i128 {
        let whole = i128::from(WHOLE_BP);
        if shelf.expected == 0 {
            return whole;
        }
        let ratio = (i128::from(shelf.sold) * whole / i128::from(shelf.expected)).min(3 * whole);
        whole + i128::from(self.demand_bp) * (ratio - whole) / whole
    }
}
