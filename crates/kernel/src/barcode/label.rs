//! GS1 element strings, as GS1-128 and GS1 DataMatrix carry them: application identifiers with what they say.
//!
//! A scanner gives them raw, with FNC1 as the control character GS where an element of no fixed length ends; people type them as they
//! stand under the bars, with the identifiers in brackets. Read are (01) the trade item, (17) the expiry date and (10) the lot; all
//! others are passed over.

use super::{BarcodeError, Gtin};
use crate::Timestamp;
use chrono::{Datelike, Days, Months, NaiveDate};

/// FNC1, as scanners give it.
const SEPARATOR: char = '\u{1d}';

/// What a barcode says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// Which goods.
    pub gtin: Gtin,
    /// Of which lot.
    pub lot: Option<String>,
    /// The last day on which they are good.
    pub expires_on: Option<NaiveDate>,
}

/// Reads a barcode: a GTIN by itself, or a GS1 element string in brackets or raw. The century of a date follows from `now`.
///
/// # Errors
/// [`BarcodeError`] with what is wrong with it.
pub fn read(text: &str, now: Timestamp) -> Result<Scan, BarcodeError> {
    let text = without_symbology(text.trim_matches(' '));
    if !text.starts_with(['(', SEPARATOR]) && text.len() <= 14 {
        return Ok(Scan { gtin: text.parse()?, lot: None, expires_on: None });
    }
    if !text.is_ascii() {
        return Err(BarcodeError::NoGtin);
    }
    let elements = if text.starts_with('(') { bracketed(text)? } else { raw(text)? };
    let gtin = the(&elements, "01")?.ok_or(BarcodeError::NoGtin)?;
    if gtin.len() != 14 {
        return Err(element("01", "14 digits"));
    }
    let lot = the(&elements, "10")?;
    if lot.is_some_and(|lot| lot.is_empty() || lot.len() > 20 || !lot.bytes().all(|byte| byte.is_ascii_graphic())) {
        return Err(element("10", "1 to 20 letters, digits and marks, without blanks"));
    }
    let expires_on = the(&elements, "17")?.map(|date| day(date, now)).transpose()?;
    Ok(Scan { gtin: gtin.parse()?, lot: lot.map(str::to_owned), expires_on })
}

/// What names the kind of bars, such as `]C1`: scanners may put it first.
fn without_symbology(text: &str) -> &str {
    match text.strip_prefix(']').and_then(|rest| rest.get(2..)) {
        Some(rest) => rest,
        None => text,
    }
}

fn element(ai: &str, expected: &'static str) -> BarcodeError {
    BarcodeError::Element { ai: ai.to_owned(), expected }
}

/// What an application identifier says, where it stands there.
fn the<'a>(elements: &[(&str, &'a str)], ai: &str) -> Result<Option<&'a str>, BarcodeError> {
    let mut said = elements.iter().filter(|(known, _)| *known == ai).map(|(_, value)| *value);
    let first = said.next();
    if said.any(|other| Some(other) != first) {
        return Err(BarcodeError::Twice { ai: ai.to_owned() });
    }
    Ok(first)
}

/// Where a bracket opens that holds an identifier: lots may have brackets, too.
fn opening(text: &str) -> Option<usize> {
    text.match_indices('(').map(|(at, _)| at).find(|at| identifier(text.get(*at..).unwrap_or_default()).is_some())
}

/// The identifier at the beginning, and what follows its bracket.
fn identifier(text: &str) -> Option<(&str, &str)> {
    let (ai, rest) = text.strip_prefix('(')?.split_once(')')?;
    ((2..=4).contains(&ai.len()) && ai.bytes().all(|byte| byte.is_ascii_digit())).then_some((ai, rest))
}

fn bracketed(text: &str) -> Result<Vec<(&str, &str)>, BarcodeError> {
    let mut elements = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (ai, after) = identifier(rest).ok_or(BarcodeError::NoGtin)?;
        let (value, next) = after.split_at_checked(opening(after).unwrap_or(after.len())).unwrap_or((after, ""));
        elements.push((ai, value.trim_end_matches(' ')));
        rest = next;
    }
    Ok(elements)
}

/// Digits of an identifier and its value together, where the length is given by the first two digits (GS1 General Specifications,
/// figure 7.8.5-2). All others end with a separator.
const fn fixed_length(first_two: u8) -> Option<usize> {
    Some(match first_two {
        0 => 20,
        1..=3 => 16,
        4 => 18,
        11..=19 => 8,
        20 => 4,
        31..=36 => 10,
        41 => 16,
        _ => return None,
    })
}

fn raw(text: &str) -> Result<Vec<(&str, &str)>, BarcodeError> {
    let mut elements = Vec::new();
    let mut rest = text.trim_start_matches(SEPARATOR);
    while !rest.is_empty() {
        let ai = rest.get(..2).ok_or(BarcodeError::NoGtin)?;
        let number: u8 = ai.parse().map_err(|_| BarcodeError::NoGtin)?;
        let end = match fixed_length(number) {
            Some(length) => length,
            None => rest.find(SEPARATOR).unwrap_or(rest.len()),
        };
        let (whole, next) = rest.split_at_checked(end).ok_or_else(|| element(ai, "more digits"))?;
        elements.push((ai, whole.get(2..).unwrap_or_default()));
        rest = next.trim_start_matches(SEPARATOR);
    }
    Ok(elements)
}

