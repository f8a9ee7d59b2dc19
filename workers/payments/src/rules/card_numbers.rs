//! Card numbers never come here: methods are tokens of a gateway. Where one appears all the same, it is refused and not kept.

/// Does this text hold what looks like a card number: 13 to 19 digits, with spaces or hyphens between, that pass Luhn's check?
#[must_use]
pub fn contains_card_number(text: &str) -> bool {
    let mut run: Vec<u32> = Vec::new();
    for character in text.chars().chain(['.']) {
        match character.to_digit(10) {
            Some(digit) => run.push(digit),
            None if matches!(character, ' ' | '-') && !run.is_empty() => {}
            None => {
                if (13..=19).contains(&run.len()) && luhn(&run) {
                    return true;
                }
                run.clear();
            }
        }
    }
    false
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
        for number in ["4242424242424242", "4242 4242 4242 4242", "my card: 3782-822463-10005!"] {
            assert!(contains_card_number(number), "{number}");
        }
        for harmless in ["tok_success", "4242424242424241", "2026-11-20 17:00", "0199f6a1-7a10-7c3e-9f02-5d2a6c1b8e44"]
        {
            assert!(!contains_card_number(harmless), "{harmless}");
        }
    }
}
