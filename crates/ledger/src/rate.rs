//! Rates in millionths, and the one place where a rate of an amount is rounded.

use kirana_kernel::{Money, MoneyError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A hundred per cent.
const WHOLE: i128 = 1_000_000;

/// A rate in millionths: 60000 is 6 %, 3750 is 0.375 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Rate(pub u32);

impl Rate {
    /// A hundred per cent.
    pub const WHOLE: Self = Self(1_000_000);

    /// The rate of an amount, to the nearest minor unit; exactly between two, to the greater one (half up).
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] for what is beyond 2^53 - 1.
    pub fn of(self, amount: Money) -> Result<Money, MoneyError> {
        let doubled = i128::from(amount.amount) * i128::from(self.0) * 2 + WHOLE;
        let rounded = i64::try_from(doubled.div_euclid(WHOLE * 2)).map_err(|_| MoneyError::Overflow)?;
        // Adding nothing is what checks the range.
        Money::new(rounded, amount.currency).plus(Money::zero(amount.currency))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_kernel::Currency;

    #[test]
    fn half_a_unit_is_rounded_up() {
        let of = |rate: u32, amount: i64| Rate(rate).of(Money::new(amount, Currency::THB)).unwrap().amount;
        assert_eq!(
            [of(60_000, 100), of(50_000, 10), of(50_000, 9), of(50_000, -10), of(50_000, -11)],
            [6, 1, 0, 0, -1]
        );
        assert_eq!(of(1_000_000, kirana_kernel::money::MAX_AMOUNT), kirana_kernel::money::MAX_AMOUNT);
        assert!(Rate(2_000_000).of(Money::new(kirana_kernel::money::MAX_AMOUNT, Currency::THB)).is_err());
    }
}
