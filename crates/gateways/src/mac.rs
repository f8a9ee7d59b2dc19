//! HMAC-SHA256, compared in constant time.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Is `signature`, in hex, what the secret makes of these parts, one after the other? An empty secret signs nothing.
pub(crate) fn is_signed(secret: &str, parts: &[&[u8]], signature: &str) -> bool {
    let Ok(signature) = hex::decode(signature) else { return false };
    keyed(secret, parts).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
}

/// What the secret makes of these parts, in hex.
#[cfg(test)]
pub(crate) fn sign(secret: &str, parts: &[&[u8]]) -> String {
    keyed(secret, parts).map(|mac| hex::encode(mac.finalize().into_bytes())).unwrap_or_default()
}

fn keyed(secret: &str, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok().filter(|_| !secret.is_empty())?;
    parts.iter().for_each(|part| mac.update(part));
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_secret_signs_nothing() {
        // RFC 4231, case 2; and what HMAC makes of no key and no words.
        let known = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert!(is_signed("Jefe", &[b"what do ya want ", b"for nothing?"], known));
        assert!(!is_signed("", &[], "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
        assert!(!is_signed("Jefe", &[b"what do ya want for nothing?"], &known[2..]));
    }
}