/// A date as year, month and day of two digits each; day 00 is the month's last.
fn day(text: &str, now: Timestamp) -> Result<NaiveDate, BarcodeError> {
    let wrong = || element("17", "a date as YYMMDD");
    if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let part = |at: usize| text.get(at..at + 2).and_then(|two| two.parse::<u32>().ok()).ok_or_else(wrong);
    let (year, month, day) = (part(0)?, part(2)?, part(4)?);
    let year = century(i32::try_from(year).map_err(|_| wrong())?, now.to_utc().year());
    let date = NaiveDate::from_ymd_opt(year, month, day.max(1)).ok_or_else(wrong)?;
    if day > 0 {
        return Ok(date);
    }
    date.checked_add_months(Months::new(1)).and_then(|next| next.checked_sub_days(Days::new(1))).ok_or_else(wrong)
}

/// The year of two digits that is 49 years before `this` at most, and 50 after (GS1 General Specifications, figure 7.12-1).
fn century(two: i32, this: i32) -> i32 {
    let year = this - this.rem_euclid(100) + two;
    match year - this {
        51.. => year - 100,
        ..=-50 => year + 100,
        _ => year,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GTIN: &str = "09506000134352";

    fn now() -> Timestamp {
        // 2026-11-28.
        Timestamp::from_millis(1_795_824_000_000)
    }

    fn scan(lot: Option<&str>, expires_on: Option<(i32, u32, u32)>) -> Scan {
        let expires_on = expires_on.map(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap());
        Scan { gtin: GTIN.parse().unwrap(), lot: lot.map(str::to_owned), expires_on }
    }

    #[test]
    fn one_label_in_each_of_its_forms() {
        let whole = scan(Some("ABC123"), Some((2027, 1, 31)));
        for text in [
            "(01)09506000134352(17)270131(10)ABC123",
            "(01)09506000134352 (17)270131 (10)ABC123",
            "(10)ABC123(01)09506000134352(17)270131",
            "01095060001343521727013110ABC123",
            "]C101095060001343521727013110ABC123",
            "]d2\u{1d}0109506000134352\u{1d}1727013110ABC123",
            "10ABC123\u{1d}010950600013435217270131",
            // A count, a serial number and a net weight of no interest.
            "0109506000134352310300125037144\u{1d}21S(1)7\u{1d}1727013110ABC123",
            "(01)09506000134352(3103)001250(37)144(21)S7(17)270131(10)ABC123",
        ] {
            assert_eq!(read(text, now()), Ok(whole.clone()), "{text:?}");
        }
        for text in [GTIN, "9506000134352", "]E09506000134352", "0109506000134352", "(01)09506000134352"] {
            assert_eq!(read(text, now()), Ok(scan(None, None)), "{text:?}");
        }
        assert_eq!(read("(01)09506000134352(10)A(1)B", now()), Ok(scan(Some("A(1)B"), None)), "a lot with brackets");
    }

    #[test]
    fn what_is_wrong_is_told() {
        let fault = |text: &str| read(text, now()).unwrap_err().to_string();
        for (text, word) in [
            ("", "8, 12, 13 or 14"),
            ("cup", "digits only"),
            ("9506000134353", "a digit is wrong"),
            ("(01)09506000134353", "a digit is wrong"),
            ("(01)9506000134352", "14 digits"),
            ("(17)270131(10)ABC", "no GTIN"),
            ("01095060001343", "a digit is wrong"),
            ("010950600013435217270", "more digits"),
            ("(01)09506000134352(17)271301", "YYMMDD"),
            ("(01)09506000134352(17)270230", "YYMMDD"),
            ("(01)09506000134352(17)2702", "YYMMDD"),
            ("(01)09506000134352(10)", "1 to 20"),
            ("(01)09506000134352(10)ABCDEFGHIJKLMNOPQRSTU", "1 to 20"),
            ("(01)09506000134352(10)A(10)B", "twice"),
            ("(01)09506000134352(10)ชา", "no GTIN"),
            ("https://example.com/0123", "no GTIN"),
        ] {
            assert!(fault(text).contains(word), "{text}: {}", fault(text));
        }
    }

    #[test]
    fn dates_are_in_their_century_and_day_nought_is_the_last() {
        let expiry = |date: &str| read(&format!("01{GTIN}17{date}"), now()).unwrap().expires_on.unwrap().to_string();
        assert_eq!(expiry("261231"), "2026-12-31");
        assert_eq!(expiry("280200"), "2028-02-29");
        assert_eq!(expiry("261200"), "2026-12-31");
        assert_eq!(expiry("760101"), "2076-01-01");
        assert_eq!(expiry("770101"), "1977-01-01");
        assert_eq!(century(1, 1995), 2001);
    }

    proptest! {
        #[test]
        fn nothing_that_is_scanned_breaks_the_reader(text in "(\\]C1|\\()?[0-9()\\x1dA-Z ]{0,40}") {
            let _ = read(&text, now());
        }
    }
}
