//! Amounts as gateways write them, exact: what a gateway cannot say to the unit is an error, never rounded.

use kirana_kernel::money::MAX_AMOUNT;
use kirana_kernel::{Currency, Money};

/// Why an amount cannot be written or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Nothing, or less.
    #[error("expected an amount above zero")]
    NotPositive,
    /// The gateway takes whole multiples of so many minor units only.
    #[error("the gateway takes multiples of {step} minor units of {currency} only")]
    TooFine {
        /// Of what.
        currency: Currency,
        /// How many minor units.
        step: i64,
    },
    /// The gateway does not take this currency.
    #[error("the gateway does not take {0}")]
    Currency(Currency),
    /// No amount of this currency: another shape, more digits than the currency has, or beyond 2^53 - 1 minor units.
    #[error("expected a decimal amount with no more digits than its currency has")]
    Malformed,
}

/// An amount to be asked for: above zero.
///
/// # Errors
/// [`AmountError::NotPositive`], [`AmountError::Malformed`] beyond what is exact everywhere.
pub fn positive(money: Money) -> Result<Money, AmountError> {
    match money.amount {
        ..=0 => Err(AmountError::NotPositive),
        1..=MAX_AMOUNT => Ok(money),
        _ => Err(AmountError::Malformed),
    }
}

/// The number of units with `digits` decimals that this amount is: 4500 satang with 0 digits are 45.
///
/// # Errors
/// [`AmountError::TooFine`] when it is not a whole number of them; as [`positive`].
pub fn in_units(money: Money, digits: u32) -> Result<i64, AmountError> {
    let Money { amount, currency } = positive(money)?;
    let own = currency.exponent();
    if digits >= own {
        return amount.checked_mul(10_i64.pow(digits - own)).ok_or(AmountError::Malformed);
    }
    let step = 10_i64.pow(own - digits);
    if amount % step == 0 { Ok(amount / step) } else { Err(AmountError::TooFine { currency, step }) }
}

/// The amount that so many units with `digits` decimals are. May be zero.
///
/// # Errors
/// [`AmountError::Malformed`] when it is below zero, finer than the currency or beyond what is exact.
pub fn from_units(units: i64, digits: u32, currency: Currency) -> Result<Money, AmountError> {
    let own = currency.exponent();
    let amount = if digits > own {
        let step = 10_i64.pow(digits - own);
        (units % step == 0).then_some(units / step)
    } else {
        units.checked_mul(10_i64.pow(own - digits))
    };
    match amount {
        Some(amount @ 0..=MAX_AMOUNT) => Ok(Money::new(amount, currency)),
        _ => Err(AmountError::Malformed),
    }
}

/// As a decimal with so many digits after its point: 4505 satang with 2 are `45.05`.
///
/// # Errors
/// As [`in_units`].
pub fn to_decimal(money: Money, digits: u32) -> Result<String, AmountError> {
    let units = in_units(money, digits)?;
    if digits == 0 {
        return Ok(units.to_string());
    }
    let unit = 10_i64.pow(digits);
    Ok(format!("{}.{:0width$}", units / unit, units % unit, width = digits as usize))
}

/// From a decimal. It may have fewer digits than its currency, and more when they are zeros.
///
/// # Errors
/// [`AmountError::Malformed`].
pub fn from_decimal(text: &str, currency: Currency) -> Result<Money, AmountError> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    if !digits(whole) || !digits(part) {
        return Err(AmountError::Malformed);
    }
    let part = part.trim_end_matches('0');
    let own = currency.exponent() as usize;
    if part.len() > own {
        return Err(AmountError::Malformed);
    }
    let units: i64 = format!("{whole}{part:0<own$}").parse().map_err(|_| AmountError::Malformed)?;
    from_units(units, currency.exponent(), currency)
}

/// A currency written in small letters, as Stripe does, or in capitals.
pub(crate) fn currency(code: &str) -> Option<Currency> {
    code.to_ascii_uppercase().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn decimals_have_the_digits_of_their_currency() {
        assert_eq!(to_decimal(Money::new(4505, of("THB")), 2).as_deref(), Ok("45.05"));
        assert_eq!(to_decimal(Money::new(5, of("SEK")), 2).as_deref(), Ok("0.05"));
        assert_eq!(to_decimal(Money::new(4505, of("JPY")), 0).as_deref(), Ok("4505"));
        assert_eq!(to_decimal(Money::new(4505, of("KWD")), 3).as_deref(), Ok("4.505"));
        let finer = AmountError::TooFine { currency: of("HUF"), step: 100 };
        assert_eq!(to_decimal(Money::new(4505, of("HUF")), 0), Err(finer));
        assert_eq!(to_decimal(Money::new(4500, of("HUF")), 0).as_deref(), Ok("45"));
        for nothing in [0, -1, i64::MIN] {
            assert_eq!(to_decimal(Money::new(nothing, of("THB")), 2), Err(AmountError::NotPositive));
        }
    }

    #[test]
    fn what_is_no_amount_is_not_read() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1,00", " 1", "1.005", "0x1", "90071992547409.92", "１"] {
            assert_eq!(from_decimal(text, of("THB")), Err(AmountError::Malformed), "{text}");
        }
        assert_eq!(from_decimal("1.5", of("JPY")), Err(AmountError::Malformed));
        assert_eq!(from_decimal("1.00", of("JPY")), Ok(Money::new(1, of("JPY"))));
        assert_eq!(from_decimal("100", of("SEK")), Ok(Money::new(10_000, of("SEK"))));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            amount in 1..=MAX_AMOUNT,
            code in prop::sample::select(vec!["THB", "JPY", "KWD", "SEK", "HUF", "ISK"]),
            digits in 0_u32..=4,
        ) {
            let money = Money::new(amount, of(code));
            if let Ok(text) = to_decimal(money, digits) {
                prop_assert_eq!(from_decimal(&text, of(code)), Ok(money));
            }
            if let Ok(units) = in_units(money, digits) {
                prop_assert_eq!(from_units(units, digits, of(code)), Ok(money));
            }
        }
    }
}
