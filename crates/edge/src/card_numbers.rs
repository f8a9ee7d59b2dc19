//! Card numbers never come here: methods are tokens of a gateway. Where one appears all the same, it is refused and not kept.
//!
//! Payments refuses whatever passes Luhn's check ([`find_in_body`]). Everybody else refuses what also begins as a network's cards do and is as
//! long as they are ([`find_card_in_body`]), 13 to 19 digits: barcodes, tags and times pass Luhn's check as often as one in ten. What is passed
//! over, and why, is written in docs/pci.md.

use serde_json::Value;
use std::borrow::Cow;

/// Does this text hold what looks like a card number: 13 to 19 digits in one run, or in groups of 3 to 7 with a blank or a hyphen between,
/// that pass Luhn's check? What begins with 0 or 1 is no bank's (ISO/IEC 7812), and 13 digits were given to Visa and Maestro alone: so
/// times in milliseconds are none. UUIDs are passed over: the digits of one in two thousand look like a card's.
#[must_use]
pub fn contains_card_number(text: &str) -> bool {
    groups_of(text, false).iter().any(|groups| any_among(groups, is_card))
}

/// The digits of a text in groups that follow each other with a blank or a hyphen between; with telephone numbers left out,
/// where that is wanted.
fn groups_of(text: &str, without_telephones: bool) -> Vec<Vec<Vec<u32>>> {
    let mut all = Vec::new();
    let mut after_plus = false;
    let mut groups: Vec<Vec<u32>> = vec![Vec::new()];
    for character in without_uuids(text).chars().chain(['.']) {
        match (character.to_digit(10), groups.last_mut()) {
            (Some(digit), Some(group)) => group.push(digit),
            (None, Some(group)) if matches!(character, ' ' | '-') && !group.is_empty() => groups.push(Vec::new()),
            _ => {
                let digits: usize = groups.iter().map(Vec::len).sum();
                let telephone = without_telephones && after_plus && digits <= TELEPHONE;
                if digits > 0 && !telephone {
                    all.push(std::mem::take(&mut groups));
                }
                after_plus = character == '+';
                groups = vec![Vec::new()];
            }
        }
    }
    all
}

/// Digits of a telephone number at most (E.164).
const TELEPHONE: usize = 15;

/// A text with a dot in the place of each UUID (RFC 9562), with its hyphens or without, and of each longer word of hexadecimal digits, such as
/// a digest: the digits of one in two thousand look like a card's.
fn without_uuids(text: &str) -> Cow<'_, str> {
    let is_one = |word: &str| {
        let hex = word.bytes().filter(u8::is_ascii_hexdigit).count();
        let hyphens = word.bytes().enumerate().filter(|(_, byte)| *byte == b'-').map(|(index, _)| index);
        (hex == word.len() && hex >= 32) || (hex == 32 && word.len() == 36 && hyphens.eq([8, 13, 18, 23]))
    };
    let words = || text.split(|character: char| !character.is_ascii_alphanumeric() && character != '-');
    if !words().any(is_one) {
        return text.into();
    }
    let mut rest = String::with_capacity(text.len());
    for word in text.split_inclusive(|character: char| !character.is_ascii_alphanumeric() && character != '-') {
        let end = word.char_indices().last().filter(|(_, last)| !last.is_ascii_alphanumeric() && *last != '-');
        let (word, mark) = word.split_at(end.map_or(word.len(), |(index, _)| index));
        rest.push_str(if is_one(word) { "." } else { word });
        rest.push_str(mark);
    }
    rest.into()
}

/// Is one of these groups of digits a card's number, or are some that follow each other?
fn any_among(groups: &[Vec<u32>], is_one: fn(&[u32]) -> bool) -> bool {
    (0..groups.len()).any(|first| {
        let mut digits = Vec::new();
        groups.iter().skip(first).enumerate().any(|(index, group)| {
            digits.extend_from_slice(group);
            let grouped = groups.iter().skip(first).take(index + 1).all(|group| (3..=7).contains(&group.len()));
            (index == 0 || grouped) && is_one(&digits)
        })
    })
}

fn is_card(digits: &[u32]) -> bool {
    let begins = match (digits.len(), digits.first()) {
        (13, Some(first)) => (4..=6).contains(first),
        (14..=19, Some(first)) => *first >= 2,
        _ => false,
    };
    begins && luhn(digits)
}

