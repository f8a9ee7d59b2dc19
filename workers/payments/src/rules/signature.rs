//! Signed webhooks: `t=<seconds>,v1=<hex HMAC-SHA256 of "t.body">`, as Stripe does it.

use hmac::{Hmac, Mac};
use kirana_kernel::Timestamp;
use sha2::Sha256;

/// Seconds that a signature may be old.
const TOLERANCE: u64 = 300;

/// Is this body signed with the secret, lately? Compared in constant time.
#[must_use]
pub fn verify(header: &str, body: &[u8], secret: &str, now: Timestamp) -> bool {
    let mut parts = header.split(',').filter_map(|part| part.trim().split_once('='));
    let time = parts.clone().find(|(name, _)| *name == "t").and_then(|(_, time)| time.parse::<i64>().ok());
    let Some(time) = time.filter(|time| now.seconds().abs_diff(*time) <= TOLERANCE) else { return false };
    parts.any(|(name, signature)| {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
        mac.update(format!("{time}.").as_bytes());
        mac.update(body);
        name == "v1" && hex::decode(signature).is_ok_and(|signature| mac.verify_slice(&signature).is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"n_1"}"#;

    fn sign(time: i64, secret: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{time}.").as_bytes());
        mac.update(BODY);
        format!("t={time},v1={}", hex::encode(mac.finalize().into_bytes()))
    }

    #[test]
    fn only_fresh_and_genuine_words_are_believed() {
        let now = Timestamp::from_millis(1_763_631_000_000);
        assert!(verify(&sign(1_763_631_000, "secret"), BODY, "secret", now));
        assert!(!verify(&sign(1_763_631_000, "other"), BODY, "secret", now));
        assert!(!verify(&sign(1_763_630_699, "secret"), BODY, "secret", now), "stale");
        assert!(!verify(&sign(1_763_631_000, "secret"), b"{}", "secret", now), "tampered");
        for junk in ["", "t=1", "v1=00", "t=x,v1=y", "t=1763631000,v1=zz"] {
            assert!(!verify(junk, BODY, "secret", now), "{junk}");
        }
    }
}
