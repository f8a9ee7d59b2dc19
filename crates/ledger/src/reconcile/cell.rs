//! Amounts and dates as people and gateways write them.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use kirana_kernel::money::MAX_AMOUNT;
use kirana_kernel::{Currency, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How amounts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Notation {
    /// Whole minor units: 4500 is 45.00 baht, and 4500 yen.
    Minor,
    /// Major units with a point: `1,234.50`.
    Point,
    /// Major units with a comma: `1.234,50`.
    Comma,
}

/// How times are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DateFormat {
    /// `2026-11-20T09:30:00Z`, with its distance from UTC.
    Rfc3339,
    /// Seconds since 1970.
    Unix,
    /// A pattern of strftime, such as `%d/%m/%Y %H:%M:%S`. With `%z` in it the text says its distance from UTC itself.
    Pattern {
        /// The pattern; one without hours is a day, at its first moment.
        pattern: String,
        /// Else minutes east of UTC: 420 in Bangkok, 330 in India. A zone with summer time is no fixed distance: ask for UTC.
        offset_minutes: i32,
    },
}

impl Notation {
    /// Reads an amount into minor units. Negative ones have a minus before or after them, or stand in brackets.
    ///
    /// # Errors
    /// What was expected.
    pub fn read(self, text: &str, currency: Currency) -> Result<i64, String> {
        let (negative, digits) = sign(text.trim());
        let wrong = || self.expected(currency);
        let (whole, fraction) = match self {
            Self::Minor => (digits.to_owned(), ""),
            Self::Point => parts(digits, '.', &[',', ' ', '\'', '\u{a0}', '\u{202f}']).ok_or_else(wrong)?,
            Self::Comma => parts(digits, ',', &['.', ' ', '\'', '\u{a0}', '\u{202f}']).ok_or_else(wrong)?,
        };
        let exponent = if self == Self::Minor { 0 } else { currency.exponent() as usize };
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(&whole) || !all_digits(fraction) {
            return Err(wrong());
        }
        // Zeros beyond the smallest unit say nothing: `500.00` yen are 500.
        let (kept, beyond) = fraction.split_at(fraction.len().min(exponent));
        if beyond.bytes().any(|byte| byte != b'0') {
            return Err(wrong());
        }
        let number: i64 = format!("{whole}{kept:0<exponent$}").parse().map_err(|_| wrong())?;
        if number > MAX_AMOUNT {
            return Err(format!("an amount within {MAX_AMOUNT} minor units"));
        }
        Ok(if negative { -number } else { number })
    }

    fn expected(self, currency: Currency) -> String {
        let example = match (self, currency.exponent()) {
            (Self::Minor, _) => "whole minor units such as 123450".to_owned(),
            (Self::Point, 0) => "a whole number such as 1,234".to_owned(),
            (Self::Comma, 0) => "a whole number such as 1.234".to_owned(),
            (Self::Point, digits) => format!("a number with at most {digits} decimals after a point, such as 1,234.50"),
            (Self::Comma, digits) => format!("a number with at most {digits} decimals after a comma, such as 1.234,50"),
        };
        format!("{example}, in {currency}")
    }
}

/// Is it negative, and what are its digits?
fn sign(text: &str) -> (bool, &str) {
    const MINUS: [char; 2] = ['-', '\u{2212}'];
    if let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        return (true, inner.trim());
    }
    if let Some(digits) = text.strip_prefix(MINUS).or_else(|| text.strip_suffix(MINUS)) {
        return (true, digits.trim());
    }
    (false, text.strip_prefix('+').unwrap_or(text))
}

/// The digits before and after the decimal mark, without the marks between thousands. Groups must be whole: `12,50` with a point as
/// decimal mark is a mistake, and not 1250. India groups by two (`1,00,000`), so only the last must have three.
fn parts<'a>(digits: &'a str, decimal: char, groups: &[char]) -> Option<(String, &'a str)> {
    let (whole, fraction) = digits.split_once(decimal).unwrap_or((digits, ""));
    if !whole.contains(groups) {
        return Some((whole.to_owned(), fraction));
    }
    let all: Vec<&str> = whole.split(groups).collect();
    let (last, before) = all.split_last()?;
    let (first, middle) = before.split_first()?;
    let fits =
        last.len() == 3 && (1..=3).contains(&first.len()) && middle.iter().all(|group| (2..=3).contains(&group.len()));
    fits.then(|| (all.concat(), fraction))
}

