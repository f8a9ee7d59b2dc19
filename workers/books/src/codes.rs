//! Codes of gift cards: eighty bits that nobody guesses, in letters that nobody takes for others (Crockford's base 32).
//!
//! A code is derived from the card's id by the internal key, so that the answer to a call that is repeated can be given again though the
//! code is kept nowhere. A card is found by the hash of its code: it goes on being good when the key is changed.

use hmac::{Hmac, Mac};
use kirana_edge::{Problem, Result};
use kirana_kernel::Id;
use sha2::{Digest, Sha256};
use worker::Env;

/// Letters of a code, without the hyphens of its print.
pub const LETTERS: usize = 16;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A card's code, without hyphens.
///
/// # Errors
/// 500 without the internal key.
pub fn of(env: &Env, card: Id) -> Result<String> {
    derived(env.secret("INTERNAL_KEY")?.to_string().as_bytes(), card)
}

fn derived(key: &[u8], card: Id) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(Problem::internal)?;
    mac.update(format!("kirana gift card 1 {card}").as_bytes());
    let letters = mac.finalize().into_bytes();
    Ok(letters
        .iter()
        .take(LETTERS)
        .filter_map(|byte| ALPHABET.get(usize::from(byte & 31)))
        .map(|c| char::from(*c))
        .collect())
}

/// As it is printed: in groups of four.
#[must_use]
pub fn printed(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// What somebody typed, in one form: capital letters, no hyphens and spaces, and no letter that looks like a digit.
#[must_use]
pub fn normal(typed: &str) -> String {
    let letter = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(letter).collect()
}

/// Can this be a code at all?
#[must_use]
pub fn is_one(code: &str) -> bool {
    code.len() == LETTERS && code.bytes().all(|byte| ALPHABET.contains(&byte))
}

/// The last four letters.
#[must_use]
pub fn end(code: &str) -> String {
    code.chars().skip(LETTERS - 4).collect()
}

/// What a card is found by.
#[must_use]
pub fn hash(code: &str) -> String {
    let digest = Sha256::digest(code.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kirana_kernel::Timestamp;

    #[test]
    fn a_code_is_the_same_for_a_card_and_another_for_each_other() {
        let [one, other] = [1, 2].map(|n| Id::new(Timestamp::from_millis(0), [n; 10]));
        let code = derived(b"key", one).unwrap();
        assert_eq!(derived(b"key", one).unwrap(), code);
        assert_ne!(derived(b"key", other).unwrap(), code);
        assert_ne!(derived(b"another", one).unwrap(), code);
        assert!(is_one(&code), "{code}");
        assert!(code.ends_with(&end(&code)) && end(&code).len() == 4);
    }

    #[test]
    fn what_is_typed_from_paper_is_read() {
        let printed = printed("KQ4P9M2XT7HD01K2");
        assert_eq!(printed, "KQ4P-9M2X-T7HD-01K2");
        for typed in ["KQ4P-9M2X-T7HD-01K2", "kq4p 9m2x t7hd oiK2", " KQ4P9M2XT7HDOLK2 "] {
            assert_eq!(normal(typed), "KQ4P9M2XT7HD01K2", "{typed}");
        }
        for wrong in ["", "KQ4P", "KQ4P9M2XT7HD01KU", "KQ4P9M2XT7HD01K2K", "ÄQ4P9M2XT7HD01K"] {
            assert!(!is_one(&normal(wrong)), "{wrong}");
        }
    }
}
