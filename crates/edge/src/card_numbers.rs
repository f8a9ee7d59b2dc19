//! Card numbers never come here: methods are tokens of a gateway. Where one appears all the same, it is refused and not kept.
//!
//! Payments refuses whatever passes Luhn's check ([`find_in_body`]). Everybody else refuses what also begins as a network's cards do and is as
//! long as they are ([`find_card_in_body`]): barcodes, tags and times pass Luhn's check as often as one in ten.

use serde_json::Value;
use std::borrow::Cow;

/// Does this text hold what looks like a card number: 13 to 19 digits in one run, or in groups of 3 to 7 with a blank or a hyphen between,
/// that pass Luhn's check? What begins with 0 or 1 is no bank's (ISO/IEC 7812), and 13 digits were given to Visa and Maestro alone: so
/// times in milliseconds are none. UUIDs are passed over: the digits of one in two thousand look like a card's.
#[must_use]
pub fn contains_card_number(text: &str) -> bool {
    groups_of(text).iter().any(|groups| any_among(groups, is_card))
}

/// The digits of a text in groups that follow each other with a blank or a hyphen between.
fn groups_of(text: &str) -> Vec<Vec<Vec<u32>>> {
    let mut all = Vec::new();
    let mut groups: Vec<Vec<u32>> = vec![Vec::new()];
    for character in without_uuids(text).chars().chain(['.']) {
        match (character.to_digit(10), groups.last_mut()) {
            (Some(digit), Some(group)) => group.push(digit),
            (None, Some(group)) if matches!(character, ' ' | '-') && !group.is_empty() => groups.push(Vec::new()),
            _ => {
                if groups.iter().any(|group| !group.is_empty()) {
                    all.push(std::mem::take(&mut groups));
                }
                groups = vec![Vec::new()];
            }
        }
    }
    all
}

/// A text with a dot in the place of each UUID (RFC 9562), with its hyphens or without.
fn without_uuids(text: &str) -> Cow<'_, str> {
    let is_one = |word: &str| {
        let hex = word.bytes().filter(u8::is_ascii_hexdigit).count();
        let hyphens = word.bytes().enumerate().filter(|(_, byte)| *byte == b'-').map(|(index, _)| index);
        hex == 32 && (word.len() == 32 || (word.len() == 36 && hyphens.eq([8, 13, 18, 23])))
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

/// Does a text hold a card's number by its beginning, its length and Luhn's check: 15 or 16 digits, in one run or in groups? The beginnings are
/// those of Visa, Mastercard, American Express, Discover, JCB, RuPay, UnionPay, Maestro and Mir (ISO/IEC 7812, the networks' own ranges).
#[must_use]
pub fn contains_network_card(text: &str) -> bool {
    // Most texts have no such run at all: nothing is taken apart for them.
    let enough = text.bytes().filter(u8::is_ascii_digit).count() >= 15;
    enough && groups_of(text).iter().any(|groups| any_among(groups, is_network_card))
}

fn is_network_card(digits: &[u32]) -> bool {
    let first = |count: usize| digits.iter().take(count).fold(0, |sum, digit| sum * 10 + digit);
    let known = match digits.len() {
        15 => matches!(first(2), 34 | 37),
        16 => {
            first(1) == 4
                || matches!(first(2), 50..=55 | 60 | 62 | 64 | 65 | 81 | 82)
                || matches!(first(4), 2_200..=2_204 | 2_221..=2_720 | 3_528..=3_589)
                || first(3) == 508
        }
        _ => false,
    };
    known && luhn(digits)
}

/// Where in a JSON body a network's card stands. Bodies without enough digits are not read for it.
#[must_use]
pub fn find_card_in_body(body: &[u8]) -> Option<String> {
    let digits = body.iter().filter(|byte| byte.is_ascii_digit()).count();
    // A digit may be written as its code.
    let coded = body.windows(4).any(|window| window == br"\u00");
    if digits < 15 && !coded {
        return None;
    }
    let value: Value = serde_json::from_slice(body).ok()?;
    find(&value, String::new(), contains_network_card)
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

    #[test]
    fn barcodes_tags_and_times_are_no_cards_and_cards_are_everywhere() {
        for harmless in [
            "4006381333931",
            "10614141543219",
            "1795717464001",
            "9999999999999995",
            "+491512345678901",
            "4242424242424241",
        ] {
            assert!(!contains_network_card(harmless), "{harmless}");
        }
        for card in [
            "4242424242424242",
            "ring 5555-5555-5555-4444 please",
            "3782 822463 10005",
            "2223003122003222",
            "6200000000000005",
        ] {
            assert!(contains_network_card(card), "{card}");
            let body = serde_json::json!({"notes": [{"text": card}]}).to_string();
            assert_eq!(find_card_in_body(body.as_bytes()).as_deref(), Some("notes[0].text"), "{body}");
            assert!(!without_cards(card).contains(|c: char| c.is_ascii_digit()));
        }
        let coded = format!(
            "{{\"a\":\"{}\"}}",
            "4242424242424242".chars().map(|c| format!("\\u00{:02x}", u32::from(c))).collect::<String>()
        );
        assert_eq!(find_card_in_body(coded.as_bytes()).as_deref(), Some("a"), "{coded}");
        assert_eq!((find_card_in_body(b"{\"a\":1}"), without_cards("order 17")), (None, "order 17".into()));
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
