//! Global Trade Item Numbers (GS1 General Specifications): GTIN-8, GTIN-12 (UPC-A), GTIN-13 (EAN) and GTIN-14.

use super::BarcodeError;
use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A GTIN of 14 digits. A shorter one has zeros before it, and is the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gtin([u8; 14]);

impl FromStr for Gtin {
    type Err = BarcodeError;

    fn from_str(text: &str) -> Result<Self, BarcodeError> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(BarcodeError::NotDigits);
        }
        if !matches!(text.len(), 8 | 12 | 13 | 14) {
            return Err(BarcodeError::Length { found: text.len() });
        }
        let mut digits = [0; 14];
        for (place, byte) in digits.iter_mut().rev().zip(text.bytes().rev()) {
            *place = byte - b'0';
        }
        let [body @ .., found] = digits;
        // From the left of 14 digits the weights are 3, 1, 3, ...; zeros before a shorter number weigh nothing.
        let sum: u32 =
            body.iter().zip([3, 1].into_iter().cycle()).map(|(digit, weight)| u32::from(*digit) * weight).sum();
        let expected = u8::try_from((10 - sum % 10) % 10).unwrap_or(0);
        if found == expected { Ok(Self(digits)) } else { Err(BarcodeError::CheckDigit { found, expected }) }
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|digit| write!(formatter, "{digit}"))
    }
}

impl Serialize for Gtin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_length_is_read_and_is_one_number() {
        // Examples of GS1 and of real goods.
        for (text, whole) in [
            ("96385074", "00000096385074"),
            ("036000291452", "00036000291452"),
            ("4006381333931", "04006381333931"),
            ("09506000134352", "09506000134352"),
            ("10614141000415", "10614141000415"),
        ] {
            assert_eq!(text.parse::<Gtin>().unwrap().to_string(), whole);
        }
        assert_eq!("036000291452".parse::<Gtin>(), "0036000291452".parse(), "a UPC read as an EAN");
    }

    #[test]
    fn what_is_wrong_is_told() {
        let fault = |text: &str| text.parse::<Gtin>().unwrap_err();
        assert_eq!(fault("4006381333932"), BarcodeError::CheckDigit { found: 2, expected: 1 });
        assert_eq!(fault("400638133393"), BarcodeError::CheckDigit { found: 3, expected: 0 });
        assert_eq!(fault(""), BarcodeError::Length { found: 0 });
        assert_eq!(fault("123456789012345"), BarcodeError::Length { found: 15 });
        assert_eq!(fault("40063813339x1"), BarcodeError::NotDigits);
        assert_eq!(fault("๔006381333931"), BarcodeError::NotDigits);
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_found(body in 0_u64..10_000_000_000_000, place in 0_usize..14, by in 1_u8..10) {
            let whole = (0..10).map(|last| format!("{body:013}{last}")).find(|text| text.parse::<Gtin>().is_ok()).unwrap();
            let mut digits = whole.into_bytes();
            digits[place] = b'0' + (digits[place] - b'0' + by) % 10;
            let wrong = String::from_utf8(digits).unwrap();
            prop_assert!(wrong.parse::<Gtin>().is_err(), "{wrong}");
        }
    }
}
