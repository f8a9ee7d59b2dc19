//! Money is a whole number of minor units and its currency. No float ever touches it.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;
use utoipa::ToSchema;

/// The largest amount that D1 and JSON readers keep exact: 2^53 - 1 minor units.
pub const MAX_AMOUNT: i64 = 9_007_199_254_740_991;

/// An ISO 4217 code in upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, pattern = "^[A-Z]{3}$", example = "THB")]
pub struct Currency([u8; 3]);

/// What can be wrong with an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies met in one sum.
    #[error("{0} and {1} cannot be added: no exchange rate is applied in a sum")]
    CurrencyMismatch(Currency, Currency),
    /// The result leaves what is exact everywhere, plus or minus 2^53 - 1 minor units.
    #[error("the amount leaves the range of 2^53 - 1 minor units")]
    Overflow,
    /// The text is no ISO 4217 code.
    #[error("not an ISO 4217 code: expected three capital letters such as THB")]
    NotACurrency,
}

impl Currency {
    /// Thai baht.
    pub const THB: Self = Self(*b"THB");
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");

    /// Its code, such as `THB`.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Digits after the decimal point in its minor unit (ISO 4217 table A.1).
    #[must_use]
    pub fn exponent(&self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX"
            | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match *text.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(MoneyError::NotACurrency),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// An amount in minor units (satang, cents) of one currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units: 4500 is 45.00 baht.
    #[schema(example = 4500)]
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: Currency,
}

impl Money {
    /// `amount` minor units of `currency`.
    #[must_use]
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in `currency`.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Is this no money at all?
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.amount == 0
    }

    fn exact(amount: Option<i64>, currency: Currency) -> Result<Self, MoneyError> {
        match amount {
            Some(amount) if amount.abs() <= MAX_AMOUNT => Ok(Self { amount, currency }),
            _ => Err(MoneyError::Overflow),
        }
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch(self.currency, other.currency))
        }
    }

    /// The sum of two amounts of one currency.
    ///
    /// # Errors
    /// [`MoneyError`] for two currencies, or a sum that is not exact everywhere.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Self::exact(self.amount.checked_add(other.amount), self.currency)
    }

    /// What is left when `other` is taken away; may be below zero.
    ///
    /// # Errors
    /// As [`Money::plus`].
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        Self::exact(self.amount.checked_sub(other.amount), self.currency)
    }

    /// This amount `quantity` times.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`].
    pub fn times(self, quantity: i64) -> Result<Self, MoneyError> {
        Self::exact(self.amount.checked_mul(quantity), self.currency)
    }

    /// The sum of many amounts, zero of `currency` for none.
    ///
    /// # Errors
    /// As [`Money::plus`].
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }
}

impl fmt::Display for Money {
    /// As people write it: `45.00 THB`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = self.currency.exponent();
        let sign = if self.amount < 0 { "-" } else { "" };
        let amount = self.amount.unsigned_abs();
        if exponent == 0 {
            return write!(formatter, "{sign}{amount} {}", self.currency);
        }
        let unit = 10_u64.pow(exponent);
        let width = exponent as usize;
        write!(formatter, "{sign}{}.{:0width$} {}", amount / unit, amount % unit, self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const YEN: Currency = Currency(*b"JPY");
    const DINAR: Currency = Currency(*b"KWD");

    #[test]
    fn is_written_with_the_digits_of_its_currency() {
        assert_eq!(Money::new(4505, Currency::THB).to_string(), "45.05 THB");
        assert_eq!(Money::new(-5, Currency::THB).to_string(), "-0.05 THB");
        assert_eq!(Money::new(4505, YEN).to_string(), "4505 JPY");
        assert_eq!(Money::new(4505, DINAR).to_string(), "4.505 KWD");
    }

    #[test]
    fn currencies_do_not_mix() {
        let sum = Money::new(1, Currency::THB).plus(Money::new(1, Currency::USD));
        assert_eq!(sum, Err(MoneyError::CurrencyMismatch(Currency::THB, Currency::USD)));
        assert!(serde_json::from_str::<Money>(r#"{"amount":1,"currency":"thb"}"#).is_err());
        assert!(serde_json::from_str::<Money>(r#"{"amount":1.5,"currency":"THB"}"#).is_err());
    }

    proptest! {
        #[test]
        fn what_is_added_can_be_taken_away(a in -MAX_AMOUNT..=MAX_AMOUNT, b in -MAX_AMOUNT..=MAX_AMOUNT) {
            let (a, b) = (Money::new(a, YEN), Money::new(b, YEN));
            match a.plus(b) {
                Ok(sum) => prop_assert_eq!(sum.minus(b), Ok(a)),
                Err(error) => prop_assert_eq!(error, MoneyError::Overflow),
            }
        }
    }
}
