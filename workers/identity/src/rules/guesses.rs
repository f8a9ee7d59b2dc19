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

/// A recovery code of 120 random bits, as it is shown: `k3wf-92mx-ab7c-...`, six groups of four. No letter is taken for another.
/// Nobody who has the table and the key tries so many; those of before, of 50 bits, are good until their owner has new ones.
#[must_use]
pub fn recovery_code(random: [u8; 24]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte & 31)]);
    let groups: Vec<String> = random.chunks(4).map(|group| group.iter().map(letter).collect()).collect();
    groups.join("-")
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
        let mut random = [7; 24];
        random[..5].copy_from_slice(&[1, 2, 250, 251, 255]);
        let recovery = recovery_code(random);
        assert_eq!(recovery, "bc45-9hhh-hhhh-hhhh-hhhh-hhhh");
        assert!(recovery.bytes().filter(u8::is_ascii_alphanumeric).count() * 5 >= 112, "five bits a letter");
        let hash = recovery_hash(&key, id(1), &recovery);
        assert_eq!(hash, recovery_hash(&key, id(1), &recovery.replace('-', " ").to_uppercase()));
        assert_ne!(hash, recovery_hash(&key, id(2), &recovery));
        // Of the length that codes had before.
        let before = recovery_hash(&key, id(1), "k3wfe-92mxa");
        assert_eq!(before, recovery_hash(&key, id(1), "K3WFE 92MXA"));
    }
}
