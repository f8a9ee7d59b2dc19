//! How often somebody may guess, and codes that are guessed.

use kirana_kernel::{Id, Timestamp};
use kirana_vault::Master;
use std::time::Duration;
use subtle::ConstantTimeEq;

/// Guesses within [`WINDOW`]; the next one is not even looked at.
pub const MAX: u32 = 5;

/// See [`MAX`].
pub const WINDOW: Duration = Duration::from_secs(15 * 60);

/// How many recovery codes somebody gets.
pub const RECOVERY_CODES: usize = 10;

/// How long until the next guess, if there have been too many; `count` has this one in it.
#[must_use]
pub fn wait(count: u32, since: Timestamp, now: Timestamp) -> Option<Duration> {
    (count > MAX).then(|| (since + WINDOW).since(now).max(Duration::from_secs(1)))
}

/// The six digits that a message to somebody says: computed from its ticket, written nowhere.
#[must_use]
pub fn message_code(key: &Master, ticket: Id) -> String {
    let [a, b, c, d, ..] = key.mac("codes", ticket.to_string().as_bytes());
    format!("{:06}", u32::from_be_bytes([a, b, c, d]) % 1_000_000)
}

/// Are these the digits of that ticket's message?
#[must_use]
pub fn is_message_code(key: &Master, ticket: Id, given: &str) -> bool {
    message_code(key, ticket).as_bytes().ct_eq(given.trim().as_bytes()).into()
}

/// A recovery code of 50 random bits, as it is shown: `k3wfe-92mxa`. No letter is taken for another.
#[must_use]
pub fn recovery_code(random: [u8; 10]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letter = |byte: u8| char::from(ALPHABET[usize::from(byte & 31)]);
    let (left, right) = random.split_at(5);
    let text = |bytes: &[u8]| bytes.iter().map(|byte| letter(*byte)).collect::<String>();
    format!("{}-{}", text(left), text(right))
}

/// How a recovery code is kept: its HMAC, whatever hyphens and capitals it was typed with.
#[must_use]
pub fn recovery_hash(key: &Master, user: Id, code: &str) -> String {
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    hex::encode(key.mac("recovery codes", format!("{user} {code}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_guess_waits() {
        let (since, now) = (Timestamp::from_millis(0), Timestamp::from_millis(60_000));
        assert_eq!(wait(5, since, now), None);
        assert_eq!(wait(6, since, now), Some(Duration::from_secs(14 * 60)));
    }

    #[test]
    fn codes_are_somebodys_and_forgive_how_they_are_typed() {
        let key = Master::from_hex(&"01".repeat(32)).unwrap();
        let id = |n: u8| Id::new(Timestamp::from_millis(1), [n; 10]);
        let code = message_code(&key, id(1));
        assert!(code.len() == 6 && is_message_code(&key, id(1), &format!(" {code}")));
        assert!(!is_message_code(&key, id(2), &code));
        let recovery = recovery_code([1, 2, 3, 4, 5, 250, 251, 252, 253, 254]);
        assert_eq!(recovery.len(), 11);
        let hash = recovery_hash(&key, id(1), &recovery);
        assert_eq!(hash, recovery_hash(&key, id(1), &recovery.replace('-', " ").to_uppercase()));
        assert_ne!(hash, recovery_hash(&key, id(2), &recovery));
    }
}
