//! Card numbers never come here: methods are tokens of a gateway. Where one appears all the same, it is refused and not kept.

use serde_json::Value;

/// Does this text hold what looks like a card number: 13 to 19 digits in one run, or in groups of 3 to 7 with a blank or a hyphen between,
/// that pass Luhn's check? What begins with 0 or 1 is no bank's (ISO/IEC 7812), and 13 digits were given to Visa and Maestro alone: so
/// times in milliseconds are none. Nor are UUIDs, whose groups are longer.
#[must_use]
pub fn contains_card_number(text: &str) -> bool {
    let mut groups: Vec<Vec<u32>> = vec![Vec::new()];
    for character in text.chars().chain(['.']) {
        match (character.to_digit(10), groups.last_mut()) {
            (Some(digit), Some(group)) => group.push(digit),
            (None, Some(group)) if matches!(character, ' ' | '-') && !group.is_empty() => groups.push(Vec::new()),
            _ => {
                if is_card_among(&groups) {
                    return true;
                }
                groups = vec![Vec::new()];
            }
        }
    }
    false
}

/// Is one of these groups of digits a card's number, or are some that follow each other?
fn is_card_among(groups: &[Vec<u32>]) -> bool {
    (0..groups.len()).any(|first| {
        let mut digits = Vec::new();
        groups.iter().skip(first).enumerate().any(|(index, group)| {
            digits.extend_from_slice(group);
            let grouped = groups.iter().skip(first).take(index + 1).all(|group| (3..=7).contains(&group.len()));
            (index == 0 || grouped) && is_card(&digits)
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

/// Where in a body a card number stands, such as `metadata.note`: every string, every name and every number of it is looked at, at any
/// depth. A body that is no JSON is looked at as a text.
#[must_use]
pub fn find_in_body(body: &[u8]) -> Option<String> {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => find(&value, String::new()),
        Err(_) => contains_card_number(&String::from_utf8_lossy(body)).then(|| "body".to_owned()),
    }
}

fn find(value: &Value, path: String) -> Option<String> {
    let here =
        |text: &str| contains_card_number(text).then(|| if path.is_empty() { "body".into() } else { path.clone() });
    match value {
        Value::String(text) => here(text),
        Value::Number(number) => here(&number.to_string()),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| find(item, format!("{path}[{index}]")))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, field)| {
            // A name that is a card number is not repeated.
            here(name).or_else(|| find(field, if path.is_empty() { name.clone() } else { format!("{path}.{name}") }))
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