/// The shortest and the longest number of a card.
const SHORTEST: usize = 13;

/// Does a text hold a card's number by its beginning, its length and Luhn's check: 13 to 19 digits, in one run or in groups? The beginnings are
/// those of Visa, Mastercard, American Express, Diners Club, Discover, JCB, RuPay, UnionPay, Maestro and Mir (ISO/IEC 7812, the networks' own
/// ranges), each with the lengths that its network gives out.
#[must_use]
pub fn contains_network_card(text: &str) -> bool {
    // Most texts have no such run at all: nothing is taken apart for them.
    let enough = text.bytes().filter(u8::is_ascii_digit).count() >= SHORTEST;
    enough && !is_decimal(text) && groups_of(text, true).iter().any(|groups| any_among(groups, is_network_card))
}

/// Is all of a text one number with a fraction, such as a degree of latitude, or with an exponent as well? Its digits are as many as a card's,
/// and none.
fn is_decimal(text: &str) -> bool {
    let text = text.trim();
    let number = text.strip_prefix('-').unwrap_or(text);
    let (number, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let exponent = exponent.strip_prefix(['+', '-', ' ']).unwrap_or(exponent);
    if !(1..=3).contains(&exponent.len()) || !exponent.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let Some((whole, fraction)) = number.split_once('.') else { return false };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (1..=4).contains(&whole.len()) && !fraction.is_empty() && digits(whole) && digits(fraction)
}

fn is_network_card(digits: &[u32]) -> bool {
    let first = |count: usize| digits.iter().take(count).fold(0, |sum, digit| sum * 10 + digit);
    let (one, two, three, four) = (first(1), first(2), first(3), first(4));
    let diners = matches!(three, 300..=305) || four == 3_095 || matches!(two, 36 | 38 | 39);
    let maestro = matches!(four, 5_018 | 5_020 | 5_038 | 5_893 | 6_304 | 6_759 | 6_761..=6_763);
    let union_pay = matches!(two, 62 | 81);
    let discover = four == 6_011 || matches!(three, 644..=649) || two == 65;
    let jcb = matches!(four, 3_528..=3_589);
    let mir = matches!(four, 2_200..=2_204);
    let known = match digits.len() {
        13 => one == 4 || maestro,
        14 => diners || maestro,
        15 => matches!(two, 34 | 37) || maestro,
        16 => {
            one == 4
                || matches!(two, 50..=55 | 60 | 64 | 82)
                || matches!(four, 2_221..=2_720)
                || three == 508
                || (maestro || union_pay || discover || jcb || mir || diners)
        }
        17..=19 => (digits.len() == 19 && one == 4) || maestro || union_pay || discover || jcb || mir,
        _ => false,
    };
    known && luhn(digits) && !is_barcode(digits)
}

/// Is it a GTIN of 13 or 14 digits, or an SSCC of 18, by GS1's own check digit? One card in ten of that length is one as well and passes:
/// to refuse every tenth barcode that a person scans would be worse, and no network has given out cards of 13 digits for long.
fn is_barcode(digits: &[u32]) -> bool {
    let weighed = |(place, digit): (usize, &u32)| if place % 2 == 1 { digit * 3 } else { *digit };
    let sum: u32 = digits.iter().rev().enumerate().map(weighed).sum();
    matches!(digits.len(), 13 | 14 | 18) && sum.is_multiple_of(10)
}

/// Where in a JSON body a network's card stands. Bodies without enough digits are not read for it.
#[must_use]
pub fn find_card_in_body(body: &[u8]) -> Option<String> {
    let digits = body.iter().filter(|byte| byte.is_ascii_digit()).count();
    // A digit may be written as its code.
    let coded = body.windows(4).any(|window| window == br"\u00");
    if digits < SHORTEST && !coded {
        return None;
    }
    let value: Value = serde_json::from_slice(body).ok()?;
    find(&value, String::new(), contains_network_card)
}

/// Which parameter of a query or a form holds a network's card: its name, or `query` where the name itself does.
#[must_use]
pub fn find_card_in_form(form: &[u8]) -> Option<String> {
    // What is written as %34 is a digit too.
    let digits = form.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits < SHORTEST {
        return None;
    }
    form_urlencoded::parse(form).find_map(|(name, value)| {
        if contains_network_card(&name) {
            return Some("query".to_owned());
        }
        contains_network_card(&value).then(|| name.into_owned())
    })
}

/// A text without the cards in it, for logs: their digits are crossed out.
#[must_use]
pub fn without_cards(text: &str) -> Cow<'_, str> {
    if contains_network_card(text) {
        let crossed = |character: char| if character.is_ascii_digit() { '*' } else { character };
        return text.chars().map(crossed).collect::<String>().into();
    }
    text.into()
}

