//! What points are worth, and how many a price takes: whole points always, so that what is spent and what is given back add up.

use kirana_edge::{Problem, Result};
use kirana_kernel::{Currency, Money};
use worker::Env;

/// What a deployer sets of points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worth {
    /// Main units of the currency for one point.
    pub units_per_point: i64,
    /// So much of them is a point worth when it is spent, in percent.
    pub percent: i64,
}

impl Worth {
    /// The deployment's.
    ///
    /// # Errors
    /// 500 for what is no number above zero: nothing is earned or spent by a rule that nobody understands, and nothing is lost, as the
    /// events are kept.
    pub fn of(env: &Env) -> Result<Self> {
        Ok(Self { units_per_point: above_zero(env, "UNITS_PER_POINT")?, percent: above_zero(env, "POINT_PERCENT")? })
    }

    /// Points for an amount: one for each so many whole units, what is left over is dropped.
    #[must_use]
    pub fn earned(&self, amount: Money) -> i64 {
        amount.amount / 10_i64.pow(amount.currency.exponent()) / self.units_per_point
    }

    /// A hundred points in minor units: a point alone may be worth less than one.
    fn hundred(&self, currency: Currency) -> i64 {
        self.units_per_point.saturating_mul(10_i64.pow(currency.exponent())).saturating_mul(self.percent)
    }

    /// What so many points are worth, rounded down.
    #[must_use]
    pub fn value(&self, points: i64, currency: Currency) -> Money {
        let minor = i128::from(points.max(0)) * i128::from(self.hundred(currency)) / 100;
        Money::new(i64::try_from(minor).unwrap_or(i64::MAX), currency)
    }

    /// How many points an amount takes, rounded up.
    #[must_use]
    pub fn price(&self, amount: Money) -> i64 {
        let hundred = i128::from(self.hundred(amount.currency)).max(1);
        let points = (i128::from(amount.amount.max(0)) * 100 + hundred - 1) / hundred;
        i64::try_from(points).unwrap_or(i64::MAX)
    }
}

fn above_zero(env: &Env, name: &str) -> Result<i64> {
    let set = env.var(name)?.to_string();
    let number = set.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| Problem::internal(format!("{name} is {set}: expected a number above zero")))
}

/// Of the points that paid `amount`, how many are back once `restored` of it is: all when all of it is, never more.
#[must_use]
pub fn restored(points: i64, amount: i64, restored: i64) -> i64 {
    let share = i128::from(points) * i128::from(restored.clamp(0, amount)) / i128::from(amount.max(1));
    i64::try_from(share).unwrap_or(points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WORTH: Worth = Worth { units_per_point: 10, percent: 5 };

    fn baht(satang: i64) -> Money {
        Money::new(satang, Currency::THB)
    }

    #[test]
    fn one_point_for_ten_baht_and_half_a_baht_for_a_point() {
        assert_eq!((WORTH.earned(baht(8_500)), WORTH.earned(baht(999))), (8, 0));
        assert_eq!((WORTH.value(8, Currency::THB), WORTH.price(baht(400)), WORTH.price(baht(401))), (baht(400), 8, 9));
        let yen = "JPY".parse().unwrap();
        assert_eq!((WORTH.value(3, yen).amount, WORTH.price(Money::new(1, yen))), (1, 2));
    }

    proptest! {
        #[test]
        fn what_points_are_worth_they_buy_and_no_more(
            points in 0_i64..1_000_000_000, units_per_point in 1_i64..1_000, percent in 1_i64..=100,
        ) {
            let worth = Worth { units_per_point, percent };
            let value = worth.value(points, Currency::THB);
            prop_assert!(worth.price(value) <= points);
            prop_assert!(worth.price(baht(value.amount + 1)) > points);
        }

        #[test]
        fn parts_given_back_never_come_to_more_than_was_spent(points in 1_i64..100_000, amount in 1_i64..1_000_000, parts in prop::collection::vec(0_i64..1_000_000, 0..8)) {
            let (mut sum, mut back) = (0, 0);
            for part in parts {
                let part = part.min(amount - sum);
                let next = restored(points, amount, sum + part);
                prop_assert!(next >= back && next <= points);
                (sum, back) = (sum + part, next);
            }
            prop_assert_eq!(restored(points, amount, amount), points);
            if sum == amount { prop_assert_eq!(back, points); }
        }
    }
}