impl DateFormat {
    /// Reads a time.
    ///
    /// # Errors
    /// What was expected.
    pub fn read(&self, text: &str) -> Result<Timestamp, String> {
        let text = text.trim();
        let millis = match self {
            Self::Rfc3339 => DateTime::parse_from_rfc3339(text)
                .map(|moment| moment.timestamp_millis())
                .map_err(|_| "a time such as 2026-11-20T09:30:00Z".to_owned())?,
            Self::Unix => text
                .parse::<i64>()
                .ok()
                .and_then(|seconds| seconds.checked_mul(1_000))
                .ok_or("seconds since 1970, such as 1795167000")?,
            Self::Pattern { pattern, offset_minutes } => {
                let wrong = || format!("a time as {pattern}");
                if pattern.contains("%z") {
                    DateTime::parse_from_str(text, pattern).map_err(|_| wrong())?.timestamp_millis()
                } else {
                    let moment = NaiveDateTime::parse_from_str(text, pattern).or_else(|_| {
                        NaiveDate::parse_from_str(text, pattern).map(|day| day.and_time(chrono::NaiveTime::MIN))
                    });
                    let local = moment.map_err(|_| wrong())?.and_utc().timestamp_millis();
                    local.saturating_sub(i64::from(*offset_minutes) * 60_000)
                }
            }
        };
        Ok(Timestamp::from_millis(millis))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(notation: Notation, text: &str, currency: &str) -> Option<i64> {
        notation.read(text, currency.parse().unwrap()).ok()
    }

    #[test]
    fn amounts_as_people_write_them() {
        use Notation::{Comma, Minor, Point};
        for (notation, text, currency, expected) in [
            (Point, "1,234.50", "THB", 123_450),
            (Point, "1,00,000.00", "INR", 10_000_000),
            (Point, "-0.5", "THB", -50),
            (Point, "(12.00)", "THB", -1_200),
            (Point, "12.00-", "THB", -1_200),
            (Point, "\u{2212}12", "THB", -1_200),
            (Point, " +12.000 ", "THB", 1_200),
            (Point, "500.00", "JPY", 500),
            (Point, "1,234", "JPY", 1_234),
            (Point, "1.234", "KWD", 1_234),
            (Point, "1 234.5", "THB", 123_450),
            (Comma, "1.234,50", "EUR", 123_450),
            (Comma, "1\u{a0}234,5", "EUR", 123_450),
            (Minor, "10000", "JPY", 10_000),
            (Minor, "-10000", "USD", -10_000),
        ] {
            assert_eq!(read(notation, text, currency), Some(expected), "{text}");
        }
        for (notation, text, currency) in [
            (Point, "12,50", "THB"),
            (Point, "1,23,4.00", "THB"),
            (Point, "1.234", "THB"),
            (Point, "1.5", "JPY"),
            (Point, "", "THB"),
            (Point, "-", "THB"),
            (Point, "1e5", "THB"),
            (Point, "12.0x", "THB"),
            (Point, ".5", "THB"),
            (Point, "--5", "THB"),
            (Comma, "12.50", "EUR"),
            (Minor, "10.5", "THB"),
            (Minor, "1,000", "THB"),
            (Point, "99999999999999.99", "THB"),
            (Point, "99999999999999999999", "THB"),
        ] {
            assert_eq!(read(notation, text, currency), None, "{text}");
        }
    }

    #[test]
    fn times_in_every_zone_are_the_same_moment() {
        let pattern = |pattern: &str, offset_minutes| DateFormat::Pattern { pattern: pattern.into(), offset_minutes };
        let expected = DateFormat::Rfc3339.read("2026-11-20T09:30:00Z").unwrap();
        for (format, text) in [
            (DateFormat::Rfc3339, "2026-11-20T16:30:00+07:00"),
            (DateFormat::Unix, "1795167000"),
            (pattern("%Y-%m-%d %H:%M:%S", 0), "2026-11-20 09:30:00"),
            (pattern("%d/%m/%Y %H:%M:%S", 330), "20/11/2026 15:00:00"),
            (pattern("%Y/%m/%d %H:%M:%S %z", 0), "2026/11/20 01:30:00 -0800"),
        ] {
            assert_eq!(format.read(text), Ok(expected), "{text}");
        }
        let day = pattern("%d.%m.%Y", 60).read("20.11.2026").unwrap();
        assert_eq!(day.to_string(), "2026-11-19T23:00:00.000Z");
        assert_eq!(pattern("%d.%m.%Y", 0).read("31.2.2026").unwrap_err(), "a time as %d.%m.%Y");
        assert!(DateFormat::Unix.read("9999999999999999").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(amount in -MAX_AMOUNT..=MAX_AMOUNT, currency in prop::sample::select(vec!["THB", "JPY", "KWD"])) {
            let currency: Currency = currency.parse().unwrap();
            let text = kirana_kernel::Money::new(amount, currency).to_string();
            let number = text.split(' ').next().unwrap();
            prop_assert_eq!(Notation::Point.read(number, currency), Ok(amount));
            prop_assert_eq!(Notation::Comma.read(&number.replace('.', ","), currency), Ok(amount));
        }

        #[test]
        fn nothing_that_is_read_panics(text in "\\PC{0,30}", millis: i32) {
            for notation in [Notation::Minor, Notation::Point, Notation::Comma] {
                let _ = notation.read(&text, Currency::THB);
            }
            let _ = DateFormat::Pattern { pattern: "%Y-%m-%d".into(), offset_minutes: millis }.read(&text);
            let _ = DateFormat::Pattern { pattern: text.clone(), offset_minutes: 0 }.read(&text);
        }
    }
}