/// Where in a body a card number stands, such as `metadata.note`: every string, every name and every number of it is looked at, at any
/// depth. A body that is no JSON is looked at as a text.
#[must_use]
pub fn find_in_body(body: &[u8]) -> Option<String> {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => find(&value, String::new(), contains_card_number),
        Err(_) => contains_card_number(&String::from_utf8_lossy(body)).then(|| "body".to_owned()),
    }
}

fn find(value: &Value, path: String, is_one: fn(&str) -> bool) -> Option<String> {
    let here = |text: &str| is_one(text).then(|| if path.is_empty() { "body".into() } else { path.clone() });
    match value {
        Value::String(text) => here(text),
        Value::Number(number) if number.is_f64() => {
            // Degrees and weights: what stands behind the point is no card.
            number.to_string().split(['.', 'e']).next().and_then(here)
        }
        Value::Number(number) => here(&number.to_string()),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| find(item, format!("{path}[{index}]"), is_one))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, field)| {
            // A name that is a card number is not repeated.
            here(name)
                .or_else(|| find(field, if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, is_one))
        }),
        Value::Null | Value::Bool(_) => None,
    }
}

fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| if index % 2 == 1 { (digit * 2) / 10 + (digit * 2) % 10 } else { *digit })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// One UUID in two thousand has the digits of a card: payments were refused for their own id.
        #[test]
        fn no_id_is_a_card(digits in proptest::collection::vec(0_u8..10, 30), first in 0_u8..16) {
            let hex: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
            let id = format!("{first:x}a{}-{}-7{}-8{}-{}", &hex[..6], &hex[6..10], &hex[10..13], &hex[13..16], &hex[16..28]);
            prop_assert_eq!(id.len(), 36);
            let texts = [id.clone(), id.replace('-', ""), format!("https://shop.example/back/{id}?x=1"), format!("the order {id}, please")];
            for text in texts {
                prop_assert!(!contains_card_number(&text) && !contains_network_card(&text), "{}", text);
                let with_card = format!("{text} 4242424242424242");
                prop_assert!(contains_card_number(&with_card) && contains_network_card(&with_card), "{}", with_card);
            }
        }
    }

    #[test]
    fn card_numbers_are_seen() {
        for number in
            ["4242424242424242", "4242 4242 4242 4242", "my card: 3782-822463-10005!", "4242 4242 4242 4242 12/30 123"]
        {
            assert!(contains_card_number(number), "{number}");
        }
        for harmless in [
            "tok_success",
            "4242424242424241",
            "2026-11-20 17:00",
            "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44",
            "key-4242-424242424242",
            "1795717464001",
        ] {
            assert!(!contains_card_number(harmless), "{harmless}");
        }
    }

    /// The rule of docs/pci.md, line by line.
    #[test]
    fn barcodes_telephones_and_times_are_no_cards() {
        for harmless in [
            "4006381330060",                            // a GTIN of 13 digits, from Germany, that passes Luhn's check
            "4006381333931",                            // another, that does not
            "30012345670078",                           // a GTIN of 14 digits that begins as Diners Club does
            "10614141543219",                           // a GTIN of 14 digits
            "620161414123400072",                       // an SSCC that begins as UnionPay does
            "1795717464001",                            // milliseconds since 1970
            "1795717464001000000",                      // nanoseconds
            "9999999999999995",                         // Luhn's check alone
            "356938035643809",                          // an IMEI
            "+4915123456001",                           // a telephone number of 13 digits that passes Luhn's check
            "+49 1512 3456001",                         // the same in groups
            "tel:+4915123456001",                       // as an address
            "4242424242424241",                         // a digit is wrong
            "42424242424242424242424242",               // longer than any card
            "100.4532015112830366",                     // degrees
            "-13.4222222222222",                        // degrees
            "a4222222222222b0c1d2e3f405162738495a6b7c", // a digest
            "order 4012888 of 88881881",                // a card's digits, with words between
        ] {
            assert!(!contains_network_card(harmless), "{harmless}");
            let body = serde_json::json!({"notes": [{"text": harmless}]}).to_string();
            assert_eq!(find_card_in_body(body.as_bytes()), None, "{body}");
            assert_eq!(without_cards(harmless), harmless);
        }
        for body in [r#"{"longitude":100.4532015112830366,"latitude":13.4222222222222}"#, r#"{"at":1795717464001}"#] {
            assert_eq!(find_card_in_body(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn cards_of_every_network_and_length_are_seen() {
        for card in [
            "4242424242424242",
            "4222222222222",       // Visa, 13
            "4000000000000000006", // Visa, 19
            "30569309025904",      // Diners Club, 14
            "38520000023237",
            "378282246310005", // American Express
            "ring 5555-5555-5555-4444 please",
            "3782 822463 10005",
            "2223003122003222",
            "2200000000000004", // Mir
            "6011111111111117",
            "3530111333300000",
            "6200000000000005",
            "6205500000000000004", // UnionPay, 19
            "6759649826438453",    // Maestro, 16
            "5018000000007",       // Maestro, 13
            "tel +4242424242424242",
        ] {
            assert!(contains_network_card(card), "{card}");
            let body = serde_json::json!({"notes": [{"text": card}]}).to_string();
            assert_eq!(find_card_in_body(body.as_bytes()).as_deref(), Some("notes[0].text"), "{body}");
            assert!(!without_cards(card).contains(|c: char| c.is_ascii_digit()));
            let form: String =
                form_urlencoded::Serializer::new(String::new()).append_pair("a", "1").append_pair("q", card).finish();
            assert_eq!(find_card_in_form(form.as_bytes()).as_deref(), Some("q"), "{form}");
        }
        let coded = format!(
            "{{\"a\":\"{}\"}}",
            "4242424242424242".chars().map(|c| format!("\\u00{:02x}", u32::from(c))).collect::<String>()
        );
        assert_eq!(find_card_in_body(coded.as_bytes()).as_deref(), Some("a"), "{coded}");
        assert_eq!(find_card_in_body(br#"{"a":4242424242424242}"#).as_deref(), Some("a"));
        assert_eq!((find_card_in_body(b"{\"a\":1}"), without_cards("order 17")), (None, "order 17".into()));
        assert_eq!(find_card_in_form(b"4242424242424242=1").as_deref(), Some("query"));
        assert_eq!(find_card_in_form(b"from=1795717464001&lat=13.4222222222222&lng=100.5343"), None);
        let written =
            format!("q={}", "4242424242424242".bytes().map(|byte| format!("%{byte:02x}")).collect::<String>());
        assert_eq!(find_card_in_form(written.as_bytes()).as_deref(), Some("q"), "{written}");
    }

    #[test]
    fn every_string_of_a_body_is_looked_at() {
        for (body, place) in [
            (r#"{"token":"4242424242424242"}"#, "token"),
            (r#"{"a":{"b":["x","4242 4242 4242 4242"]}}"#, "a.b[1]"),
            (r#"{"a":4242424242424242}"#, "a"),
            (r#"{"4242424242424242":1}"#, "body"),
            (r#"{"a":{"4242-4242-4242-4242":1}}"#, "a"),
            (r#""card 378282246310005""#, "body"),
            ("token=4242424242424242&x=1", "body"),
        ] {
            assert_eq!(find_in_body(body.as_bytes()).as_deref(), Some(place), "{body}");
        }
        for body in [r#"{"token":"pm_card_visa","order_id":"0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44"}"#, "{}", "", "null"]
        {
            assert_eq!(find_in_body(body.as_bytes()), None, "{body}");
        }
        // A version 4 UUID whose digits alone would pass.
        assert!(!contains_card_number("https://shop.example/back/42424242-4242-4242-8242-424242424242?x=1"));
        assert!(contains_card_number("42424242-4242-4242-8242-424242424242 4242424242424242"));
    }
}
